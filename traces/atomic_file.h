#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace fleetsim {

// A file that is either whole or not there. It grows under a temporary name in the folder of its
// final one; commit() puts it on the disk and renames it, and without commit() nothing remains. A
// file that was there before stays as it was until then.
//
// A path that names no ordinary file (a terminal, a pipe, /dev/stdout) is written straight to, for
// renaming over a device would destroy it. A link is followed to what it names.
//
// A failure sticks: later text is dropped and commit() tells the first reason, which is always of
// kind environment and names the path.
class AtomicFile {
 public:
  static Result<AtomicFile> create(const std::string& path);
  AtomicFile(AtomicFile&&) noexcept;
  ~AtomicFile();

  void append(std::string_view bytes);
  Status commit();  // once, at the end

 private:
  struct State;
  explicit AtomicFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;  // empty once committed
};

// The whole of a small file at once.
Status write_whole(const std::string& path, std::string_view bytes);

// An unwritable place is better found before an hour of computing than after.
Status try_writing(const std::string& path);

}  // namespace fleetsim
