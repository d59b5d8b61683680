#include "analytic/exact/distance.h"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <cmath>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {

Result<double> great_circle(const Place& from, const Place& to) {
  Arguments in("a great circle");
  for (const Place& place : {from, to})
    in.need(std::abs(place.latitude) <= 90, "latitude", place.latitude, "from -90 to 90")
        .need(std::abs(place.longitude) <= 360, "longitude", place.longitude, "from -360 to 360");
  if (!in.fine()) return in.error();
  constexpr double radius = 6'371'008.8;  // m
  constexpr double degree = boost::math::constants::degree<double>();
  const double north = std::sin((to.latitude - from.latitude) * degree / 2);
  const double east = std::sin((to.longitude - from.longitude) * degree / 2);
  const double h = north * north +
                   std::cos(from.latitude * degree) * std::cos(to.latitude * degree) * east * east;
  return 2 * radius * std::asin(std::sqrt(std::min(h, 1.0)));
}

Result<double> light_round_trip(double distance, double stretch) {
  Arguments in("light in fibre");
  in.nonnegative("distance", distance)
      .need(stretch >= 1 && std::isfinite(stretch), "stretch", stretch, "at least 1");
  if (!in.fine()) return in.error();
  return 2 * distance * stretch * 1.468 / 299'792'458.0;
}

Result<double> wide_area_exchange(const WideArea& plan) {
  Arguments in("an exchange between regions");
  in.at_least_one("regions", plan.regions)
      .nonnegative("bytes", plan.bytes)
      .positive("bandwidth", plan.bandwidth)
      .nonnegative("one_way", plan.one_way);
  if (!in.fine()) return in.error();
  const auto others = static_cast<double>(plan.regions - 1);
  return 2 * others / static_cast<double>(plan.regions) * plan.bytes / plan.bandwidth +
         2 * others * plan.one_way;
}

Result<double> local_update_efficiency(const LocalUpdates& plan) {
  Arguments in("local-update training");
  in.at_least_one("inner_steps", plan.inner_steps)
      .positive("step", plan.step)
      .nonnegative("exchange", plan.exchange)
      .fraction("overlap", plan.overlap);
  if (!in.fine()) return in.error();
  const double inner = static_cast<double>(plan.inner_steps) * plan.step;
  return inner / (inner + plan.exchange - std::min(plan.overlap * plan.exchange, inner));
}

}  // namespace fleetsim::analytic
