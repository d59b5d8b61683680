#include "analytic/exact/binomial.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>

#include "analytic/queueing/birth_death.h"
#include "sim/check.h"

namespace fleetsim::analytic {

namespace {

namespace policies = boost::math::policies;
using Plain = policies::policy<policies::promote_double<false>>;

// A law on 0..n by the ratios p[k+1] / p[k] = up[k] / down[k]: the steady state of that chain.
std::vector<double> by_ratios(const std::vector<double>& up, const std::vector<double>& down) {
  auto law = birth_death(up, down);
  check(bool(law), "ratios of a law are positive");
  return *std::move(law);
}

}  // namespace

double binomial_upper(std::int64_t n, std::int64_t k, double p) {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  return boost::math::ibeta(static_cast<double>(k), static_cast<double>(n - k + 1), p, Plain());
}

double binomial_lower(std::int64_t n, std::int64_t k, double p) {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  return boost::math::ibetac(static_cast<double>(k + 1), static_cast<double>(n - k), p, Plain());
}

std::int64_t binomial_quantile(std::int64_t n, double p, double level) {
  std::int64_t low = -1;
  std::int64_t high = n;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (binomial_lower(n, middle, p) >= level ? high : low) = middle;
  }
  return high;
}

std::vector<double> beta_binomial(std::int64_t n, double p, double rho) {
  const double alpha = p * (1 - rho) / rho;
  const double beta = (1 - p) * (1 - rho) / rho;
  std::vector<double> up, down;
  for (std::int64_t k = 0; k < n; ++k) {
    const auto yes = static_cast<double>(k);
    const auto no = static_cast<double>(n - k - 1);
    up.push_back((no + 1) * (yes + alpha));
    down.push_back((yes + 1) * (no + beta));
  }
  return by_ratios(up, down);
}

std::vector<double> hypergeometric(std::int64_t all, std::int64_t marked, std::int64_t drawn) {
  const std::int64_t least = std::max<std::int64_t>(0, drawn + marked - all);
  const std::int64_t most = std::min(drawn, marked);
  std::vector<double> up, down;
  for (std::int64_t k = least; k < most; ++k) {
    up.push_back(static_cast<double>(marked - k) * static_cast<double>(drawn - k));
    down.push_back(static_cast<double>(k + 1) * static_cast<double>(all - marked - drawn + k + 1));
  }
  const std::vector<double> possible = by_ratios(up, down);
  std::vector<double> law(static_cast<std::size_t>(drawn) + 1);
  std::copy(possible.begin(), possible.end(), law.begin() + least);
  return law;
}

double upper_tail(const std::vector<double>& p, std::int64_t k) {
  double sum = 0;
  for (auto i = static_cast<std::int64_t>(p.size()); i > std::max<std::int64_t>(k, 0); --i)
    sum += p[static_cast<std::size_t>(i - 1)];
  return sum;
}

}  // namespace fleetsim::analytic
