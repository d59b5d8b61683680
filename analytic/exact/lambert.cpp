#include "analytic/exact/lambert.h"

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/lambert_w.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <cmath>

namespace fleetsim::analytic {

namespace {

namespace policies = boost::math::policies;
using Plain = policies::policy<policies::promote_double<false>>;

}  // namespace

double one_plus_lambert(double u) {
  if (u <= 0) return 0;
  if (u >= 0.125) return 1 + boost::math::lambert_w0(-std::exp(-u - 1), Plain());
  const double root = std::sqrt(2 * u);
  double y = root * (1 - root / 3 + u / 18);  // the series at the branch point
  for (int step = 0; step < 3; ++step) y += (u + boost::math::log1pmx(-y, Plain())) * (1 - y) / y;
  return y;
}

double one_plus_lambert_positive(double x) {
  return 1 + boost::math::lambert_w0(x / boost::math::constants::e<double>(), Plain());
}

}  // namespace fleetsim::analytic
