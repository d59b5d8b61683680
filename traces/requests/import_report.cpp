#include "traces/requests/import_report.h"

#include <fmt/format.h>

#include <numeric>

namespace fleetsim::requests {
namespace {

constexpr std::array<std::string_view, trouble_kinds> names = {
    "unreadable",      "not a number",        "negative number", "zero tokens",
    "too many tokens", "time goes backwards", "mixed units",     "too many hashes"};

}  // namespace

std::string_view name_of(Trouble trouble) {
  return names[static_cast<std::size_t>(trouble)];
}

std::uint64_t ImportReport::all_bad() const {
  return std::accumulate(bad.begin(), bad.end(), std::uint64_t{0});
}

void ImportReport::add_bad(Trouble trouble, std::size_t line, std::string what) {
  ++bad[static_cast<std::size_t>(trouble)];
  if (first.size() < shown) first.push_back({line, std::move(what)});
}

std::string ImportReport::summary() const {
  std::string text = fmt::format("{} of {} rows are bad", all_bad(), rows);
  const char* between = ": ";
  for (std::size_t i = 0; i < trouble_kinds; ++i) {
    if (bad[i] == 0) continue;
    text += fmt::format("{}{} {}", between, bad[i], names[i]);
    between = ", ";
  }
  return text;
}

}  // namespace fleetsim::requests
