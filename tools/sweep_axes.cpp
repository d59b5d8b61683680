#include "tools/sweep_axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "sim/printable.h"
#include "sim/unit_text.h"

namespace fleetsim {
namespace {

constexpr std::size_t most_values = 100'000;  // of one axis
constexpr double largest_count = 1e15;        // below it doubles tell whole numbers apart
constexpr int exact_digits = 15;
constexpr const char* expected = "expected PATH=LO:HI:N, PATH=LO:HI:log:N or PATH=A,B,C";

std::string trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return std::string(text);
}

// Cut at `separator` where it stands neither in quotes nor in brackets.
std::vector<std::string> cut(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  char quote = 0;
  int depth = 0;
  for (const char c : text) {
    if (quote == 0 && depth == 0 && c == separator) {
      parts.emplace_back();
      continue;
    }
    parts.back() += c;
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else {
      depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
    }
  }
  for (std::string& part : parts) part = trimmed(part);
  return parts;
}

// "queueing.station[0].servers" as the schema writes it: "queueing.station[].servers".
std::string without_indices(const std::string& path) {
  std::string out;
  bool inside = false;
  for (const char c : path) {
    if (c == ']') inside = false;
    if (!inside) out += c;
    if (c == '[') inside = true;
  }
  return out;
}

std::string unit_behind_number(const std::string& text) {
  double number = 0;
  const char* begin = text.data() + (text.starts_with("+") ? 1 : 0);
  const auto end = std::from_chars(begin, text.data() + text.size(), number).ptr;
  return trimmed(std::string_view(text).substr(static_cast<std::size_t>(end - text.data())));
}

std::optional<std::size_t> count_of(const std::string& text) {
  std::size_t count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return count;
}

}  // namespace

Error SweepAxis::error(const std::string& what) const {
  return Error{"--vary " + printable(option_, 500) + ": " + what};
}

Result<SweepAxis> SweepAxis::parse(const std::string& option,
                                   const std::vector<FieldDescription>& schema) {
  SweepAxis axis;
  axis.option_ = option;
  const std::size_t equals = option.find('=');
  if (equals == std::string::npos || equals == 0) return axis.error(expected);
  axis.field_.path = trimmed(std::string_view(option).substr(0, equals));
  const std::string place = without_indices(axis.field_.path);
  for (const FieldDescription& field : schema) {
    if (field.path != place) continue;
    axis.whole_ = field.type == "count";
    axis.field_.numeric = axis.whole_ || field.type == "number" || field.type == "quantity";
    if (field.type == "quantity") axis.field_.unit = field.unit == "1" ? "" : field.unit;
  }
  const std::string values = option.substr(equals + 1);
  axis.values_ = cut(values, ',');
  const std::vector<std::string> parts = cut(values, ':');
  if (axis.values_.size() == 1 && parts.size() > 1) {
    if (const Status read = axis.read_range(parts); !read) return read.error();
    axis.values_.clear();
  }
  for (const std::string& value : axis.values_)
    if (value.empty()) return axis.error(fmt::format("a value is missing; {}", expected));
  return axis;
}

// LO, HI, perhaps lin or log, perhaps N.
Status SweepAxis::read_range(const std::vector<std::string>& parts) {
  range_.emplace();
  std::size_t next = 2;
  const auto says = [&](const char* word) { return next < parts.size() && parts[next] == word; };
  range_->log = says("log");
  if (says("log") || says("lin")) ++next;
  if (next < parts.size()) {
    const std::optional<std::size_t> count = count_of(parts[next]);
    if (!count || next + 1 < parts.size())
      return error(fmt::format("found {}; {}", in_quotes(parts[next]), expected));
    if (*count < 2 || *count > most_values)
      return error(fmt::format("N must lie between 2 and {}", most_values));
    range_->count = *count;
  }
  return read_ends(parts[0], parts[1]);
}

Status SweepAxis::read_ends(std::string low, std::string high) {
  if (field_.unit == "s")
    for (std::string* end : {&low, &high})
      if (unit_behind_number(*end) == "m") *end += "in";
  range_->unit = unit_behind_number(low);
  if (range_->unit.empty()) {
    range_->unit = unit_behind_number(high);
    if (!range_->unit.empty()) low += " " + range_->unit;
  }
  if (const Result<Measure> known = parse_measure(low); !known) return error(known.error().message);
  const Result<double> first = parse_in(low, range_->unit), last = parse_in(high, range_->unit);
  if (!first) return error(first.error().message);
  if (!last) return error(last.error().message);
  range_->low = *first;
  range_->high = *last;
  if (*first >= *last) return error("LO must be less than HI");
  if (range_->log && *first <= 0) return error("with log, LO must be above 0");
  if (whole_ && std::max(-*first, *last) > largest_count)
    return error("whole numbers of a range reach to 1e15");
  return Done{};
}

// The value a share of the way up to `high`.
double SweepAxis::between(double share, double high) const {
  if (range_->log) return range_->low * std::pow(high / range_->low, share);
  return range_->low + (high - range_->low) * share;
}

// With as many digits as make a thousandth of `step` seen; all of them where it is 0.
std::string SweepAxis::shown(double value, double step) const {
  if (whole_) return fmt::format("{:.0f}", value);
  int digits = exact_digits;
  if (step > 0 && value != 0) {
    const double wanted = std::floor(std::log10(std::abs(value))) - std::floor(std::log10(step));
    digits = static_cast<int>(std::clamp(wanted + 4, 1.0, 1.0 * exact_digits));
  }
  const std::string number = format_number(value, digits);
  return range_->unit.empty() ? number : number + " " + range_->unit;
}

Result<std::vector<std::string>> SweepAxis::grid() const {
  std::vector<std::string> values = values_;
  if (range_) {
    if (range_->count == 0) return error(fmt::format("N is missing; {}", expected));
    const std::size_t last = range_->count - 1;
    const double step = 1 / static_cast<double>(last);
    for (std::size_t i = 0; i <= last; ++i) {
      const double value = between(static_cast<double>(i) * step, range_->high);
      const double distance =
          std::abs(between(static_cast<double>(i + 1) * step, range_->high) - value);
      if (i == 0)
        values.push_back(shown(range_->low, 0));
      else
        values.push_back(i == last ? shown(range_->high, 0) : shown(value, distance));
    }
  }
  std::vector<std::string> once;
  for (const std::string& value : values)
    if (std::find(once.begin(), once.end(), value) == once.end()) once.push_back(value);
  return once;
}

// Counts take each of their whole numbers with the same share, or ratio, of the range.
std::string SweepAxis::at(double u, std::size_t points) const {
  if (!range_) {
    const auto index = static_cast<std::size_t>(u * static_cast<double>(values_.size()));
    return values_[std::min(index, values_.size() - 1)];
  }
  if (whole_) {
    const double low = std::round(range_->low), high = std::round(range_->high);
    return shown(std::clamp(std::floor(between(u, high + 1)), low, high), 0);
  }
  const double value = between(u, range_->high);
  const double stratum = between(u + 1 / static_cast<double>(points), range_->high) - value;
  return shown(value, stratum * 1e-3);
}

}  // namespace fleetsim
