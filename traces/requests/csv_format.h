#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/result.h"

namespace fleetsim::requests {

// Where a CSV file keeps what a request is made of, by the headings of its columns.
struct CsvFormat {
  std::string name{};  // for people
  std::string time{}, prompt{}, output{};
  std::string session{};                   // empty: has none
  std::int64_t time_unit = 1'000'000'000;  // ns; of times that are plain numbers
  bool zero_is_failure = false;            // no answer tokens: the request has failed
  std::string note{};                      // said at each import
};

// The known format whose columns are all among the headings, that with the most of them first.
std::optional<CsvFormat> csv_format_of(std::span<const std::string> headings);
std::string known_csv_formats();  // "Azure LLM (TIMESTAMP, ContextTokens, ...); ..."

// A column map: "time=at, prompt=in, output=out, session=chat", times in `unit` ("s" if empty).
Result<CsvFormat> parse_column_map(const std::string& map, const std::string& unit);

}  // namespace fleetsim::requests
