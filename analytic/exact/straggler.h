#pragma once
#include <cstdint>

#include "sim/law.h"

namespace fleetsim::analytic {

// A synchronous step waits for the last of its workers, or for the m-th of them. (David and
// Nagaraja 2003.)

// The n-th harmonic number 1 + 1/2 + ... + 1/n, to full precision for any n >= 0.
double harmonic(std::int64_t n);

// The last of n exponential times of the given mean: mean H_n.
Result<double> slowest_exponential(std::int64_t workers, double mean);

// The m-th of n times of any law with a density; all n must come. For X_(m), with F the law:
//
//   E[X_(m)] = int_0^inf P(fewer than m of n by t) dt,   P = 1 - I_F(t)(m, n-m+1),
//
// by quadrature to about 1e-8, I the incomplete beta function. m = n is the straggler. For n up to
// 1e7 and coefficients of variation up to 10: beyond, a double near 1 cannot tell the tail.
Result<double> order_statistic(const Law& law, std::int64_t rank, std::int64_t of);

// The same for the last of n lognormal times, as Blom 1958 approximates it: the quantile of the law
// at (n - 0.375)/(n + 0.25). The exact mean is order_statistic(lognormal, n, n).
Result<double> blom_slowest_lognormal(std::int64_t workers, double mu, double sigma);

// A synchronous federated round: n devices are asked, each drops out with probability d, and the
// round ends with the m-th answer (m <= n: over-selection). With D(t) = (1-d) F(t), by time t the
// answers are Bin(n, D(t)), so
//
//   P(done) = P(Bin(n, 1-d) >= m),
//   E[time | done] = int_0^inf (P(done) - P(Bin(n, D(t)) >= m)) dt / P(done).
//
// Needs P(done) >= 1e-6.
struct FederatedRound {
  std::int64_t asked = 130, needed = 100;  // n, m
  double drop_out = 0.1;                   // d
};
struct RoundTime {
  double done = 1;  // P(done)
  double time = 0;  // s, given done
};
Result<RoundTime> federated_round(const Law& answer, const FederatedRound& round);

}  // namespace fleetsim::analytic
