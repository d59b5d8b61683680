#pragma once
#include <cstdint>

#include "sim/result.h"

namespace fleetsim::analytic {

// What the size of the Earth costs, and how training spread over regions pays for it.

// Great-circle distance by the haversine formula, which keeps its digits for near points, on a
// sphere of the mean radius 6,371,008.8 m (IUGG); the ellipsoid differs by up to 0.56%. Degrees.
//   h = sin^2(dphi/2) + cos phi1 cos phi2 sin^2(dlambda/2),   d = 2 r asin sqrt h
struct Place {
  double latitude = 0, longitude = 0;
};
Result<double> great_circle(const Place& from, const Place& to);  // m

// No answer can come back sooner: light in glass of index 1.468 over the cable, which is `stretch`
// times as long as the great circle. RTT = 2 d stretch n / c. Stretch >= 1; the book's round figure
// of 200,000 km/s is 2% slower than c/1.468 at stretch 1.
Result<double> light_round_trip(double distance, double stretch);  // s

// Ring all-reduce of G bytes between r regions over links of BW, one-way delay t each:
//   2 (r-1)/r G/BW + 2 (r-1) t
struct WideArea {
  std::int64_t regions = 3;
  double bytes = 810e9, bandwidth = 1.25e12, one_way = 0.04;
};
Result<double> wide_area_exchange(const WideArea& plan);

// Local-update training (Douillard et al. 2023): H inner steps of length T, then an outer exchange
// X of which a share o is hidden behind the next steps, at most all of what they last:
//   efficiency = H T / (H T + X - min(o X, H T))
struct LocalUpdates {
  std::int64_t inner_steps = 16;
  double step = 1, exchange = 1, overlap = 0;
};
Result<double> local_update_efficiency(const LocalUpdates& plan);

}  // namespace fleetsim::analytic
