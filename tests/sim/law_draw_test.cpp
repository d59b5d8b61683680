#include <gtest/gtest.h>

#include <cmath>

#include "sim/law.h"
#include "tests/sim/goodness.h"
#include "tests/sim/law_cases.h"

namespace fleetsim {
namespace {

using Mode = Stream::Mode;

std::vector<double> sample(const Law& law, Mode mode, std::size_t n, std::uint64_t seed = 20) {
  Stream stream = Chance{.seed = seed, .mode = mode}.stream("law.test");
  std::vector<double> out(n);
  for (double& x : out) x = law.draw(stream);
  return out;
}

struct DrawCase {
  LawCase law;
  Mode mode;
};

void PrintTo(const DrawCase& c, std::ostream* out) {
  *out << c.law.name;
}

std::vector<DrawCase> both_ways(const std::vector<LawCase>& laws) {
  std::vector<DrawCase> cases;
  for (const LawCase& law : laws)
    for (const Mode mode : {Mode::free, Mode::inversion}) cases.push_back({law, mode});
  return cases;
}

std::string name_of(const testing::TestParamInfo<DrawCase>& test) {
  return test.param.law.name + (test.param.mode == Mode::free ? "_free" : "_inversion");
}

class Draws : public testing::TestWithParam<DrawCase> {};

// Five standard errors; that of the variance from the sample's own fourth moment.
TEST_P(Draws, HaveTheMomentsOfTheLaw) {
  const std::size_t size = 100'000;
  const double n = static_cast<double>(size);
  const Law& law = GetParam().law.law;
  const auto draws = sample(law, GetParam().mode, size);
  Tally tally;
  for (const double x : draws) {
    ASSERT_GE(x, 0);
    ASSERT_TRUE(std::isfinite(x));
    tally.add(x);
  }
  Tally squares;
  for (const double x : draws) squares.add((x - law.mean()) * (x - law.mean()));
  EXPECT_NEAR(tally.mean(), law.mean(), 5 * std::sqrt(law.variance() / n));
  EXPECT_NEAR(squares.mean(), law.variance(), 5 * squares.deviation() / std::sqrt(n));
}

INSTANTIATE_TEST_SUITE_P(All, Draws, testing::ValuesIn(both_ways(all_laws())), name_of);

class ContinuousDraws : public testing::TestWithParam<DrawCase> {};

TEST_P(ContinuousDraws, PassKolmogorovSmirnov) {
  const Law& law = GetParam().law.law;
  const auto draws = sample(law, GetParam().mode, 100'000, 21);
  EXPECT_GT(goodness::ks_p_value(draws, [&](double x) { return law.cdf(x); }), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(All, ContinuousDraws, testing::ValuesIn(both_ways(continuous_laws())),
                         name_of);

TEST(LawDraw, KolmogorovSmirnovWouldSeeAMeanThatIsTwoPercentOff) {
  const Law wrong = *Law::exponential(1.02), right = *Law::exponential(1);
  for (const Mode mode : {Mode::free, Mode::inversion}) {
    const auto draws = sample(wrong, mode, 100'000, 21);
    EXPECT_LT(goodness::ks_p_value(draws, [&](double x) { return right.cdf(x); }), 1e-3);
    EXPECT_GT(goodness::ks_p_value(draws, [&](double x) { return wrong.cdf(x); }), 1e-3);
  }
}

TEST(LawDraw, EmpiricalValuesComeByWeight) {
  const Law law = *Law::empirical({5, 2, 0, 7}, {3, 1, 4, 2});
  const std::vector<double> values = {0, 2, 5, 7}, shares = {0.4, 0.1, 0.3, 0.2};
  for (const Mode mode : {Mode::free, Mode::inversion, Mode::antithetic}) {
    std::vector<double> counts(4);
    for (const double x : sample(law, mode, 100'000)) {
      const auto found = std::find(values.begin(), values.end(), x);
      ASSERT_NE(found, values.end());
      ++counts[static_cast<std::size_t>(found - values.begin())];
    }
    EXPECT_GT(goodness::chi_square_p_value(counts, shares), 1e-3);
  }
}

TEST(LawDraw, InversionIsTheQuantileOfTheUniform) {
  for (const LawCase& c : all_laws()) {
    const Chance chance{.seed = 9, .mode = Mode::inversion};
    Stream draws = chance.stream("x"), uniforms = chance.stream("x");
    for (int i = 0; i < 100; ++i) {
      const double u = uniforms.uniform();
      ASSERT_EQ(c.law.draw(draws), c.law.quantile(u)) << c.name;
    }
  }
}

double antithetic_correlation(const Law& law) {
  return goodness::correlation(sample(law, Mode::inversion, 200'000),
                               sample(law, Mode::antithetic, 200'000));
}

TEST(LawDraw, AntitheticPairsHaveTheTheoreticalCorrelation) {
  EXPECT_NEAR(antithetic_correlation(*Law::exponential(3)), 1 - M_PI * M_PI / 6, 0.01);
  EXPECT_NEAR(antithetic_correlation(*Law::uniform(1, 2)), -1, 1e-9);
  EXPECT_NEAR(antithetic_correlation(*Law::lognormal(0, 0.5)), -std::exp(-0.25), 0.01);
  for (const LawCase& c : continuous_laws())
    EXPECT_LT(goodness::correlation(sample(c.law, Mode::inversion, 2000),
                                    sample(c.law, Mode::antithetic, 2000)),
              -0.05)
        << c.name;
}

TEST(LawDraw, IsSoundAtTheEdgesOfWhatIsAllowed) {
  const Result<Law> laws[] = {Law::exponential(1e-100),
                              Law::exponential(1e100),
                              Law::uniform(5, 5),
                              Law::gamma(1e-4, 1),
                              Law::gamma(1e6, 1e-100),
                              Law::gamma_mean_cv(1, 100),
                              Law::weibull(0.05, 1),
                              Law::weibull(1000, 1e100),
                              Law::lognormal(-230, 1e-4),
                              Law::lognormal(230, 10),
                              Law::lognormal_mean_cv(1, 1e6),
                              Law::pareto(1e-3, 1e-100, 1e100),
                              Law::pareto(1000, 1, 1.00000001),
                              Law::pareto_mean_cv(1.5, 1, 20),
                              Law::hyperexponential_mean_cv(1, 1e4),
                              Law::hyperexponential({0.5, 0.5}, {1e-100, 1e100})};
  for (const auto& law : laws) {
    ASSERT_TRUE(law) << law.error().message;
    ASSERT_TRUE(std::isfinite(law->second_moment())) << law->name();
    for (const Mode mode : {Mode::free, Mode::inversion, Mode::antithetic})
      for (const double x : sample(*law, mode, 2000)) {
        ASSERT_GE(x, 0) << law->name();
        ASSERT_TRUE(std::isfinite(x)) << law->name();
      }
    for (const double p : {0x1p-53, 1e-9, 0.5, 1 - 1e-9, 1 - 0x1p-53}) {
      ASSERT_GE(law->quantile(p), 0) << law->name() << p;
      ASSERT_TRUE(std::isfinite(law->quantile(p))) << law->name() << p;
    }
  }
}

}  // namespace
}  // namespace fleetsim
