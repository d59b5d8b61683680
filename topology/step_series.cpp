#include "topology/step_series.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fleetsim {
namespace {

constexpr std::int64_t most_cells = std::int64_t{1} << 22;  // of a product
constexpr Duration longest_period = 150 * 365 * 86'400'000'000'000_ns;

}  // namespace

StepSeries::StepSeries(std::vector<double> values, Duration step, Duration at_zero)
    : at_zero_(at_zero) {
  check(!values.empty() && step > Duration{}, "a series has values and steps");
  check(std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }),
        "a series has finite values");
  Cells cells{.values = std::move(values), .sums = {0}, .step = step};
  cells.sums.reserve(cells.values.size() + 1);
  for (const double value : cells.values) cells.sums.push_back(cells.sums.back() + value);
  cells_ = std::make_shared<const Cells>(std::move(cells));
  check(at_zero >= Duration{} && at_zero < period(), "time 0 lies in the series");
}

Duration StepSeries::period() const {
  return cells_ ? static_cast<std::int64_t>(cells_->values.size()) * cells_->step : Duration{};
}

StepSeries::Place StepSeries::place(Instant time) const {
  const std::int64_t since = time.ns + at_zero_.ns, step = cells_->step.ns;
  const std::int64_t steps = since / step;
  const auto in_period = static_cast<std::int64_t>(cells_->values.size());
  return {steps / in_period, static_cast<std::size_t>(steps % in_period), {since - steps * step}};
}

double StepSeries::at(Instant time) const {
  return cells_ ? scale_ * cells_->values[place(time).cell] : scale_;
}

double StepSeries::integral(Instant from, Instant to) const {
  check(from <= to, "a span ends after it begins");
  if (!cells_) return scale_ * seconds(to - from);
  const auto& [values, sums, step] = *cells_;
  const Place a = place(from), b = place(to);
  if (a.round == b.round && a.cell == b.cell) return scale_ * (values[a.cell] * seconds(to - from));
  const double rounds = static_cast<double>(b.round - a.round) * sums.back();
  const double whole = rounds + (sums[b.cell] - sums[a.cell + 1]);
  return scale_ * (values[a.cell] * seconds(step - a.into) + whole * seconds(step) +
                   values[b.cell] * seconds(b.into));
}

double StepSeries::mean() const {
  return cells_ ? scale_ * cells_->sums.back() / static_cast<double>(cells_->values.size())
                : scale_;
}

double StepSeries::least() const {
  if (!cells_) return scale_;
  const auto [low, high] = std::minmax_element(cells_->values.begin(), cells_->values.end());
  return std::min(scale_ * *low, scale_ * *high);
}

std::optional<Instant> StepSeries::next_change(Instant after) const {
  if (!cells_) return std::nullopt;
  return after + (cells_->step - place(after).into);
}

StepSeries StepSeries::mapped(const std::function<double(double)>& f) const {
  if (!cells_) return f(scale_);
  std::vector<double> values;
  values.reserve(cells_->values.size());
  for (const double value : cells_->values) values.push_back(f(scale_ * value));
  return StepSeries(std::move(values), cells_->step, at_zero_);
}

// Both are cut into steps that each step of either holds a whole number of times, and repeated
// until both begin anew together.
Result<StepSeries> product(const StepSeries& a, const StepSeries& b) {
  if (a.constant() || b.constant()) {
    StepSeries scaled = a.constant() ? b : a;
    scaled.scale_ *= a.constant() ? a.scale_ : b.scale_;
    return scaled;
  }
  std::int64_t step = std::gcd(a.cells_->step.ns, b.cells_->step.ns);
  step = std::gcd(step, a.at_zero_.ns - b.at_zero_.ns);
  const std::int64_t of_a = a.period().ns / step, of_b = b.period().ns / step;
  const std::int64_t repeats = of_b / std::gcd(of_a, of_b);
  if (of_a > most_cells / repeats || of_a * repeats > longest_period.ns / step)
    return Error{
        "two series have no common steps; expected equal steps that begin together, and "
        "equal lengths"};
  // From the beginning of a step on: time 0 lies a rest of a step into the first.
  const std::int64_t rest = a.at_zero_.ns % step;
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(of_a * repeats));
  for (std::int64_t i = 0; i < of_a * repeats; ++i) {
    const Instant begin{std::max<std::int64_t>(0, i * step - rest)};
    values.push_back(a.at(begin) * b.at(begin));
  }
  return StepSeries(std::move(values), {step}, {rest});
}

}  // namespace fleetsim
