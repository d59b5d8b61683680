#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fleetsim::requests {

// What can be wrong with a row of a trace.
enum class Trouble : std::uint8_t {
  unreadable,      // too few cells, or no JSON
  no_number,       // where one belongs
  negative,        // number
  zero_tokens,     // prompts and answers have at least one
  too_large,       // for a count of tokens
  time_backwards,  // earlier than the row before
  mixed_units,     // a clock time among plain numbers, or a number with a unit of its own
  wrong_hashes,    // more of them than the prompt has blocks
};
inline constexpr std::size_t trouble_kinds = 8;
std::string_view name_of(Trouble trouble);

// What became of the rows of a file: each was kept, left out as the format says, or bad.
struct ImportReport {
  struct BadRow {
    std::size_t line = 0;
    std::string what{};
  };
  static constexpr std::size_t shown = 5;

  std::string format{};  // "Azure LLM"
  std::uint64_t rows = 0, kept = 0;
  std::uint64_t failed = 0;  // requests that the source marks as failed: left out
  std::array<std::uint64_t, trouble_kinds> bad{};
  std::vector<BadRow> first{};       // the first bad ones
  std::vector<std::string> notes{};  // what the import has changed or assumed

  std::uint64_t all_bad() const;
  void add_bad(Trouble trouble, std::size_t line, std::string what);
  std::string summary() const;  // "3 of 120 rows are bad: 2 time goes backwards, 1 zero tokens"
};

}  // namespace fleetsim::requests
