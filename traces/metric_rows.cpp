#include "traces/metric_rows.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <string_view>

namespace fleetsim {

namespace {

constexpr std::string_view between = " = ";

// Numbers in the fewest digits that give the same bits.
std::string text_of(const std::vector<RivalValue>& rivals) {
  std::string text;
  for (const RivalValue& rival : rivals)
    text += rival.formula + std::string(between) + fmt::format("{}", rival.value) + '\n';
  return text;
}

}  // namespace

std::optional<std::vector<RivalValue>> rivals_of(const std::string& text) {
  std::vector<RivalValue> rivals;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (end == rest.npos) return std::nullopt;
    const std::string_view line = rest.substr(0, end);
    const std::size_t split = line.rfind(between);
    if (split == line.npos) return std::nullopt;
    RivalValue rival{.formula = std::string(line.substr(0, split))};
    const std::string_view number = line.substr(split + between.size());
    const auto read = std::from_chars(number.data(), number.data() + number.size(), rival.value);
    if (read.ec != std::errc{} || read.ptr != number.data() + number.size()) return std::nullopt;
    rivals.push_back(std::move(rival));
    rest.remove_prefix(end + 1);
  }
  return rivals;
}

std::vector<Hdf5Field> metric_rows(std::span<const MetricResult* const> metrics) {
  constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  Hdf5Field::Texts name, unit, formula, note, rivals;
  Hdf5Field::Numbers mean, low, high, closed_form;
  Hdf5Field::Verdicts agrees;
  for (const MetricResult* m : metrics) {
    name.push_back(m->spec.name);
    unit.push_back(m->spec.unit);
    mean.push_back(m->estimate.mean);
    low.push_back(m->estimate.low);
    high.push_back(m->estimate.high);
    closed_form.push_back(m->closed_form.value_or(missing));
    formula.push_back(m->formula);
    agrees.push_back(m->agrees);
    note.push_back(m->note);
    rivals.push_back(text_of(m->rivals));
  }
  return {{"name", name},       {"unit", unit},     {"mean", mean},
          {"ci_low", low},      {"ci_high", high},  {"closed_form", closed_form},
          {"formula", formula}, {"agrees", agrees}, {"note", note},
          {"rivals", rivals}};
}

}  // namespace fleetsim
