#include "analytic/exact/failures.h"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {

Result<FirstFailure> first_failure(std::int64_t units, double mtbf, double horizon) {
  Arguments in("first failure");
  in.at_least_one("units", units).positive("mtbf", mtbf).nonnegative("horizon", horizon);
  if (!in.fine()) return in.error();
  const double mean = mtbf / static_cast<double>(units);
  return FirstFailure{mean, horizon / mean, -std::expm1(-horizon / mean)};
}

Result<WeibullFirst> weibull_first_failure(std::int64_t units, double shape, double mean_life,
                                           double horizon) {
  Arguments in("first of many Weibull failures");
  in.at_least_one("units", units)
      .need(shape >= 0.1 && shape <= 20, "shape", shape, "between 0.1 and 20")
      .positive("mean_life", mean_life)
      .nonnegative("horizon", horizon);
  if (!in.fine()) return in.error();
  namespace policies = boost::math::policies;
  const double gamma =
      boost::math::tgamma(1 + 1 / shape, policies::policy<policies::promote_double<false>>());
  const auto n = static_cast<double>(units);
  const double sooner = std::pow(n, -1 / shape);
  const double scale = mean_life / gamma * sooner;
  return WeibullFirst{scale, mean_life * sooner, mean_life / n,
                      -std::expm1(-std::pow(horizon / scale, shape))};
}

Result<SeriesNode> series_node(std::span<const Part> parts) {
  Arguments in("a node of parts in series");
  SeriesNode node;
  for (const Part& part : parts) {
    in.nonnegative("count", part.count).positive("mtbf", part.mtbf);
    node.shares.push_back(part.count / part.mtbf);
    node.rate += node.shares.back();
  }
  in.need(node.rate > 0, "parts", static_cast<double>(parts.size()), "one or more that can fail");
  if (!in.fine()) return in.error();
  for (double& share : node.shares) share /= node.rate;
  node.mtbf = 1 / node.rate;
  return node;
}

Result<UptimeShares> alternating_renewal(double mttf, double mttr, double time) {
  Arguments in("alternating renewal");
  in.positive("mttf", mttf).nonnegative("mttr", mttr).nonnegative("time", time);
  if (!in.fine()) return in.error();
  const double steady = mttf / (mttf + mttr);
  const double down = mttr / (mttf + mttr);
  if (mttr <= 0) return UptimeShares{1, 1, 1};
  const double x = time * (1 / mttf + 1 / mttr);
  const double faded = x > 0 ? -std::expm1(-x) / x : 1;
  return UptimeShares{steady, steady + down * std::exp(-x), steady + down * faded};
}

}  // namespace fleetsim::analytic
