#pragma once
#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <functional>
#include <span>
#include <vector>

#include "sim/tally.h"

// Goodness of fit, for tests only.
namespace fleetsim::goodness {

// The chance of a Kolmogorov-Smirnov distance at least this large if the sample came from the cdf:
// the limit law with Stephens' correction for finite n (J. R. Stat. Soc. B 32, 1970).
inline double ks_p_value(std::vector<double> sample, const std::function<double(double)>& cdf) {
  std::sort(sample.begin(), sample.end());
  const double n = static_cast<double>(sample.size());
  double distance = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double f = cdf(sample[i]), rank = static_cast<double>(i);
    distance = std::max({distance, f - rank / n, (rank + 1) / n - f});
  }
  const double x = distance * (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n));
  double p = 0;
  for (int j = 1; j <= 100; ++j) p += (j % 2 == 1 ? 2 : -2) * std::exp(-2.0 * j * j * x * x);
  return x < 0.2 ? 1 : std::clamp(p, 0.0, 1.0);
}

// The chance of a sum of squares at least this large if the counts came from the probabilities.
inline double chi_square_p_value(std::span<const double> counts,
                                 std::span<const double> probabilities) {
  double n = 0, sum = 0;
  for (const double c : counts) n += c;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = n * probabilities[i];
    sum += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  const boost::math::chi_squared_distribution<double> law(static_cast<double>(counts.size()) - 1);
  return boost::math::cdf(boost::math::complement(law, sum));
}

inline double correlation(std::span<const double> a, std::span<const double> b) {
  Tally x, y;
  for (const double value : a) x.add(value);
  for (const double value : b) y.add(value);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - x.mean()) * (b[i] - y.mean());
  return sum / (static_cast<double>(a.size() - 1) * x.deviation() * y.deviation());
}

}  // namespace fleetsim::goodness
