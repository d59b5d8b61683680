#include "traces/requests/measured_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/printable.h"
#include "traces/read_file.h"

namespace fleetsim::requests {
namespace {

constexpr std::size_t largest = std::size_t{1} << 30;  // bytes of a file
constexpr const char* fields[] = {"input_toks", "output_toks", "queued_ts", "first_token_ts",
                                  "last_token_ts"};

// Why a row is no measured request; empty where it is one.
std::string flaw_of(const nlohmann::json& row) {
  if (!row.is_object()) return "found no object in braces";
  for (const char* field : fields)
    if (!row.contains(field) || !row[field].is_number())
      return fmt::format("expected a number for {}", field);
  for (const char* field : {"input_toks", "output_toks"})
    if (!row[field].is_number_integer() || row[field] < 1 || row[field] > (1 << 30))
      return fmt::format("found {} for {}; expected tokens, one at least", row[field].dump(),
                         field);
  if (row["first_token_ts"] < row["queued_ts"] || row["last_token_ts"] < row["first_token_ts"])
    return "its last token comes before its first, or that before it was queued";
  return "";
}

}  // namespace

Result<std::vector<serving::MeasuredRequest>> load_measured(const std::string& path) {
  const auto text = read_file(path, largest);
  if (!text) return text.error();
  std::vector<serving::MeasuredRequest> out;
  std::istringstream lines(*text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    const auto row = nlohmann::json::parse(line, nullptr, false);
    const std::string flaw = flaw_of(row);
    if (!flaw.empty()) return Error{fmt::format("{}:{}: {}", printable(path, 500), number, flaw)};
    const double queued = row["queued_ts"].get<double>();
    out.push_back({.prompt = row["input_toks"].get<std::uint32_t>(),
                   .output = row["output_toks"].get<std::uint32_t>(),
                   .arrival = queued,
                   .ttft = row["first_token_ts"].get<double>() - queued,
                   .e2e = row["last_token_ts"].get<double>() - queued});
  }
  if (out.empty())
    return Error{fmt::format("{}: holds no request; expected one at least", printable(path, 500))};
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
  const double start = out.front().arrival;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].arrival -= start;
    out[i].told = i % 2 == 0;
  }
  return out;
}

}  // namespace fleetsim::requests
