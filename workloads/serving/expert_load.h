#pragma once
#include <cstdint>
#include <span>

#include "topology/polyline.h"

namespace fleetsim::serving {

// How the tokens of a pass fall on the devices that share the experts of a layer between them. The
// device with the most visits is the last to compute, and that with the most experts to fetch the
// last to read.
//
// Of E experts a token chooses k different ones, the i-th most popular in proportion to i^-skew
// (Zipf), but none more than once: with probability pi_i = min(1, c i^-skew), which add up to k.
// Experts are dealt out in order of popularity, expert i to device i mod e, which gets the share
// p_j = sum pi_i / k of the visits.
//
//   busiest(T) = e E[max_j N_j] / n         N multinomial of n visits with shares p_j
//   read(T)    = e E[max_j H_j] / E         H_j experts of device j that T tokens have chosen
//
// Choices of a token being different, visits are more even than those of a multinomial: of k T
// visits in as many draws their variance is that of n = k T (E - 1)/(E - k), exactly where all are
// alike. E[max N] is that of independent Poissons which add up to n (Levin, Ann. Statist. 9, 1981),
// the sum by an Edgeworth series of fourth order: within 1 % from two visits on, 0.1 % from 16.
// H_j are sums of independent trials with 1 - (1 - pi_i)^T, devices taken as independent. Played
// with all choices even, both are met within 2.5 % from 8 tokens on, and within 11 % below.
// Each layer routes anew, so over many layers a pass takes the mean of these maxima. They are
// worked out once, straight between points: each up to 32 tokens, then by steps of a quarter up to
// 4,096, from where the excess of the busiest falls as 1/sqrt(T).
class ExpertLoad {
 public:
  struct In {
    std::int64_t experts = 1, chosen = 1, devices = 1;  // devices divide experts
    double skew = 0;
  };
  explicit ExpertLoad(const In& in);

  double busiest(double tokens) const { return busiest_.at(tokens); }
  double read(double tokens) const { return read_.at(tokens); }

 private:
  Polyline busiest_, read_;
};

// The mean of the greatest count where so many visits fall on places with these shares, by falling
// share, of which the sum is 1.
double expected_most(double visits, std::span<const double> shares);

}  // namespace fleetsim::serving
