#include "traces/rtt_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/csv_lines.h"
#include "traces/read_file.h"

namespace fleetsim {
namespace {

constexpr std::size_t largest = std::size_t{64} << 20;  // bytes

// Where the columns are, and the unit of the round trips.
struct Heading {
  std::size_t src = 0, dst = 0, rtt = 0, cells = 0;
  std::string unit = "ms";
};

Result<Heading> heading_of(const std::vector<CsvCell>& cells) {
  std::vector<std::string> names;
  for (const CsvCell& cell : cells) names.emplace_back(cell.text);
  Heading heading{.cells = names.size()};
  const auto place = [&](std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return static_cast<std::size_t>(found - names.begin());
  };
  for (const auto& [name, at] : {std::pair{"src", &heading.src}, {"dst", &heading.dst}}) {
    *at = place(name);
    if (*at == names.size())
      return Error{fmt::format("no column is called \"{}\"{}", name, did_you_mean(name, names))};
  }
  for (const char* name : {"min_rtt_ms", "rtt_ms"})
    if ((heading.rtt = place(name)) < names.size()) return heading;
  for (std::size_t i = 0; i < names.size(); ++i)
    for (const std::string_view name : {"min_rtt (", "rtt ("})
      if (names[i].starts_with(name) && names[i].ends_with(')')) {
        heading.rtt = i;
        heading.unit = names[i].substr(name.size(), names[i].size() - name.size() - 1);
        return heading;
      }
  return Error{"no column holds round trips; expected min_rtt_ms, rtt_ms or \"rtt (UNIT)\""};
}

using NameOf = std::function<std::string(const std::string&)>;

Status take(const std::vector<CsvCell>& cells, const Heading& heading, const NameOf& name_of,
            RoundTrips& out) {
  if (cells.size() != heading.cells)
    return Error{fmt::format("found {} cells; expected {} as in the first line", cells.size(),
                             heading.cells)};
  const std::string text(cells[heading.rtt].text);
  const Result<double> value = parse_in(text + ' ' + heading.unit, "s");
  if (!value) return value.error();
  if (*value < 0) return Error{"found " + in_quotes(text) + "; expected at least 0"};
  const auto name = [&](std::size_t column) { return name_of(std::string(cells[column].text)); };
  out.add(name(heading.src), name(heading.dst), *value);
  return Done{};
}

}  // namespace

void RoundTrips::add(const std::string& from, const std::string& to, double seconds) {
  rows_[{from, to}] = seconds;
}

std::optional<double> RoundTrips::between(const std::string& a, const std::string& b) const {
  std::optional<double> slower;
  for (const auto& key : {std::pair{a, b}, std::pair{b, a}})
    if (const auto row = rows_.find(key); row != rows_.end())
      slower = std::max(slower.value_or(0), row->second);
  return slower;
}

Result<RoundTrips> read_round_trips(const std::string& path, const NameOf& name_of) {
  std::map<std::string, std::string> names;  // by what they are called in the file
  const NameOf known = [&](const std::string& name) {
    const auto [place, fresh] = names.try_emplace(name);
    if (fresh) place->second = name_of(name);
    return place->second;
  };
  const auto bytes = read_file(path, largest);
  if (!bytes) return bytes.error();
  RoundTrips out;
  std::optional<Heading> heading;
  for (CsvLines lines(*bytes); lines.next();) {
    const auto wrong = [&](const Error& error) {
      return Error{fmt::format("{}:{}: {}", printable(path, 500), lines.number(), error.message)};
    };
    if (!heading) {
      const Result<Heading> found = heading_of(lines.cells());
      if (!found) return wrong(found.error());
      heading = *found;
    } else if (const Status taken = take(lines.cells(), *heading, known, out); !taken) {
      return wrong(taken.error());
    }
  }
  if (!heading) return Error{printable(path, 500) + ": holds no round trips"};
  return out;
}

}  // namespace fleetsim
