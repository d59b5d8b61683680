#pragma once
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/result.h"
#include "traces/requests/import_report.h"
#include "traces/requests/request_row.h"

namespace fleetsim::requests {

// What is wrong with a row, and what was found in it.
struct Flaw {
  Trouble trouble{};
  std::string what{};
};

// The rows of one file format as they stand, good or bad. Times are of the file's own clock.
class FormatReader {
 public:
  enum class Outcome : std::uint8_t { row, bad, failed, end };

  virtual ~FormatReader() = default;
  // An error is what no leniency gets over: a file that is cut off, a disk that fails.
  virtual Result<Outcome> read(RequestRow& row) = 0;
  virtual std::uint32_t block_tokens() const { return 0; }

  std::size_t line() const { return line_; }  // of the last row
  const Flaw& flaw() const { return flaw_; }  // of the last row, if it is bad

 protected:
  Outcome bad(Flaw flaw) {
    flaw_ = std::move(flaw);
    return Outcome::bad;
  }
  std::size_t line_ = 0;

 private:
  Flaw flaw_{};
};

// Sessions as texts or numbers of any size become 1, 2, ... in the order of their coming.
class SessionNumbers {
 public:
  std::uint32_t number(std::string_view name) {
    if (name.empty()) return 0;
    const auto next = static_cast<std::uint32_t>(numbers_.size() + 1);
    const auto known = numbers_.find(name);
    return known != numbers_.end() ? known->second : (numbers_[std::string(name)] = next);
  }

 private:
  std::map<std::string, std::uint32_t, std::less<>> numbers_{};
};

}  // namespace fleetsim::requests
