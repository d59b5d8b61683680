#pragma once
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <vector>

#include "sim/law.h"

namespace fleetsim {

// Values to try statistics on.

inline std::vector<double> draws(const Law& law, std::size_t n, std::uint64_t seed = 1) {
  Stream stream = Chance{.seed = seed}.stream("test.draws");
  std::vector<double> out(n);
  for (double& x : out) x = law.draw(stream);
  return out;
}

inline std::vector<double> normals(std::size_t n, std::uint64_t seed, double mean = 0) {
  Stream stream = Chance{.seed = seed}.stream("test.normals");
  boost::random::normal_distribution<double> law(mean, 1);
  std::vector<double> out(n);
  for (double& x : out) x = law(stream);
  return out;
}

// x_(i+1) = share x_i + normal: neighbours have correlation `share`. Starts in equilibrium.
inline std::vector<double> autoregression(std::size_t n, double share, std::uint64_t seed) {
  std::vector<double> out = normals(n, seed);
  out[0] /= std::sqrt(1 - share * share);
  for (std::size_t i = 1; i < n; ++i) out[i] += share * out[i - 1];
  return out;
}

}  // namespace fleetsim
