#include "traces/requests/csv_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/nearest.h"
#include "sim/printable.h"

namespace fleetsim::requests {
namespace {

struct KnownFormat {
  std::vector<std::string> headings;  // that tell it from others
  CsvFormat format;
};

// Each more special one before the one that it extends.
const std::vector<KnownFormat>& known() {
  static const std::vector<KnownFormat> all = {
      {{"NumImages"},
       {.name = "Azure multimodal 2025",
        .time = "TIMESTAMP",
        .prompt = "ContextTokens",
        .output = "GeneratedTokens",
        .note = "NumImages is not kept: ContextTokens counts the tokens of images"}},
      {{},
       {.name = "Azure LLM 2023/2024",
        .time = "TIMESTAMP",
        .prompt = "ContextTokens",
        .output = "GeneratedTokens"}},
      {{"Model", "Log Type", "Elapsed time"},
       {.name = "BurstGPT with sessions",
        .time = "Timestamp",
        .prompt = "Request tokens",
        .output = "Response tokens",
        .session = "Session ID",
        .zero_is_failure = true}},
      {{"Model", "Log Type"},
       {.name = "BurstGPT",
        .time = "Timestamp",
        .prompt = "Request tokens",
        .output = "Response tokens",
        .zero_is_failure = true}},
      {{},
       {.name = "Vidur",
        .time = "arrived_at",
        .prompt = "num_prefill_tokens",
        .output = "num_decode_tokens"}},
      {{"request_type", "batch_size"},
       {.name = "splitwise-sim",
        .time = "arrival_timestamp",
        .prompt = "prompt_size",
        .output = "token_size"}},
      {{},
       {.name = "fleetsim CSV",
        .time = "arrival_s",
        .prompt = "prompt_tokens",
        .output = "output_tokens",
        .session = "session"}},
  };
  return all;
}

std::vector<std::string> columns_of(const CsvFormat& format) {
  std::vector<std::string> columns = {format.time, format.prompt, format.output};
  if (!format.session.empty()) columns.push_back(format.session);
  return columns;
}

bool all_among(const std::vector<std::string>& wanted, std::span<const std::string> headings) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
    return std::find(headings.begin(), headings.end(), name) != headings.end();
  });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

Result<std::int64_t> time_unit(const std::string& unit) {
  if (unit.empty() || unit == "s") return std::int64_t{1'000'000'000};
  if (unit == "ms") return std::int64_t{1'000'000};
  if (unit == "us") return std::int64_t{1'000};
  if (unit == "ns") return std::int64_t{1};
  return Error{"found the unit of time " + in_quotes(unit) + "; expected s, ms, us or ns"};
}

}  // namespace

std::optional<CsvFormat> csv_format_of(std::span<const std::string> headings) {
  for (const auto& [marks, format] : known())
    if (all_among(marks, headings) && all_among(columns_of(format), headings)) return format;
  return std::nullopt;
}

std::string known_csv_formats() {
  std::vector<std::string> texts;
  for (const auto& [marks, format] : known())
    texts.push_back(
        fmt::format("{} ({}, {}, {})", format.name, format.time, format.prompt, format.output));
  return fmt::format("{}", fmt::join(texts, "; "));
}

Result<CsvFormat> parse_column_map(const std::string& map, const std::string& unit) {
  CsvFormat format{.name = "CSV by a column map"};
  const Result<std::int64_t> ns = time_unit(unit);
  if (!ns) return ns.error();
  format.time_unit = *ns;
  const std::vector<std::string> keys = {"time", "prompt", "output", "session"};
  const auto slots = std::to_array({&format.time, &format.prompt, &format.output, &format.session});
  for (std::string_view rest = map; !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    const std::string_view pair = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const auto equal = std::min(pair.find('='), pair.size());
    const std::string key(trimmed(pair.substr(0, equal)));
    const auto at = std::find(keys.begin(), keys.end(), key);
    if (at == keys.end() || equal == pair.size())
      return Error{
          fmt::format("found {} in the column map; expected time=HEADING, prompt=HEADING, "
                      "output=HEADING and perhaps session=HEADING{}",
                      in_quotes(pair), did_you_mean(key, keys))};
    *slots[static_cast<std::size_t>(at - keys.begin())] = trimmed(pair.substr(equal + 1));
  }
  if (format.time.empty() || format.prompt.empty() || format.output.empty())
    return Error{"a column map names at least time, prompt and output: " +
                 std::string("\"time=at,prompt=in,output=out\"")};
  return format;
}

}  // namespace fleetsim::requests
