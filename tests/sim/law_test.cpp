#include "sim/law.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/sim/law_cases.h"

namespace fleetsim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

class LawForms : public testing::TestWithParam<LawCase> {};
class ContinuousForms : public testing::TestWithParam<LawCase> {};

TEST_P(LawForms, MeanAndVarianceAreThoseAskedFor) {
  const LawCase& c = GetParam();
  EXPECT_NEAR(c.law.mean(), c.mean, 1e-9 * c.mean);
  EXPECT_NEAR(c.law.cv(), c.cv, 1e-8);
  EXPECT_NEAR(c.law.variance(), c.cv * c.cv * c.mean * c.mean, 1e-7 * c.mean * c.mean);
}

TEST_P(LawForms, MomentsFitTogether) {
  const Law& law = GetParam().law;
  const double second = law.variance() + law.mean() * law.mean();
  EXPECT_NEAR(law.second_moment(), second, 1e-12 * second);
  EXPECT_EQ(law.partial_mean(infinity), law.mean());
  EXPECT_EQ(law.partial_second_moment(infinity), law.second_moment());
  EXPECT_EQ(law.cdf(infinity), 1);
  EXPECT_EQ(law.cdf(-1), 0);
  EXPECT_EQ(law.partial_mean(-1), 0);
  const double far = law.quantile(1 - 1e-15) * 1e3 + 1;
  EXPECT_NEAR(law.partial_mean(far), law.mean(), 1e-9 * law.mean());
  EXPECT_NEAR(law.partial_second_moment(far), second, 1e-9 * second);
  EXPECT_NEAR(law.cdf(far), 1, 1e-12);
}

TEST_P(LawForms, QuantileIsTheLeastPointThatReachesP) {
  const Law& law = GetParam().law;
  double before = 0;
  for (double p = 0.0005; p < 1; p += 0.001) {
    const double x = law.quantile(p);
    EXPECT_GE(x, before);
    EXPECT_GE(law.cdf(x), p * (1 - 1e-12));
    EXPECT_LE(law.cdf(x * (1 - 1e-9) - 1e-300), p * (1 + 1e-12));
    before = x;
  }
}

TEST_P(LawForms, LaplaceTransformFallsFromOneWithTheMeanAsSlope) {
  const Law& law = GetParam().law;
  EXPECT_EQ(law.laplace(0), 1);
  const double scale = law.mean() > 0 ? law.mean() : 1;
  const double s = 1e-4 / scale;
  EXPECT_NEAR(law.laplace(s), 1 - s * law.mean() + s * s * law.second_moment() / 2, 1e-9);
  double before = 1;
  for (double t = 0.01; t < 1e4; t *= 3) {
    const double value = law.laplace(t / scale);
    EXPECT_LE(value, before + 1e-11);
    EXPECT_GE(value, std::exp(-t * law.mean() / scale) - 1e-11);  // Jensen
    before = value;
  }
}

INSTANTIATE_TEST_SUITE_P(All, LawForms, testing::ValuesIn(all_laws()),
                         [](const auto& test) { return test.param.name; });

// Sums over 200,000 equal slices of probability: an implementation that shares only the quantile.
TEST_P(ContinuousForms, PartialMomentsAndLaplaceAreIntegralsOfTheQuantile) {
  const Law& law = GetParam().law;
  const int slices = 200'000;
  const double limit = law.quantile(0.8), s = 1.5 / law.mean();
  double first = 0, second = 0, transform = 0;
  for (int i = 0; i < slices; ++i) {
    const double p = (i + 0.5) / slices, x = law.quantile(p);
    if (p < 0.8) first += x / slices, second += x * x / slices;
    transform += std::exp(-s * x) / slices;
  }
  EXPECT_NEAR(law.partial_mean(limit), first, 2e-6 * law.mean());
  EXPECT_NEAR(law.partial_second_moment(limit), second, 2e-5 * limit * limit);
  EXPECT_NEAR(law.laplace(s), transform, 1e-6);
}

