#include "traces/hourly_layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytic/book/constants.h"
#include "sim/nearest.h"
#include "sim/printable.h"
#include "traces/calendar.h"

namespace fleetsim {
namespace {

std::string small(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

void remove_all(std::string& text, std::string_view part) {
  for (auto at = text.find(part); at != text.npos; at = text.find(part))
    text.erase(at, part.size());
}

bool mentions(std::string_view heading, std::string_view words) {
  std::string plain = small(heading);
  std::replace(plain.begin(), plain.end(), '_', ' ');
  return plain.find(words) != plain.npos;
}

// Of "carbon_kg_per_MWh" kg/MWh; or nothing.
std::string unit_in_words(std::string_view heading) {
  constexpr std::string_view ends = " _()[],";
  std::string plain = small(heading);
  std::replace(plain.begin(), plain.end(), '_', ' ');
  const auto per = plain.find(" per ");
  if (per == plain.npos || per == 0) return "";
  const auto before = heading.find_last_of(ends, per - 1);
  const auto begin = before == heading.npos ? 0 : before + 1, under = per + 5;
  const auto end = heading.find_first_of(ends, under);
  return fmt::format("{}/{}", heading.substr(begin, per - begin),
                     heading.substr(under, end == heading.npos ? end : end - under));
}

// The unit in a heading: its word with a slash, words with "per" between, or all that stands in
// brackets; or nothing.
std::string unit_in(std::string_view heading) {
  constexpr std::string_view ends = " ()[],";
  const auto slash = heading.find('/');
  if (slash != heading.npos) {
    const auto before = heading.substr(0, slash).find_last_of(ends);
    const auto begin = before == heading.npos ? 0 : before + 1;
    return std::string(heading.substr(begin, heading.find_first_of(ends, slash) - begin));
  }
  if (const std::string words = unit_in_words(heading); !words.empty()) return words;
  const auto open = heading.find_first_of("(["), close = heading.find_last_of(")]");
  if (open == heading.npos || close == heading.npos || close < open) return "";
  return std::string(heading.substr(open + 1, close - open - 1));
}

std::string name_in(std::string_view heading) {
  const auto open = heading.find_first_of("([");
  std::string name(heading.substr(0, open));
  while (!name.empty() && name.back() == ' ') name.pop_back();
  return name;
}

constexpr double mega = 1000 * analytic::operations::kwh;  // J of a MWh

// How many SI units a unit of the file holds; empty where it is not what is expected.
std::optional<double> factor_of(Hourly what, std::string unit) {
  switch (what) {
    case Hourly::carbon: {
      unit = small(unit);
      remove_all(unit, "\u2082");  // the subscript of CO2
      for (const char* gas : {"co2eq", "co2e", "co2", "coeq", "coe", "co"}) remove_all(unit, gas);
      if (!unit.empty() && unit != "g/kwh" && unit != "kg/mwh") return std::nullopt;
      return 1e-3 / analytic::operations::kwh;
    }
    case Hourly::price:
      if (!unit.empty() && !unit.ends_with("/MWh") && !unit.ends_with("/MWhe")) return std::nullopt;
      return 1 / mega;
    case Hourly::temperature:
      if (!unit.empty() && unit != "C" && unit != "\u00b0C" && unit != "degC" && unit != "celsius")
        return std::nullopt;
      return 1;
  }
  return std::nullopt;
}

constexpr std::string_view expected_units[] = {"gCO2/kWh", "a currency per MWh, such as EUR/MWh",
                                               "degrees Celsius"};
constexpr std::string_view value_words[] = {"carbon intensity", "price", "temp"};

class Reading {
 public:
  Reading(const std::vector<std::string>& headings, const HourlyRequest& request, HourlyLayout& out)
      : headings_(headings),
        request_(request),
        out_(out) {}

  std::optional<LayoutComplaint> read(const std::vector<CsvCell>& first_row) {
    out_.time = headings_.size();
    for (std::size_t i = headings_.size(); i-- > 0;)
      if (parse_calendar(first_row[i].text)) out_.time = i;
    // Of several columns of times, one in UTC.
    for (std::size_t i = 0; i < headings_.size(); ++i)
      if (mentions(headings_[i], "utc") && parse_calendar(first_row[i].text)) {
        out_.time = i, out_.utc = true;
        break;
      }
    if (out_.time == headings_.size()) return no_times(first_row);
    const auto is_value = [&](const std::string& heading) {
      return mentions(heading, value_words[static_cast<std::size_t>(request_.what)]);
    };
    std::vector<std::size_t> values;
    for (std::size_t i = 0; i < headings_.size(); ++i)
      if (i != out_.time && is_value(headings_[i])) values.push_back(i);
    return values.empty() ? wide() : long_form(values);
  }

 private:
  // What stands where times were looked for: below a heading that says so, or first.
  LayoutComplaint no_times(const std::vector<CsvCell>& first_row) const {
    std::size_t at = 0;
    for (std::size_t i = headings_.size(); i-- > 0;)
      if (mentions(headings_[i], "utc") || mentions(headings_[i], "time") ||
          mentions(headings_[i], "date"))
        at = i;
    return {at, fmt::format("no column of times: found {} below; expected times such as "
                            "2023-01-01T00:00Z, the year first",
                            in_quotes(first_row[at].text))};
  }

  std::optional<LayoutComplaint> long_form(const std::vector<std::size_t>& values) {
    for (std::size_t i = 0; i < headings_.size(); ++i) {
      if (mentions(headings_[i], "estimated")) out_.estimated = i;
      std::string name = small(headings_[i]);
      std::replace(name.begin(), name.end(), '_', ' ');
      for (const char* of_zone : {"zone id", "zone", "zone name", "country", "region"})
        if (name == of_zone) out_.zones.push_back(i);
    }
    if (out_.zones.empty() && !request_.zone.empty())
      return LayoutComplaint{values[0], "no column tells zones apart, but " +
                                            in_quotes(request_.zone) + " is asked for"};
    out_.value = values[0];
    if (request_.what == Hourly::carbon)
      if (auto bad = choose_kind(values)) return bad;
    return check_unit(headings_[out_.value]);
  }

  static CarbonKind kind_of(const std::string& heading) {
    if (mentions(heading, "lca") || mentions(heading, "life")) return CarbonKind::lifecycle;
    if (mentions(heading, "direct")) return CarbonKind::direct;
    return mentions(heading, "marginal") ? CarbonKind::marginal : CarbonKind::not_said;
  }

  // The column of the kind that is asked for. One that does not say its kind is taken at the word
  // of who asks.
  std::optional<LayoutComplaint> choose_kind(const std::vector<std::size_t>& values) {
    const CarbonKind wanted = request_.kind == CarbonKind::not_said && values.size() > 1
                                  ? CarbonKind::direct
                                  : request_.kind;
    for (const std::size_t i : values) {
      const CarbonKind kind = kind_of(headings_[i]);
      if (wanted != CarbonKind::not_said && kind != wanted &&
          (kind != CarbonKind::not_said || values.size() > 1))
        continue;
      out_.value = i;
      out_.kind = kind == CarbonKind::not_said ? wanted : kind;
      return std::nullopt;
    }
    return LayoutComplaint{
        values[0], fmt::format("no column holds the {} intensity; found {}", name_of(wanted),
                               in_quotes(headings_[values[0]]))};
  }

  // A later column of the same zone.
  std::optional<std::size_t> twin_of(std::size_t column) const {
    for (std::size_t i = column + 1; i < headings_.size(); ++i)
      if (i != out_.time && name_in(headings_[i]) == name_in(headings_[column])) return i;
    return std::nullopt;
  }

  std::optional<LayoutComplaint> wide() {
    std::vector<std::string> zones;
    for (std::size_t i = 0; i < headings_.size(); ++i) {
      if (i == out_.time) continue;
      zones.push_back(name_in(headings_[i]));
      if (zones.back() != request_.zone && !(request_.zone.empty() && headings_.size() == 2))
        continue;
      if (const auto other = twin_of(i))
        return LayoutComplaint{*other, "found zone " + in_quotes(zones.back()) +
                                           " twice; expected one column for each"};
      out_.value = i;
      out_.zone = zones.back();
      out_.kind = request_.kind;
      const bool says = headings_[i].find_first_of("([") != headings_[i].npos ||
                        !unit_in_words(headings_[i]).empty();
      return check_unit(says ? headings_[i] : "");
    }
    if (zones.empty()) return LayoutComplaint{0, "no column of values beside the times"};
    if (request_.zone.empty())
      return LayoutComplaint{0, fmt::format("holds {} zones; expected the name of one: {}",
                                            zones.size(), some_of(zones))};
    return LayoutComplaint{
        0, fmt::format("no zone is called {}; found {}{}", in_quotes(request_.zone), some_of(zones),
                       did_you_mean(request_.zone, zones))};
  }

  std::optional<LayoutComplaint> check_unit(const std::string& heading) {
    const std::string unit = unit_in(heading);
    // What else stands in brackets: which kind it is.
    const bool kind_only = unit.find('/') == unit.npos && kind_of(unit) != CarbonKind::not_said;
    const auto factor = factor_of(request_.what, kind_only ? "" : unit);
    if (!factor)
      return LayoutComplaint{out_.value,
                             fmt::format("found the unit {}; expected {}", in_quotes(unit),
                                         expected_units[static_cast<std::size_t>(request_.what)])};
    out_.factor = *factor;
    return std::nullopt;
  }

  const std::vector<std::string>& headings_;
  const HourlyRequest& request_;
  HourlyLayout& out_;
};

}  // namespace

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 20;
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
    out += (i == 0 ? "" : ", ") + printable(names[i]);
  return out + (names.size() > most ? ", ..." : "");
}

std::optional<LayoutComplaint> read_layout(const std::vector<std::string>& headings,
                                           const std::vector<CsvCell>& first_row,
                                           const HourlyRequest& request, HourlyLayout& out) {
  return Reading(headings, request, out).read(first_row);
}

}  // namespace fleetsim
