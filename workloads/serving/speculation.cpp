#include "workloads/serving/speculation.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <vector>

#include "sim/stream.h"

namespace fleetsim::serving {

double acceptance_of(const Speculation& speculation, std::uint64_t luck) {
  const double mean = speculation.acceptance;
  if (!speculation.concentration || mean <= 0 || mean >= 1) return mean;
  const double all = *speculation.concentration;
  const boost::math::beta_distribution<double> law(mean * all, (1 - mean) * all);
  return boost::math::quantile(law, Chance{.seed = luck}.stream("serving.acceptance").uniform());
}

// By inversion: n or more are accepted with the probability a^n.
std::uint32_t accepted_of(const Speculation& speculation, double acceptance, std::uint64_t luck,
                          std::uint32_t made) {
  const double u = Chance{.seed = luck}.stream("serving.accepted", made).uniform();
  std::uint32_t n = 0;
  for (double power = acceptance; n < speculation.draft && u <= power; power *= acceptance) ++n;
  return n;
}

// From the end: a pass leaves n - 1 - i tokens with the probability of i accepted ones.
double passes_until(const Speculation& speculation, double acceptance, std::uint32_t tokens) {
  std::vector<double> passes(std::size_t{tokens} + 1);
  for (std::uint32_t n = 1; n <= tokens; ++n) {
    passes[n] = 1;
    double power = 1;  // a^i
    for (std::uint32_t i = 0; i <= speculation.draft && i + 1 < n; ++i, power *= acceptance)
      passes[n] += passes[n - 1 - i] * power * (i < speculation.draft ? 1 - acceptance : 1);
  }
  return passes[tokens];
}

}  // namespace fleetsim::serving
