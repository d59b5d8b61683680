#pragma once
#include <cstdint>
#include <vector>

namespace fleetsim::analytic {

// P(X >= k) and P(X <= k) for X binomial(n, p), by the incomplete beta function: small tails keep
// their digits. REQUIRES: 0 <= p <= 1.
double binomial_upper(std::int64_t n, std::int64_t k, double p);
double binomial_lower(std::int64_t n, std::int64_t k, double p);

// The smallest k with P(X <= k) >= level.
std::int64_t binomial_quantile(std::int64_t n, double p, double level);

// P(X = k), k = 0..n, for X beta-binomial: binomial(n, P) with P beta of mean p and correlation rho
// between two of the n, 0 < p < 1, 0 < rho < 1. Beta(p (1-rho)/rho, (1-p) (1-rho)/rho).
std::vector<double> beta_binomial(std::int64_t n, double p, double rho);

// P(X = k), k = 0..drawn, for X hypergeometric: the marked among `drawn` of `all`, without return.
// REQUIRES: 0 <= marked, drawn <= all.
std::vector<double> hypergeometric(std::int64_t all, std::int64_t marked, std::int64_t drawn);

// Sum of p[k..], smallest terms first where p falls.
double upper_tail(const std::vector<double>& p, std::int64_t k);

}  // namespace fleetsim::analytic
