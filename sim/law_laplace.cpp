#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

#include "sim/law.h"

namespace fleetsim {
namespace {

using Quadrature = boost::math::quadrature::gauss_kronrod<double, 31>;

double laplace_of(const ConstantLaw& law, double s) {
  return std::exp(-s * law.value);
}

double laplace_of(const ExponentialLaw& law, double s) {
  return 1 / (1 + s * law.mean);
}

double laplace_of(const UniformLaw& law, double s) {
  const double z = s * (law.high - law.low);
  return std::exp(-s * law.low) * (z == 0 ? 1 : -std::expm1(-z) / z);
}

double laplace_of(const GammaLaw& law, double s) {
  return std::exp(-law.shape * std::log1p(s * law.scale));
}

double laplace_of(const HyperexponentialLaw& law, double s) {
  double sum = 0;
  for (std::size_t i = 0; i < law.mean.size(); ++i)
    sum += law.probability[i] / (1 + s * law.mean[i]);
  return sum;
}

double laplace_of(const EmpiricalLaw& law, double s) {
  double sum = 0, before = 0;
  for (std::size_t i = 0; i < law.table->value.size(); ++i) {
    sum += (law.table->cumulative[i] - before) * std::exp(-s * law.table->value[i]);
    before = law.table->cumulative[i];
  }
  return sum;
}

// The rest have no closed form. Each is integrated over a variable in which neither its density nor
// exp(-s x) is steep: a quadrature could step over a narrow peak. Absolute error below 1e-10.

constexpr double vanishing = 745;  // exp(-745) is 0

template <class Function>
double integral(Function f, double from, double to) {
  constexpr int panels = 4;
  double sum = 0;
  for (int i = 0; from < to && i < panels; ++i) {
    const double width = (to - from) / panels;
    sum += Quadrature::integrate(f, from + i * width, from + (i + 1) * width, 12, 1e-11);
  }
  return sum;
}

// X = exp(mu + sigma z), z standard normal.
double laplace_of(const LognormalLaw& law, double s) {
  const auto f = [&](double z) {
    return std::exp(-z * z / 2 - s * std::exp(law.mu + law.sigma * z)) / std::sqrt(2 * M_PI);
  };
  return integral(f, -9, std::min(9.0, (std::log(vanishing / s) - law.mu) / law.sigma));
}

// X = scale exp(y / shape), exp(y) exponential of mean 1.
double laplace_of(const WeibullLaw& law, double s) {
  const auto f = [&](double y) {
    return std::exp(y - std::exp(y) - s * law.scale * std::exp(y / law.shape));
  };
  return integral(f, -42, std::min(3.75, std::log(vanishing / (s * law.scale)) * law.shape));
}

// X = low exp(v / shape), v exponential of mean 1 but for being cut off where X is high.
double laplace_of(const ParetoLaw& law, double s) {
  const double end = law.shape * std::log(law.high / law.low);
  const auto f = [&](double v) {
    return std::exp(-v - s * law.low * std::exp(v / law.shape)) / -std::expm1(-end);
  };
  const double reach = std::log(vanishing / (s * law.low)) * law.shape;
  return integral(f, 0, std::min({end, reach, 42.0}));
}

}  // namespace

double Law::laplace(double s) const {
  check(s >= 0, "a Laplace transform is taken at s >= 0");
  return s == 0 ? 1 : std::visit([s](const auto& law) { return laplace_of(law, s); }, kind_);
}

}  // namespace fleetsim
