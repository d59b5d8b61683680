#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

#include "sim/law.h"

// One function gives each law its distribution function and its partial moments:
// truncated(law, k, x) = E[X^k; X <= x] for k = 0, 1, 2 and finite x >= 0; raw(law, k) = E[X^k].

namespace fleetsim {
namespace {

using Plain = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

// P(a, x), the regularised lower incomplete gamma function.
double gamma_share(double a, double x) {
  return boost::math::gamma_p(a, x, Plain());
}

double power(double x, int k) {
  return k == 0 ? 1 : k == 1 ? x : x * x;
}

double raw(const ConstantLaw& law, int k) {
  return power(law.value, k);
}
double truncated(const ConstantLaw& law, int k, double x) {
  return x < law.value ? 0 : raw(law, k);
}
double variance_of(const ConstantLaw&) {
  return 0;
}

double raw(const ExponentialLaw& law, int k) {
  return (k == 2 ? 2 : 1) * power(law.mean, k);
}
double truncated(const ExponentialLaw& law, int k, double x) {
  const double t = x / law.mean;
  return k == 0 ? -std::expm1(-t) : raw(law, k) * gamma_share(1 + k, t);
}
double variance_of(const ExponentialLaw& law) {
  return law.mean * law.mean;
}

// The mean of y^k over y in [low, x], times the probability of that range.
double truncated(const UniformLaw& law, int k, double x) {
  if (x < law.low) return 0;
  const double a = law.low, b = std::min(x, law.high);
  const double share = x >= law.high ? 1 : (b - a) / (law.high - a);
  return share * (k == 0 ? 1 : k == 1 ? (a + b) / 2 : (a * a + a * b + b * b) / 3);
}
double raw(const UniformLaw& law, int k) {
  return truncated(law, k, law.high);
}
double variance_of(const UniformLaw& law) {
  return (law.high - law.low) * (law.high - law.low) / 12;
}

double raw(const GammaLaw& law, int k) {
  return power(law.scale, k) * (k == 0 ? 1 : k == 1 ? law.shape : law.shape * (law.shape + 1));
}
double truncated(const GammaLaw& law, int k, double x) {
  return raw(law, k) * gamma_share(law.shape + k, x / law.scale);
}
double variance_of(const GammaLaw& law) {
  return law.shape * law.scale * law.scale;
}

double raw(const WeibullLaw& law, int k) {
  return power(law.scale, k) * boost::math::tgamma(1 + k / law.shape, Plain());
}
double truncated(const WeibullLaw& law, int k, double x) {
  const double t = std::pow(x / law.scale, law.shape);
  return k == 0 ? -std::expm1(-t)
                : raw(law, k) * (std::isinf(t) ? 1 : gamma_share(1 + k / law.shape, t));
}
double variance_of(const WeibullLaw& law) {  // keeps its digits when the shape is large
  const double first = boost::math::lgamma(1 + 1 / law.shape, Plain());
  const double second = boost::math::lgamma(1 + 2 / law.shape, Plain());
  return power(raw(law, 1), 2) * std::expm1(second - 2 * first);
}

double raw(const LognormalLaw& law, int k) {
  return std::exp(k * law.mu + k * k * law.sigma * law.sigma / 2);
}
double truncated(const LognormalLaw& law, int k, double x) {
  if (x == 0) return 0;
  const double z = (std::log(x) - law.mu) / law.sigma - k * law.sigma;
  return raw(law, k) * std::erfc(-z * M_SQRT1_2) / 2;
}
double variance_of(const LognormalLaw& law) {
  return power(raw(law, 1), 2) * std::expm1(law.sigma * law.sigma);
}

// Integral of exp(z u) over u in [0, 1], for z <= 0.
double falling(double z) {
  return z == 0 ? 1 : std::expm1(z) / z;
}
// Integral of y^k (low/y)^shape dy/y over [low, x] against that for k = 0 over all; where it grows
// with y, the end is taken out of the integral in place of the start, lest it overflow.
double truncated(const ParetoLaw& law, int k, double x) {
  if (x < law.low) return 0;
  const double end = std::min(x, law.high), all = std::log(law.high / law.low);
  const double reach = std::log(end / law.low), z = (k - law.shape) * reach;
  const double part = z > 0 ? power(end, k) * std::exp(-law.shape * reach) * falling(-z)
                            : power(law.low, k) * falling(z);
  return part * reach / (all * falling(-law.shape * all));
}
double raw(const ParetoLaw& law, int k) {
  return truncated(law, k, law.high);
}
double variance_of(const ParetoLaw& law) {
  return std::max(0.0, raw(law, 2) - power(raw(law, 1), 2));
}

template <class Moment>  // of an exponential law, with its probability
double mixed(const HyperexponentialLaw& law, Moment moment) {
  double sum = 0;
  for (std::size_t i = 0; i < law.mean.size(); ++i)
    sum += law.probability[i] * moment(ExponentialLaw{law.mean[i]});
  return sum;
}
double raw(const HyperexponentialLaw& law, int k) {
  return mixed(law, [k](const ExponentialLaw& phase) { return raw(phase, k); });
}
double truncated(const HyperexponentialLaw& law, int k, double x) {
  return mixed(law, [k, x](const ExponentialLaw& phase) { return truncated(phase, k, x); });
}
double variance_of(const HyperexponentialLaw& law) {  // within the phases and between them
  const double centre = raw(law, 1);
  return mixed(law, [centre](const ExponentialLaw& phase) {
    return variance_of(phase) + power(phase.mean - centre, 2);
  });
}

template <class Value>  // over the values up to x, with their probability
double weighted(const EmpiricalLaw& law, double x, Value value_of) {
  double sum = 0, before = 0;
  for (std::size_t i = 0; i < law.table->value.size() && law.table->value[i] <= x; ++i) {
    sum += (law.table->cumulative[i] - before) * value_of(law.table->value[i]);
    before = law.table->cumulative[i];
  }
  return sum;
}
double truncated(const EmpiricalLaw& law, int k, double x) {
  if (k > 0) return weighted(law, x, [k](double value) { return power(value, k); });
  const auto& values = law.table->value;
  const auto count = std::upper_bound(values.begin(), values.end(), x) - values.begin();
  return count == 0 ? 0 : law.table->cumulative[static_cast<std::size_t>(count - 1)];
}
double raw(const EmpiricalLaw& law, int k) {
  return truncated(law, k, law.table->value.back());
}
double variance_of(const EmpiricalLaw& law) {
  const double centre = raw(law, 1);
  return weighted(law, law.table->value.back(),
                  [centre](double value) { return power(value - centre, 2); });
}

double partial_moment(const Law::Kind& kind, int k, double x) {
  check(!std::isnan(x), "the limit of a partial moment is a number");
  return std::visit(
      [k, x](const auto& law) {
        return x < 0 ? 0 : std::isinf(x) ? raw(law, k) : truncated(law, k, x);
      },
      kind);
}

}  // namespace

double Law::mean() const {
  return std::visit([](const auto& law) { return raw(law, 1); }, kind_);
}

double Law::variance() const {
  return std::visit([](const auto& law) { return variance_of(law); }, kind_);
}

double Law::cv() const {
  return mean() == 0 ? 0 : std::sqrt(variance()) / mean();
}

double Law::second_moment() const {
  return std::visit([](const auto& law) { return raw(law, 2); }, kind_);
}

double Law::cdf(double x) const {
  return partial_moment(kind_, 0, x);
}

double Law::partial_mean(double x) const {
  return partial_moment(kind_, 1, x);
}

double Law::partial_second_moment(double x) const {
  return partial_moment(kind_, 2, x);
}

std::string Law::name() const {
  constexpr const char* names[] = {"constant", "exponential",      "uniform",
                                   "gamma",    "weibull",          "lognormal",
                                   "pareto",   "hyperexponential", "empirical"};
  static_assert(std::size(names) == std::variant_size_v<Kind>);
  return names[kind_.index()];
}

}  // namespace fleetsim
