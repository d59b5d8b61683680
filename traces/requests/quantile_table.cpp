#include "traces/requests/quantile_table.h"

#include <algorithm>
#include <cmath>

namespace fleetsim::requests {

double rounded(double value, int digits) {
  if (value == 0) return 0;
  const double scale = std::pow(10, digits - 1 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

Result<QuantileTable> QuantileTable::make(std::vector<double> percent, std::vector<double> value,
                                          double least) {
  const bool rises = std::adjacent_find(percent.begin(), percent.end(), [](double a, double b) {
                       return !(a < b);
                     }) == percent.end();
  if (percent.size() < 2 || percent.front() != 0 || percent.back() != 100 || !rises)
    return Error{"expected percents that rise from 0 to 100"};
  if (value.size() != percent.size()) return Error{"expected as many values as percents"};
  if (!(value.front() >= least) || !std::isfinite(value.back()) ||
      std::adjacent_find(value.begin(), value.end(),
                         [](double a, double b) { return !(a <= b); }) != value.end())
    return Error{least > 0 ? "expected values from 1 on that never fall"
                           : "expected values from 0 on that never fall"};
  return QuantileTable(std::move(percent), std::move(value));
}

const std::vector<double>& QuantileTable::fitted_percents() {
  static const std::vector<double> percents = [] {
    std::vector<double> out = {0, 0.1, 0.5, 1, 2.5};
    for (int p = 5; p <= 95; p += 5) out.push_back(p);
    for (const double p : {97.5, 99.0, 99.5, 99.9, 100.0}) out.push_back(p);
    return out;
  }();
  return percents;
}

QuantileTable QuantileTable::of(std::vector<double> observations) {
  std::sort(observations.begin(), observations.end());
  std::vector<double> values;
  for (const double percent : fitted_percents()) {
    const double position = percent / 100 * static_cast<double>(observations.size() - 1);
    const auto low = static_cast<std::size_t>(position);
    const auto high = std::min(low + 1, observations.size() - 1);
    const double part = position - std::floor(position);
    values.push_back(observations[low] + part * (observations[high] - observations[low]));
  }
  return {fitted_percents(), std::move(values)};
}

double QuantileTable::value(double u) const {
  const double percent = 100 * u;
  const auto above = std::upper_bound(percent_.begin() + 1, percent_.end() - 1, percent);
  const auto i = static_cast<std::size_t>(above - percent_.begin());
  const double part = (percent - percent_[i - 1]) / (percent_[i] - percent_[i - 1]);
  return value_[i - 1] + part * (value_[i] - value_[i - 1]);
}

double QuantileTable::mean() const {
  double sum = 0;
  for (std::size_t i = 1; i < value_.size(); ++i)
    sum += (percent_[i] - percent_[i - 1]) / 100 * (value_[i - 1] + value_[i]) / 2;
  return sum;
}

}  // namespace fleetsim::requests
