#include "sim/comparison.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "sim/tally.h"

namespace fleetsim {
namespace {

Tally tally_of(std::span<const double> values) {
  Tally tally;
  for (const double x : values) tally.add(x);
  return tally;
}

double ratio(double plain, double left) {
  if (left > 0) return plain / left;
  return plain > 0 ? std::numeric_limits<double>::infinity() : 1;
}

// A control after centring and removal of all that earlier ones explain, scaled to length 1;
// `offset` is what the same steps make of (observed mean - known mean).
struct Direction {
  std::vector<double> unit;
  double offset = 0;
};

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double remove(const Direction& direction, std::vector<double>& from) {
  const double amount = dot(direction.unit, from);
  for (std::size_t i = 0; i < from.size(); ++i) from[i] -= amount * direction.unit[i];
  return amount;
}

std::vector<double> centred(std::span<const double> values, double mean) {
  std::vector<double> out(values.begin(), values.end());
  for (double& x : out) x -= mean;
  return out;
}

// Gram-Schmidt, each control twice for orthogonality to the last digit (Giraud et al., Comput.
// Math. Appl. 50, 2005).
std::vector<Direction> directions(std::span<const Control> controls, std::size_t replications) {
  std::vector<Direction> kept;
  for (const Control& control : controls) {
    check(control.values.size() == replications, "a control has one value a replication");
    if (kept.size() + 2 >= replications) break;
    const double mean = tally_of(control.values).mean();
    Direction next{centred(control.values, mean), mean - control.mean};
    const double spread = std::sqrt(dot(next.unit, next.unit));
    for (int pass = 0; pass < 2; ++pass)
      for (const Direction& earlier : kept)
        next.offset -= remove(earlier, next.unit) * earlier.offset;
    const double length = std::sqrt(dot(next.unit, next.unit));
    const double noise = 1e-12 * std::abs(mean) * std::sqrt(static_cast<double>(replications));
    if (length <= 1e-8 * spread || length <= noise) continue;
    for (double& x : next.unit) x /= length;
    next.offset /= length;
    kept.push_back(std::move(next));
  }
  return kept;
}

}  // namespace

Sharpened paired_difference(std::span<const double> a, std::span<const double> b, double level) {
  check(a.size() == b.size(), "a pair has two values");
  std::vector<double> difference(a.begin(), a.end());
  for (std::size_t i = 0; i < b.size(); ++i) difference[i] -= b[i];
  const double apart = tally_of(a).variance() + tally_of(b).variance();
  return {t_interval(difference, level), ratio(apart, tally_of(difference).variance())};
}

Sharpened antithetic_mean(std::span<const double> a, std::span<const double> b, double level) {
  check(a.size() == b.size(), "a pair has two values");
  std::vector<double> middle(a.begin(), a.end());
  for (std::size_t i = 0; i < b.size(); ++i) middle[i] = (middle[i] + b[i]) / 2;
  const double apart = (tally_of(a).variance() + tally_of(b).variance()) / 4;
  return {t_interval(middle, level), ratio(apart, tally_of(middle).variance())};
}

// With the centred controls orthonormal, regression needs no matrix: each removes its part of the
// values, shifts the mean by that part times its offset, and adds offset^2 to the intercept's
// variance in units of s^2 (the plain mean has 1/R).
Controlled controlled_mean(std::span<const double> values, std::span<const Control> controls,
                           double level) {
  const Estimate plain = t_interval(values, level);
  const std::vector<Direction> kept = directions(controls, values.size());
  if (kept.empty()) return {{plain, 1}, 0};

  std::vector<double> rest = centred(values, plain.mean);
  const double n = static_cast<double>(values.size());
  const double plain_variance = dot(rest, rest) / (n - 1) / n;
  double mean = plain.mean, leverage = 1 / n;
  for (const Direction& direction : kept) {
    mean -= remove(direction, rest) * direction.offset;
    leverage += direction.offset * direction.offset;
  }
  const double degrees = n - 1 - static_cast<double>(kept.size());
  const double variance = dot(rest, rest) / degrees * leverage;
  const double half = student_t(degrees, level) * std::sqrt(variance);
  return {{{mean, mean - half, mean + half, level}, ratio(plain_variance, variance)}, kept.size()};
}

}  // namespace fleetsim
