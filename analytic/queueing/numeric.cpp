#include "analytic/queueing/numeric.h"

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>

#include "sim/check.h"

namespace fleetsim::analytic {

namespace {

// Doubles only: 80-bit intermediates would make results depend on the processor. What overflows on
// the way to a probability is a divisor, and the probability is 0.
namespace policies = boost::math::policies;
using Plain = policies::policy<policies::promote_double<false>,
                               policies::overflow_error<policies::ignore_error>>;

}  // namespace

double root(const RealFunction& f, double low, double high) {
  const double at_low = f(low);
  const double at_high = f(high);
  if (at_low == 0) return low;
  if (at_high == 0) return high;
  check((at_low < 0) != (at_high < 0), "a root needs a change of sign");
  std::uintmax_t steps = 300;
  const auto [left, right] = boost::math::tools::toms748_solve(
      f, low, high, at_low, at_high, boost::math::tools::eps_tolerance<double>(52), steps, Plain());
  return left + (right - left) / 2;
}

double crossing(const RealFunction& f, double scale) {
  if (f(0) <= 0) return 0;
  double low = 0;
  double high = scale;
  while (f(high) > 0) {
    check(std::isfinite(high), "a crossing exists");
    low = high;
    high *= 2;
  }
  return root(f, low, high);
}

namespace {

double refined(const RealFunction& f, double low, double high, double tolerance, int halvings) {
  using Panel = boost::math::quadrature::gauss_kronrod<double, 21, Plain>;
  double error = 0;
  const double value = Panel::integrate(f, low, high, 0, tolerance, &error);
  // Boost 1.74 reports the error of the panel as mapped to [-1, 1].
  if (error * (high - low) / 2 <= tolerance || halvings == 0) return value;
  const double middle = low + (high - low) / 2;
  const double left = refined(f, low, middle, tolerance / 2, halvings - 1);
  return left + refined(f, middle, high, tolerance / 2, halvings - 1);
}

}  // namespace

double integral(const RealFunction& f, double low, double high, double tolerance) {
  return low < high ? refined(f, low, high, tolerance, 20) : 0;
}

double poisson_pmf(std::uint64_t n, double mean) {
  if (mean <= 0) return n == 0 ? 1 : 0;
  return boost::math::gamma_p_derivative(static_cast<double>(n) + 1, mean, Plain());
}

double poisson_upper(std::uint64_t n, double mean) {
  if (n == 0) return 1;
  if (mean <= 0) return 0;
  return boost::math::gamma_p(static_cast<double>(n), mean, Plain());
}

double erlang_mixture_upper(std::span<const double> upper_weight, double x) {
  if (upper_weight.empty()) return 0;
  // From the largest Poisson term outwards, until terms no longer count.
  const auto last = static_cast<double>(upper_weight.size() - 1);
  const auto mode = static_cast<std::size_t>(std::min(std::floor(std::max(x, 0.0)), last));
  const double at_mode = poisson_pmf(mode, x);
  double sum = 0;
  double term = at_mode;
  for (std::size_t i = mode; i < upper_weight.size(); ++i) {
    sum += term * upper_weight[i];
    term *= x / static_cast<double>(i + 1);
    if (term < at_mode * 1e-25) break;
  }
  term = at_mode;
  for (std::size_t i = mode; i > 0; --i) {
    term *= static_cast<double>(i) / x;
    sum += term * upper_weight[i - 1];
    if (term < at_mode * 1e-25) break;
  }
  return sum;
}

}  // namespace fleetsim::analytic
