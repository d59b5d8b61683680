#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/roots.hpp>
#include <boost/random/exponential_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/lognormal_distribution.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/law.h"

namespace fleetsim {
namespace {

using Plain = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

double quantile_of(const ConstantLaw& law, double) {
  return law.value;
}

double quantile_of(const ExponentialLaw& law, double p) {
  return -law.mean * std::log1p(-p);
}

double quantile_of(const UniformLaw& law, double p) {
  return std::min(law.high, law.low + p * (law.high - law.low));
}

double quantile_of(const GammaLaw& law, double p) {
  return law.scale * boost::math::gamma_p_inv(law.shape, p, Plain());
}

double quantile_of(const WeibullLaw& law, double p) {
  return law.scale * std::pow(-std::log1p(-p), 1 / law.shape);
}

double quantile_of(const LognormalLaw& law, double p) {
  return std::exp(law.mu - law.sigma * M_SQRT2 * boost::math::erfc_inv(2 * p, Plain()));
}

double quantile_of(const ParetoLaw& law, double p) {
  const double share = -std::expm1(-law.shape * std::log(law.high / law.low));
  const double x = law.low * std::exp(-std::log1p(-p * share) / law.shape);
  return std::clamp(x, law.low, law.high);
}

// The logarithm of a mixture of exponentials' tail is convex (its hazard falls), so Newton's method
// from any point below the root climbs to it without overshooting. Two such points: the tail is at
// least each phase's own part, and by Jensen at least that of an exponential with the mean rate.
double quantile_of(const HyperexponentialLaw& law, double p) {
  const double target = std::log1p(-p);
  double rate = 0, below = 0;
  for (std::size_t i = 0; i < law.mean.size(); ++i) {
    rate += law.probability[i] / law.mean[i];
    below = std::max(below, law.mean[i] * (std::log(law.probability[i]) - target));
  }
  below = std::max(below, -target / rate);
  const auto log_tail = [&](double x) {
    double tail = 0, body = 0, slope = 0;
    for (std::size_t i = 0; i < law.mean.size(); ++i) {
      const double t = x / law.mean[i];
      tail += law.probability[i] * std::exp(-t);
      body += law.probability[i] * std::expm1(-t);
      slope += law.probability[i] * std::exp(-t) / law.mean[i];
    }
    return std::pair{(p < 0.5 ? std::log1p(body) : std::log(tail)) - target, -slope / tail};
  };
  const double above = -target * *std::max_element(law.mean.begin(), law.mean.end());
  if (below >= above) return below;
  return boost::math::tools::newton_raphson_iterate(log_tail, below, below, above, 50);
}

double quantile_of(const EmpiricalLaw& law, double p) {
  const auto& cumulative = law.table->cumulative;
  const auto found = std::lower_bound(cumulative.begin(), cumulative.end(), p);
  return law.table->value[static_cast<std::size_t>(found - cumulative.begin())];
}

double free_draw(const ExponentialLaw& law, Stream& stream) {
  return law.mean * boost::random::exponential_distribution<double>()(stream);
}

double free_draw(const GammaLaw& law, Stream& stream) {
  return boost::random::gamma_distribution<double>(law.shape, law.scale)(stream);
}

double free_draw(const WeibullLaw& law, Stream& stream) {  // a power of an exponential
  const double unit = boost::random::exponential_distribution<double>()(stream);
  return law.scale * std::pow(unit, 1 / law.shape);
}

double free_draw(const LognormalLaw& law, Stream& stream) {
  return boost::random::lognormal_distribution<double>(law.mu, law.sigma)(stream);
}

double free_draw(const HyperexponentialLaw& law, Stream& stream) {
  double left = stream.uniform();
  std::size_t phase = 0;
  for (; phase + 1 < law.mean.size() && left >= law.probability[phase]; ++phase)
    left -= law.probability[phase];
  return free_draw(ExponentialLaw{law.mean[phase]}, stream);
}

double free_draw(const ConstantLaw& law, Stream&) {
  return law.value;
}

template <class AnyLaw>  // where inversion is the fastest way
double free_draw(const AnyLaw& law, Stream& stream) {
  return quantile_of(law, stream.uniform());
}

}  // namespace

double Law::quantile(double p) const {
  check(p > 0 && p < 1, "a quantile's probability lies strictly between 0 and 1");
  return std::visit([p](const auto& law) { return quantile_of(law, p); }, kind_);
}

double Law::draw(Stream& stream) const {
  if (stream.mode() != Stream::Mode::free) return quantile(stream.uniform());
  return std::visit([&stream](const auto& law) { return free_draw(law, stream); }, kind_);
}

}  // namespace fleetsim
