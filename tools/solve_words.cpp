#include "tools/solve_words.h"

#include <charconv>
#include <cmath>

#include "sim/printable.h"
#include "tools/solve_arguments.h"

namespace fleetsim {
namespace {

constexpr std::size_t most_values = 1'000'000;  // of one axis

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The values of "8:64" or "1:9:2"; nothing when the text is no range.
std::optional<analytic::Values> range_of(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == text.npos) return std::nullopt;
  const auto second = text.find(':', colon + 1);
  const bool stepped = second != text.npos;
  const double first = number_of(text.substr(0, colon)).value_or(0);
  const double last = number_of(text.substr(colon + 1, second - colon - 1)).value_or(0);
  const double step = stepped ? number_of(text.substr(second + 1)).value_or(0) : 0;
  if (!(first > 0) || !(last > 0) || (stepped && !(step > 0))) return std::nullopt;
  analytic::Values values;
  for (double value = first; value <= last && values.size() < most_values;
       value = stepped ? value + step : value * 2)
    values.emplace_back(value);
  return values;
}

}  // namespace

Result<std::vector<std::string>> take_option(std::vector<std::string>& words,
                                             std::string_view name) {
  std::vector<std::string> values, others;
  const std::string option = "--" + std::string(name);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_with(option + "=")) {
      values.push_back(words[i].substr(option.size() + 1));
    } else if (words[i] != option) {
      others.push_back(words[i]);
    } else if (i + 1 < words.size()) {
      values.push_back(words[++i]);
    } else {
      return Error{option + " needs a value"};
    }
  }
  words = std::move(others);
  return values;
}

std::vector<std::string> take_names(std::vector<std::string>& words) {
  std::size_t count = 0;
  while (count < words.size() && !words[count].starts_with("--")) ++count;
  const auto end = words.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<std::string> names(words.begin(), end);
  words.erase(words.begin(), end);
  return names;
}

Result<analytic::Axis> parse_axis(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return Error{in_quotes(text) + " is no axis; expected NAME=VALUE,VALUE or NAME=FIRST:LAST"};
  analytic::Axis axis{text.substr(0, equals), {}};
  const std::string values = text.substr(equals + 1);
  if (const auto range = range_of(values)) return axis.values = *range, axis;
  const Result<analytic::Value> parsed = parse_value(values);
  if (!parsed) return parsed.error();
  axis.values = parsed->as_list() != nullptr ? parsed->list() : analytic::Values{*parsed};
  // Numbers as numbers, as in a range: an answer shows what was varied as it got it.
  for (analytic::Value& value : axis.values)
    if (const std::string* word = value.as_text())
      if (const auto number = number_of(*word); number && std::isfinite(*number)) value = *number;
  return axis;
}

bool names_file(const std::string& word) {
  return word.ends_with(".json");
}

}  // namespace fleetsim
