#pragma once
#include <vector>

#include "analytic/queueing/station_means.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// M/D/1 FCFS: Poisson arrivals of rate lambda, each service takes D. rho = lambda D < 1.
//
// Erlang's sum for P(wait <= t) (1909; Crommelin 1932) alternates in sign and loses all digits
// within a few dozen services. Here instead, with k = floor(t/D) + 1 and x = lambda (kD - t), as
// Franx (2001) has it for M/D/c, but for the complement, so that tails keep their digits too:
//
//   P(wait > t) = P(Poisson(x) >= k) + sum_{j<k} e^-x x^j / j! P(L > k - j),
//
// L being the number present, by cuts between n and n + 1: with A ~ Poisson(rho),
//
//   p[n+1] P(A=0) = p[0] P(A > n) + sum_{1<=i<=n} p[i] P(A > n+1-i).
//
// Every term is positive. Beyond the table both laws are geometric to the last bit, with
// z = e^{rho (z-1)}, z > 1:  P(wait > t) = (1-rho) / (rho z - 1) e^{-lambda (z-1) t}.
struct Md1Steady {
  double arrival_rate = 0;           // 1/s
  double service = 1;                // s, D
  double growth = 1;                 // z - 1
  std::vector<double> upper_number;  // [n]: P(L > n)
  StationMeans means;                // wait = rho D / (2 (1 - rho))
};
Result<Md1Steady> md1(double arrival_rate, double service);

double md1_wait_upper(const Md1Steady& queue, double t);  // P(wait > t)
Result<double> md1_wait_quantile(const Md1Steady& queue, double p);
Result<double> md1_sojourn_quantile(const Md1Steady& queue, double p);  // that of the wait, plus D

}  // namespace fleetsim::analytic
