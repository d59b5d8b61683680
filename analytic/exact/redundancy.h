#pragma once
#include <cstdint>
#include <vector>

#include "sim/result.h"

namespace fleetsim::analytic {

// Units that stand in for each other, repaired by a limited number of crews: birth-death chains on
// the number that are down (Gross and Harris 1998, ch. 2.7). All times exponential, in seconds.

// n units, of which the system needs k; each fails at rate 1/MTTF, also while the system is out,
// and c crews each repair one at rate 1/MTTR. With j down, f_j = (n - j)/MTTF, r_j = min(j,
// c)/MTTR:
//
//   unavailability = sum_{j > n-k} p_j,   p_j r_j = p_{j-1} f_{j-1},
//   outages a second = p_{n-k} f_{n-k},
//   MTTF to the first outage, all up at first = sum_{j<=n-k} h_j,  h_j = (1 + r_j h_{j-1}) / f_j,
//
// h_j being the mean time from j down to j + 1. Each is a sum of positive terms: unavailabilities
// of 1e-30 keep all their digits.
struct KofnPlan {
  std::int64_t units = 3, needed = 2, crews = 1;  // n, k, c
  double mttf = 86400, mttr = 3600;               // of a unit
};
struct Kofn {
  double availability = 1, unavailability = 0;
  double first_outage = 0;  // s, mean, from all up
  double outage_rate = 0;   // 1/s in the long run
  double mean_outage = 0;   // s: unavailability / outage_rate
};
Result<Kofn> kofn(const KofnPlan& plan);

// Machine repair with spares: N places, s spares, c crews. A working unit fails at rate 1/MTTF, a
// spare at w times that (0 cold, 1 hot), and takes over at once. With j of N + s down,
//
//   f_j = (min(N, N+s-j) + w max(0, s-j)) / MTTF,   r_j = min(j, c) / MTTR,
//
// and the fleet's capacity is m places filled with the share p_{N+s-m} (m < N), the rest m = N.
struct SparesPlan {
  std::int64_t active = 100, spares = 2, crews = 2;  // N, s, c
  double mttf = 86400, mttr = 3600, warm = 0;        // w, of a spare against a working unit
};
struct Spares {
  double full = 1;         // share of time with all N places filled
  double short_share = 0;  // 1 - full, to full precision
  double mean_active = 0;
  double failure_rate = 0;       // 1/s, of working units
  double mean_failed = 0;        // units down, in repair or waiting for it
  std::vector<double> capacity;  // [m]: share of time with m places filled, m = 0..N
};
Result<Spares> fleet_with_spares(const SparesPlan& plan);

// The fewest spares for which `full` is at least the target, in [0, 1).
Result<std::int64_t> spares_needed(SparesPlan plan, double target);

}  // namespace fleetsim::analytic
