#include "traces/results_csv.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

namespace fleetsim {
namespace {

std::string text_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// The shortest digits that read back to the same bits, whatever the locale.
std::string number_cell(double number) {
  if (!std::isfinite(number)) return "";
  std::array<char, 32> digits{};
  const std::to_chars_result end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return {digits.data(), end.ptr};
}

std::string verdict_cell(std::optional<bool> agrees) {
  if (!agrees) return "";
  return *agrees ? "true" : "false";
}

}  // namespace

std::string metric_csv(const MetricResult& m) {
  std::string csv =
      text_cell(m.spec.name) + ',' + text_cell(m.spec.unit) + ',' + number_cell(m.estimate.mean);
  csv += ',' + number_cell(m.estimate.low) + ',' + number_cell(m.estimate.high);
  csv += ',' + number_cell(m.closed_form.value_or(missing));
  csv += ',' + text_cell(m.formula) + ',' + verdict_cell(m.agrees) + ',' + text_cell(m.note);
  return csv + '\n';
}

std::string results_csv(const Results& results) {
  std::string csv = metric_csv_heading;
  for (const MetricResult& metric : results.metrics) csv += metric_csv(metric);
  return csv;
}

}  // namespace fleetsim
