#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "sim/result.h"
#include "sim/stream.h"

// What the tests of closed forms share: tolerances, errors, a sweep over a domain, and a numerical
// route that knows no queueing theory.
namespace fleetsim::analytic {

template <class T>
T good(Result<T> result) {
  EXPECT_TRUE(bool(result)) << (result ? "" : result.error().message);
  return *std::move(result);
}

template <class T>
void expect_error(const Result<T>& result, std::string_view words) {
  ASSERT_FALSE(bool(result)) << "accepted; expected an error with: " << words;
  EXPECT_NE(result.error().message.find(words), std::string::npos) << result.error().message;
  EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
}

inline void expect_relative(double got, double want, double tolerance, std::string_view what = "") {
  EXPECT_LE(std::abs(got - want), tolerance * std::abs(want))
      << what << ": got " << got << ", expected " << want;
}

// Numbers spread evenly, or evenly on a logarithmic scale: the same at each run.
class Sweep {
 public:
  explicit Sweep(std::uint64_t seed) : stream_(Chance{.seed = seed}.stream("tests.analytic")) {}
  double even(double low, double high) { return low + (high - low) * stream_.uniform(); }
  double log(double low, double high) { return low * std::pow(high / low, stream_.uniform()); }
  std::uint64_t count(double low, double high) {
    return static_cast<std::uint64_t>(std::llround(log(low, high)));
  }

 private:
  Stream stream_;
};

// The stationary law of a Markov chain by its rates, state by state out of the chain (Grassmann,
// Taksar and Heyman 1985): no subtraction, so every probability has full relative precision.
class Chain {
 public:
  explicit Chain(std::size_t states) : rate_(states, std::vector<double>(states)) {}
  void add(std::size_t from, std::size_t to, double rate) { rate_[from][to] += rate; }

  std::vector<double> stationary() const {
    auto rate = rate_;
    const std::size_t n = rate.size();
    for (std::size_t k = n - 1; k > 0; --k) {
      double out = 0;
      for (std::size_t j = 0; j < k; ++j) out += rate[k][j];
      for (std::size_t i = 0; i < k; ++i) {
        if (rate[i][k] == 0) continue;
        rate[i][k] /= out;
        for (std::size_t j = 0; j < k; ++j)
          if (j != i) rate[i][j] += rate[i][k] * rate[k][j];
      }
    }
    std::vector<double> p{1};
    double total = 1;
    for (std::size_t k = 1; k < n; ++k) {
      double flow = 0;
      for (std::size_t i = 0; i < k; ++i) flow += p[i] * rate[i][k];
      p.push_back(flow);
      total += flow;
    }
    for (double& x : p) x /= total;
    return p;
  }

 private:
  std::vector<std::vector<double>> rate_;
};

// Integral over [low, high] in n strips of Gauss-Legendre's five points, in long double.
template <class F>
double strips(F f, double low, double high, int n) {
  constexpr long double node[] = {0, 0.538469310105683091036L, 0.906179845938663992798L};
  constexpr long double weight[] = {0.568888888888888888889L, 0.478628670499366468041L,
                                    0.236926885056189087514L};
  long double sum = 0;
  const long double half = (static_cast<long double>(high) - low) / n / 2;
  for (int i = 0; i < n; ++i) {
    const long double centre = low + half * (2 * i + 1);
    for (int k = 0; k < 3; ++k) {
      sum += half * weight[k] * f(centre + half * node[k]);
      if (k > 0) sum += half * weight[k] * f(centre - half * node[k]);
    }
  }
  return static_cast<double>(sum);
}

}  // namespace fleetsim::analytic
