#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace fleetsim::requests {

// A file, plain or compressed by gzip, in blocks of whole lines; memory holds one block. A name is
// not asked: what begins as gzip is gzip. A line beyond 16 MiB is an error, and so is a compressed
// file that is cut off or damaged.
class LineBlocks {
 public:
  static Result<LineBlocks> open(const std::string& path);

  Result<bool> next();              // false: the file has ended
  std::string_view block() const {  // its last line may lack the line end
    return std::string_view(buffer_).substr(0, size_);
  }
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(void* file) const;
  };
  LineBlocks(std::string path, std::unique_ptr<void, Close> file)
      : path_(std::move(path)),
        file_(std::move(file)) {}
  Result<bool> fill();  // false: nothing more came

  std::string path_;
  std::unique_ptr<void, Close> file_;
  std::string buffer_;    // the block, then the beginning of the next line
  std::size_t size_ = 0;  // of the block
  bool ended_ = false;
};

}  // namespace fleetsim::requests
