#include "analytic/queueing/srpt.h"

#include "analytic/queueing/mg1.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

// Schrage and Miller's integrals for exponential services of mean 1, whose truncated moments are
// elementary, over a plain grid.
double srpt_exponential(double lambda) {
  const auto rho = [&](long double x) { return lambda * (1 - (1 + x) * std::exp(-x)); };
  const auto start = [&](long double x) {
    const long double square = 2 - (2 + 2 * x + x * x) * std::exp(-x);
    const long double idle = 1 - rho(x);
    return lambda * (square + x * x * std::exp(-x)) / (2 * idle * idle);
  };
  return strips([&](long double x) { return std::exp(-x) * (start(x) + 1 / (1 - rho(x))); }, 0, 60,
                3'000);
}

TEST(Srpt, ExponentialServicesByAPlainGrid) {
  const Law one = good(Law::exponential(1));
  for (const double rho : {0.1, 0.5, 0.8, 0.9, 0.95, 0.99})
    expect_relative(good(mg1_srpt(rho, one)).means.sojourn, srpt_exponential(rho), 1e-8);
}

TEST(Srpt, OneSizeIsFirstComeFirstServed) {
  for (const double rho : {0.2, 0.9}) {
    const SrptSteady q = good(mg1_srpt(rho / 2, good(Law::constant(2))));
    expect_relative(q.means.sojourn, q.fcfs_sojourn, 1e-13);
    const Law same = good(Law::empirical({2, 2, 2}, {1, 2, 3}));
    expect_relative(good(mg1_srpt(rho / 2, same)).means.sojourn, q.fcfs_sojourn, 1e-13);
    expect_relative(good(mg1_srpt_sojourn_given(rho / 2, same, 2)), q.fcfs_sojourn, 1e-13);
  }
}

TEST(Srpt, TwoSizesByHand) {
  // Sizes 1 and 3 with probability 1/2 each, lambda = 0.4: rho(1) = 0.2, rho = 0.8.
  // Small: 0.4 (1/2 + 1/2) / (2 * 1 * 0.8) + 1 = 1.25. Large: 0.4 (1/2 + 9/2) / (2 * 0.8 * 0.2)
  // until it starts, then 1 unit at full speed and 2 at 1 / 0.8: 6.25 + 3.5.
  const Law law = good(Law::empirical({1, 3}, {1, 1}));
  expect_relative(good(mg1_srpt_sojourn_given(0.4, law, 1)), 1.25, 1e-13);
  expect_relative(good(mg1_srpt_sojourn_given(0.4, law, 3)), 9.75, 1e-13);
  expect_relative(good(mg1_srpt(0.4, law)).means.sojourn, 5.5, 1e-13);
}

TEST(Srpt, MeanIsThatOfItsParts) {
  // A fine empirical law stands for a density, and conditional means average to the mean.
  const Law law = good(Law::uniform(0.5, 1.5));
  std::vector<double> size, weight;
  const int parts = 20'000;
  for (int i = 0; i < parts; ++i) size.push_back(0.5 + (i + 0.5) / parts), weight.push_back(1);
  const double whole = good(mg1_srpt(0.8, law)).means.sojourn;
  expect_relative(good(mg1_srpt(0.8, good(Law::empirical(size, weight)))).means.sojourn, whole,
                  1e-5);
  const double mean = strips(
      [&](long double x) { return good(mg1_srpt_sojourn_given(0.8, law, static_cast<double>(x))); },
      0.5, 1.5, 40);
  expect_relative(mean, whole, 1e-8);
}

TEST(Srpt, HeavyTailsAgreeWithAGridOverTheirDensity) {
  // Bounded Pareto by its density on a logarithmic grid, with the law's own truncated moments.
  const double shape = 1.2, low = 1, high = 1e6;
  const Law law = good(Law::pareto(shape, low, high));
  const double lambda = 0.8 / law.mean();
  const double scale = shape / (1 - std::pow(low / high, shape));
  const double want = strips(
      [&](long double y) {
        const auto x = static_cast<double>(std::exp(y));
        const double idle = 1 - lambda * law.partial_mean(x);
        const double work = law.partial_second_moment(x) + x * x * (1 - law.cdf(x));
        const double start = lambda * work / (2 * idle * idle);
        return scale * std::pow(x, -shape) * start + x * (1 - law.cdf(x)) / idle;
      },
      0, std::log(high), 2'000);
  expect_relative(good(mg1_srpt(lambda, law)).means.sojourn, want + low, 1e-7);
}

TEST(Srpt, BeatsEveryOtherOrder) {
  std::vector<Law> laws{good(Law::exponential(1)),
                        good(Law::lognormal_mean_cv(1, 4)),
                        good(Law::hyperexponential_mean_cv(1, 6)),
                        good(Law::uniform(0, 2)),
                        good(Law::weibull_mean_cv(1, 2)),
                        good(Law::gamma_mean_cv(1, 0.1))};
  for (const Law& law : laws) {
    double before = 1;
    for (const double rho : {0.1, 0.6, 0.9, 0.99}) {
      const SrptSteady q = good(mg1_srpt(rho, law));
      EXPECT_LT(q.means.sojourn, q.fcfs_sojourn) << law.name();
      EXPECT_LT(q.means.sojourn, 1 / (1 - rho)) << law.name();  // processor sharing
      EXPECT_GT(q.means.sojourn, before) << law.name();
      before = q.means.sojourn;
    }
  }
}

TEST(Srpt, SmallCustomersPassAndLargeOnesPay) {
  const Law law = good(Law::exponential(1));
  EXPECT_NEAR(good(mg1_srpt_sojourn_given(0.9, law, 1e-6)), 1e-6, 1e-9);
  double before = 0;
  for (double x = 0.1; x < 20; x *= 1.5) {
    const double sojourn = good(mg1_srpt_sojourn_given(0.9, law, x));
    EXPECT_GT(sojourn, before + 0.03 * x);
    before = sojourn;
  }
}

TEST(Srpt, NamesTheBrokenAssumption) {
  const Law law = good(Law::exponential(1));
  expect_error(mg1_srpt(1.5, law), "utilisation 1.5 >= 1");
  expect_error(mg1_srpt_sojourn_given(0.5, law, 0), "service time of the customer > 0");
}

}  // namespace
}  // namespace fleetsim::analytic
