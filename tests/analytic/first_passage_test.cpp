#include "analytic/exact/first_passage.h"

#include <array>

#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

using Matrix = std::vector<std::vector<long double>>;

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix out(a.size(), std::vector<long double>(a.size(), 0));
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < a.size(); ++k)
      for (std::size_t j = 0; j < a.size(); ++j) out[i][j] += a[i][k] * b[k][j];
  return out;
}

// P(T <= t) as an element of exp(Q t), by Taylor's series and repeated squaring.
double by_exponential(const std::vector<double>& birth, const std::vector<double>& death,
                      double t) {
  const std::size_t n = birth.size();
  const int squarings = 20;
  Matrix q(n + 1, std::vector<long double>(n + 1, 0));
  const long double dt = static_cast<long double>(t) / (1 << squarings);
  for (std::size_t k = 0; k < n; ++k) {
    q[k][k + 1] = birth[k] * dt;
    if (k > 0) q[k][k - 1] = death[k - 1] * dt;
    q[k][k] = -q[k][k + 1] - (k > 0 ? q[k][k - 1] : 0);
  }
  Matrix sum(n + 1, std::vector<long double>(n + 1, 0)), term = sum;
  for (std::size_t k = 0; k <= n; ++k) sum[k][k] = term[k][k] = 1;
  for (int order = 1; order < 20; ++order) {
    term = product(term, q);
    for (std::size_t i = 0; i <= n; ++i)
      for (std::size_t j = 0; j <= n; ++j) sum[i][j] += (term[i][j] /= order);
  }
  for (int i = 0; i < squarings; ++i) sum = product(sum, sum);
  return static_cast<double>(sum[0][n]);
}

TEST(FirstPassage, IsTheElementOfTheMatrixExponential) {
  struct Case {
    std::vector<double> birth, death;
  };
  const Case cases[] = {{{0.3}, {}},
                        {{2, 1}, {0.5}},
                        {{1, 0.1, 4}, {7, 0.2}},
                        {{3, 3, 3, 3, 3, 3}, {5, 10, 10, 10, 10}},
                        {{1, 1, 1, 1}, {0, 0, 0}}};
  for (const Case& c : cases)
    for (const double t : {0.01, 0.5, 3.0, 40.0, 900.0})
      expect_relative(good(first_passage(c.birth, c.death, t)), by_exponential(c.birth, c.death, t),
                      1e-9);
}

// Without deaths T is a sum of exponentials; at first it grows as a power of t.
TEST(FirstPassage, HasItsLimits) {
  const std::vector<double> birth = {2, 3, 5}, death = {40, 50};
  expect_relative(good(first_passage(std::array{2.0}, {}, 3)), 1 - std::exp(-6), 1e-14);
  expect_relative(good(first_passage(std::array{2.0}, {}, 1e-12)), 2e-12, 1e-11);
  const double early = 1e-8;
  expect_relative(good(first_passage(birth, death, early)), 30 * std::pow(early, 3) / 6, 1e-5);
  const std::vector<double> steady(40, 1.0), never(39, 0.0);
  double log_tail = -2.0 - std::lgamma(41.0) + 40 * std::log(2.0), tail = 0, term = 1;
  for (int k = 41; k < 80; ++k) tail += term, term *= 2.0 / k;
  expect_relative(good(first_passage(steady, never, 2)), tail * std::exp(log_tail), 1e-11);
  EXPECT_EQ(good(first_passage(birth, death, 0)), 0);
  EXPECT_EQ(good(first_passage(std::array{1.0, 0.0}, std::array{1.0}, 50)), 0);
  expect_relative(good(first_passage(birth, death, 1e4)), 1, 1e-12);
}

TEST(FirstPassage, RefusesWhatIsNoChain) {
  expect_error(first_passage({}, {}, 1), "birth");
  expect_error(first_passage(std::array{1.0}, std::array{1.0}, 1), "birth");
  expect_error(first_passage(std::array{1.0, 1.0}, std::array{-1.0}, 1), "zero or more");
  expect_error(first_passage(std::array{1.0}, {}, INFINITY), "zero or more");
  expect_error(first_passage(std::array{1e9}, {}, 1e9), "steps");
}

// The integral of P(T > t) is the mean time to the first outage of k of n, all hot.
TEST(Exhaustion, HasTheMeanOfKofn) {
  const double mttf = 100, mttr = 7, step = 0.5;
  const double mean =
      good(kofn({.units = 6, .needed = 4, .crews = 1, .mttf = mttf, .mttr = mttr})).first_outage;
  const SparesPlan plan{
      .active = 4, .spares = 2, .crews = 1, .mttf = mttf, .mttr = mttr, .warm = 1};
  double area = 0;  // by Simpson's rule
  for (int i = 0; i < 12'000; ++i) {
    const auto above = [&](double t) { return 1 - good(exhaustion(plan, t)); };
    area += step / 6 * (above(i * step) + 4 * above((i + 0.5) * step) + above((i + 1) * step));
  }
  expect_relative(area, mean, 1e-6);
}

TEST(Exhaustion, FallsWithSparesAndCrews) {
  double before = 1;
  for (std::int64_t spares = 0; spares < 40; ++spares) {
    const SparesPlan plan{.active = 1000, .spares = spares, .crews = 50, .mttf = 154, .mttr = 1};
    const double now = good(exhaustion(plan, 365));
    EXPECT_LE(now, before + 1e-14);
    SparesPlan fewer = plan;
    fewer.crews = 3;
    EXPECT_GE(good(exhaustion(fewer, 365)), now - 1e-14);
    before = now;
  }
  EXPECT_GT(before, 0);
  EXPECT_LT(before, 1e-13);
  expect_error(exhaustion({.active = 0}, 1), "active");
  expect_error(exhaustion({}, -1), "time");
}

}  // namespace
}  // namespace fleetsim::analytic