TEST_P(ContinuousForms, QuantileInvertsTheCdf) {
  const Law& law = GetParam().law;
  for (double p = 0.001; p < 0.9995; p += 0.0123) {
    const double x = law.quantile(p);
    EXPECT_NEAR(law.cdf(x), p, 1e-9);
    EXPECT_NEAR(law.quantile(law.cdf(x)), x, 1e-9 * x);
  }
  EXPECT_GE(law.quantile(0x1p-53), 0);
  EXPECT_TRUE(std::isfinite(law.quantile(1 - 0x1p-53)));
  EXPECT_NEAR(law.cdf(law.quantile(1e-12)), 1e-12, 1e-15);
}

INSTANTIATE_TEST_SUITE_P(All, ContinuousForms, testing::ValuesIn(continuous_laws()),
                         [](const auto& test) { return test.param.name; });

TEST(Law, KnownValues) {
  EXPECT_NEAR(Law::exponential(2)->cdf(2), 1 - std::exp(-1), 1e-15);
  EXPECT_NEAR(Law::exponential(2)->quantile(0.5), 2 * std::log(2), 1e-15);
  EXPECT_NEAR(Law::gamma(2, 1)->cdf(1), 1 - 2 / std::exp(1), 1e-15);  // Erlang of two phases
  EXPECT_NEAR(Law::lognormal(0, 1)->quantile(0.975), std::exp(1.959963984540054), 1e-12);
  EXPECT_NEAR(Law::pareto(1, 1, 2)->mean(), 2 * std::log(2), 1e-14);
  EXPECT_NEAR(Law::weibull(1, 3)->partial_mean(3), 3 - 6 / std::exp(1), 1e-14);
  EXPECT_NEAR(Law::uniform(0, 2)->laplace(1), (1 - std::exp(-2)) / 2, 1e-15);
  EXPECT_EQ(Law::empirical({1, 2}, {1, 3})->quantile(0.25), 1);
  EXPECT_EQ(Law::empirical({1, 2}, {1, 3})->quantile(0.2500001), 2);
}

TEST(Law, LaplaceByQuadratureMeetsClosedForms) {
  // A Weibull law of shape 1 is exponential; of shape 2 and scale sqrt 2 it is Rayleigh's.
  for (const double s : {1e-9, 1e-3, 0.1, 1.0, 10.0, 1e3, 1e6}) {
    EXPECT_NEAR(Law::weibull(1, 2)->laplace(s), 1 / (1 + 2 * s), 1e-11) << s;
    const double tail =
        s <= 10 ? s * std::sqrt(M_PI / 2) * std::exp(s * s / 2) * std::erfc(s * M_SQRT1_2)
                : 1 - 1 / (s * s) + 3 / (s * s * s * s) - 15 * std::pow(s, -6);
    EXPECT_NEAR(Law::weibull(2, M_SQRT2)->laplace(s), 1 - tail, 1e-11) << s;
    // Almost constant laws: nothing may step over the cliff of the cdf.
    EXPECT_NEAR(Law::lognormal_mean_cv(2, 1e-3)->laplace(s),
                Law::gamma_mean_cv(2, 1e-3)->laplace(s), 1e-9)
        << s;
    EXPECT_NEAR(Law::pareto(1, 2, 2.0000002)->laplace(s), std::exp(-2.0000001 * s), 1e-11) << s;
  }
}

TEST(Law, NamesItsKind) {
  EXPECT_EQ(Law::constant(1)->name(), "constant");
  EXPECT_EQ(Law::weibull(1, 1)->name(), "weibull");
  EXPECT_EQ(Law::hyperexponential_mean_cv(1, 2)->name(), "hyperexponential");
  EXPECT_EQ(Law::empirical({1}, {1})->name(), "empirical");
}

void expect_refused(const Result<Law>& law, const std::string& words) {
  ASSERT_FALSE(law) << words;
  EXPECT_NE(law.error().message.find(words), std::string::npos) << law.error().message;
}

