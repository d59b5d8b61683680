#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/result.h"

namespace fleetsim::analytic {

// When things break, and what share of time they are whole. Times in seconds. (Barlow and Proschan
// 1975 for all of these.)

// n units with independent exponential lives of mean MTBF, each replaced at once. Failures are a
// Poisson stream: the first comes after MTBF/n on average, and in a time T their number is Poisson
// of mean n T / MTBF.
struct FirstFailure {
  double mean = 0;            // s
  double expected_count = 0;  // in T
  double any = 0;             // P(at least one in T) = 1 - e^{-nT/MTBF}
};
Result<FirstFailure> first_failure(std::int64_t units, double mtbf, double horizon);

// n units with Weibull lives of shape k and mean m. The least of them is Weibull too:
//
//   P(none fails by T) = e^{-n (T/eta)^k},  mean = eta n^{-1/k} Gamma(1 + 1/k),
//   eta = m / Gamma(1 + 1/k).
//
// New units with k < 1 fail earlier than the exponential answer m/n; the ratio is n^{1-1/k}.
// Shapes in [0.1, 20].
struct WeibullFirst {
  double scale = 0, mean = 0;   // s, of the least
  double exponential_mean = 0;  // s: m/n, what a constant hazard says
  double any = 0;               // P(at least one by T)
};
Result<WeibullFirst> weibull_first_failure(std::int64_t units, double shape, double mean_life,
                                           double horizon);

// A node is broken when any of its parts is: rates add, and given a failure, part i is its cause
// with the share count_i / MTBF_i of the sum; among many failures the causes are multinomial.
struct Part {
  double count = 1, mtbf = 0;  // s, of each
};
struct SeriesNode {
  double rate = 0, mtbf = 0;   // 1/s, s
  std::vector<double> shares;  // of the causes, in the order of the parts
};
Result<SeriesNode> series_node(std::span<const Part> parts);

// One unit that works for MTTF, then is repaired for MTTR, again and again. The long-run share of
// time up needs no law: A = MTTF / (MTTF + MTTR). For exponential times and a unit that starts up,
// with s = 1/MTTF + 1/MTTR,
//
//   at time t:      A + (1 - A) e^{-s t},
//   over (0, t):    A + (1 - A) (1 - e^{-s t}) / (s t).
struct UptimeShares {
  double steady = 1, at_time = 1, over_time = 1;
};
Result<UptimeShares> alternating_renewal(double mttf, double mttr, double time);

}  // namespace fleetsim::analytic
