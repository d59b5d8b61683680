#pragma once
#include <cstdint>
#include <functional>
#include <span>

namespace fleetsim::analytic {

// The numerical methods that the formulas lean on; Boost.Math does the work behind this one face.

using RealFunction = std::function<double(double)>;

// A root of f in [low, high], to the last few bits (algorithm 748 of Alefeld, Potra and Shi 1995).
// REQUIRES: f(low) and f(high) do not have the same sign.
double root(const RealFunction& f, double low, double high);

// Where a decreasing f with f(0) >= 0 crosses zero; `scale` is a first guess. 0 if f(0) <= 0.
// REQUIRES: f is negative somewhere.
double crossing(const RealFunction& f, double scale);

// Integral of f over [low, high] by adaptive Gauss-Kronrod panels, with an error of at most
// `tolerance`. Absolute: where an integrand fades into rounding there is nothing to refine.
double integral(const RealFunction& f, double low, double high, double tolerance);

// Poisson law with a mean m >= 0: P(N = n) = e^-m m^n / n!, and P(N >= n).
double poisson_pmf(std::uint64_t n, double mean);
double poisson_upper(std::uint64_t n, double mean);

// P(X > x) for X that is Erlang(n + 1, rate 1) with weight w[n]: waits behind n others. By parts,
// sum_i P(Poisson(x) = i) * (w[i] + w[i+1] + ...): only positive terms. Takes those upper sums.
double erlang_mixture_upper(std::span<const double> upper_weight, double x);

}  // namespace fleetsim::analytic
