#include "analytic/queueing/md1.h"

#include "analytic/queueing/mg1.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

// Erlang's alternating sum in long double, good for ten services or so:
//   1 - (1 - rho) sum_{k <= t} (rho (k - t))^k / k! e^{-rho (k - t)},   D = 1.
double erlang_sum_upper(double rho, double t) {
  long double sum = 0;
  for (int k = 0; k <= static_cast<int>(std::floor(t)); ++k) {
    const long double x = static_cast<long double>(rho) * (k - static_cast<long double>(t));
    long double term = std::exp(-x);
    for (int i = 1; i <= k; ++i) term *= x / i;
    sum += term;
  }
  return static_cast<double>(1 - (1 - static_cast<long double>(rho)) * sum);
}

TEST(MD1, AgreesWithErlangsSumWhereThatKeepsDigits) {
  for (const double rho : {0.05, 0.3, 0.5, 0.8, 0.95}) {
    const Md1Steady q = good(md1(rho, 1));
    for (const double t : {0.0, 0.1, 0.5, 0.999, 1.0, 1.5, 2.7, 4.0, 6.3, 9.9})
      EXPECT_NEAR(md1_wait_upper(q, t), erlang_sum_upper(rho, t), 2e-14) << rho << " " << t;
  }
}

TEST(MD1, SolvesItsIntegralEquation) {
  // Takacs: F'(t) = lambda (F(t) - F(t - D)), so P(wait > t) = rho + lambda times the integral over
  // [0, t] of P(wait > s) - P(wait > s - D); holds at any t, also far out.
  const double lambda = 0.9;
  const Md1Steady q = good(md1(lambda, 1));
  const auto upper = [&](long double s) {
    return s < 0 ? 1 : md1_wait_upper(q, static_cast<double>(s));
  };
  double integral = 0;
  for (int k = 0; k < 40; ++k) {
    integral += strips([&](long double s) { return upper(s) - upper(s - 1); }, k, k + 1, 20);
    EXPECT_NEAR(md1_wait_upper(q, k + 1), lambda + lambda * integral, 1e-12);
  }
}

TEST(MD1, LawHasThePollaczekKhinchineMean) {
  for (const double rho : {0.01, 0.2, 0.6, 0.9, 0.99}) {
    const Md1Steady q = good(md1(rho / 3, 3));
    double mean = 0;
    for (int k = 0; k < static_cast<int>(30 / (1 - rho)); ++k)
      mean += strips([&](long double t) { return md1_wait_upper(q, static_cast<double>(t)); },
                     3.0 * k, 3.0 * (k + 1), 3);
    expect_relative(mean, q.means.wait, 1e-9);
    expect_relative(q.means.wait, good(mg1_fcfs(rho / 3, good(Law::constant(3)))).wait, 1e-13);
  }
}

TEST(MD1, NumberPresentHasItsMeanAndIdleProbability) {
  const Md1Steady q = good(md1(0.8, 1));
  expect_relative(q.upper_number[0], 0.8, 1e-13);
  double mean = 0;
  for (const double upper : q.upper_number) mean += upper;
  expect_relative(mean, q.means.present, 1e-12);
  // p1 = (1 - rho) (e^rho - 1), the first line of the embedded chain.
  expect_relative(q.upper_number[0] - q.upper_number[1], 0.2 * std::expm1(0.8), 1e-12);
}

TEST(MD1, TableAndGeometricTailMeet) {
  for (const double rho : {0.3, 0.9, 0.999}) {
    const Md1Steady q = good(md1(rho, 1));
    const double inside = md1_wait_upper(q, 254.999999999);
    const double beyond = md1_wait_upper(q, 255.0);
    expect_relative(beyond, inside, 1e-7);
    expect_relative(beyond / md1_wait_upper(q, 255.5),
                    md1_wait_upper(q, 254) / md1_wait_upper(q, 254.5), 1e-9);
  }
}

TEST(MD1, QuantilesInvertTheLaw) {
  for (const double rho : {0.1, 0.5, 0.9, 0.9999}) {
    const Md1Steady q = good(md1(rho * 100, 0.01));
    for (const double p : {0.5, 0.9, 0.99, 0.999, 1 - 1e-9}) {
      const double t = good(md1_wait_quantile(q, p));
      if (p <= 1 - rho) {
        EXPECT_NEAR(t, 0, 1e-15);
      } else {
        expect_relative(md1_wait_upper(q, t), 1 - p, 1e-9);
      }
      EXPECT_DOUBLE_EQ(good(md1_sojourn_quantile(q, p)), t + 0.01);
    }
  }
}

TEST(MD1, FiniteAndFallingAllOverItsDomain) {
  Sweep sweep(5);
  for (int i = 0; i < 300; ++i) {
    const double rho = i % 2 == 0 ? sweep.log(1e-9, 1) : 1 - sweep.log(1e-7, 1);
    if (rho <= 0 || rho >= 1) continue;
    const double service = sweep.log(1e-9, 1e6);
    const Md1Steady q = good(md1(rho / service, service));
    double before = 1;
    for (double t = 0; t < 600 * service; t += 7.3 * service) {
      const double upper = md1_wait_upper(q, t);
      EXPECT_TRUE(upper >= 0 && upper <= before * (1 + 1e-9)) << rho << " " << t / service;
      before = upper;
    }
  }
}

TEST(MD1, NamesTheBrokenAssumption) {
  expect_error(md1(2, 0.5), "M/D/1 has no steady state: utilisation 1 >= 1");
  expect_error(md1(-2, 0.5), "arrival rate > 0");
  expect_error(md1(1, 0), "service time > 0");
  expect_error(md1_wait_quantile(good(md1(0.5, 1)), 1), "level");
}

}  // namespace
}  // namespace fleetsim::analytic