TEST(Law, RefusesWhatNoVariableCanBe) {
  for (const double bad : {-1.0, nan, infinity, -infinity, 1e200}) {
    expect_refused(Law::constant(bad), "constant: value must lie in [0, 1e+100]");
    expect_refused(Law::exponential(bad), "exponential: mean must lie in");
    expect_refused(Law::uniform(0, bad), "uniform: high");
    expect_refused(Law::uniform(bad, 1), "uniform: low");
    expect_refused(Law::gamma(bad, 1), "gamma: shape");
    expect_refused(Law::gamma(1, bad), "gamma: scale");
    expect_refused(Law::weibull(bad, 1), "weibull: shape");
    expect_refused(Law::weibull_shape_mean(1, bad), "weibull: mean");
    expect_refused(Law::lognormal(0, bad), "lognormal: sigma");
    expect_refused(Law::lognormal_mean_cv(bad, 1), "lognormal: mean");
    expect_refused(Law::pareto(bad, 1, 2), "pareto: shape");
    expect_refused(Law::pareto(1, bad, 2), "pareto: low");
    expect_refused(Law::pareto(1, 1, bad), "pareto: high");
    expect_refused(Law::hyperexponential({bad, 0.5}, {1, 2}), "hyperexponential: probability");
    expect_refused(Law::hyperexponential({0.5, 0.5}, {1, bad}), "hyperexponential: mean");
    expect_refused(Law::empirical({bad}, {1}), "empirical: value");
    expect_refused(Law::empirical({1}, {bad}), "empirical: weight");
  }
  expect_refused(Law::lognormal(nan, 1), "lognormal: mu");
  expect_refused(Law::exponential(0), "(got 0)");
  expect_refused(Law::uniform(3, 2), "uniform: high must lie in [3, 1e+100] (got 2)");
  expect_refused(Law::pareto(1, 2, 2), "pareto: high must be above low");
  expect_refused(Law::hyperexponential({0.5, 0.4}, {1, 2}), "must sum to 1 (got 0.9)");
  expect_refused(Law::hyperexponential({}, {}), "at least one (got 0 and 0)");
  expect_refused(Law::empirical({1, 2}, {1}), "(got 1 and 2)");
  expect_refused(Law::empirical({1, 2}, {0, 0}), "at least one weight");
}

TEST(Law, SaysWhichCvALawCanHave) {
  expect_refused(Law::uniform_mean_cv(1, 0.9), "uniform: cv must lie in [0, 0.5774] (got 0.9)");
  expect_refused(Law::hyperexponential_mean_cv(1, 0.5), "cv must lie in [1, ");
  expect_refused(Law::gamma_mean_cv(1, 0), "gamma: cv must lie in");
  expect_refused(Law::weibull_mean_cv(1, 0), "weibull: cv must lie in");
  expect_refused(Law::lognormal_mean_cv(1, 0), "lognormal: cv must lie in");
  expect_refused(Law::lognormal_mean_cv(1, nan), "lognormal: cv must lie in");
  // Unbounded Pareto of shape 3 has cv 1 / sqrt(3 (3 - 2)) = 0.577; the bounded ones have less.
  expect_refused(Law::pareto_mean_cv(3, 1, 0.6), "pareto of shape 3: cv must lie in [0.001, 0.577");
  EXPECT_TRUE(Law::pareto_mean_cv(3, 1, 0.5));
}

TEST(Law, ReachesTheEndsOfTheCvItClaims) {
  const Result<Law> laws[] = {
      Law::uniform_mean_cv(1, 0),        Law::uniform_mean_cv(1, 1 / std::sqrt(3.0)),
      Law::gamma_mean_cv(1, 1e-3),       Law::gamma_mean_cv(1, 100),
      Law::weibull_mean_cv(1, 0.00129),  Law::weibull_mean_cv(1, 1e5),
      Law::lognormal_mean_cv(1, 1e-4),   Law::lognormal_mean_cv(1, 1e6),
      Law::pareto_mean_cv(2.5, 1, 1e-3), Law::pareto_mean_cv(2.5, 1, 0.89),
      Law::pareto_mean_cv(0.5, 1, 3e3),  Law::hyperexponential_mean_cv(1, 1e4)};
  const double cvs[] = {0,  1 / std::sqrt(3.0), 1e-3, 100, 0.00129, 1e5, 1e-4, 1e6, 1e-3, 0.89, 3e3,
                        1e4};
  for (std::size_t i = 0; i < std::size(laws); ++i) {
    ASSERT_TRUE(laws[i]) << laws[i].error().message;
    EXPECT_NEAR(laws[i]->mean(), 1, 1e-9) << i;
    EXPECT_NEAR(laws[i]->cv(), cvs[i], 1e-6 * cvs[i]) << i;
  }
}

}  // namespace
}  // namespace fleetsim
