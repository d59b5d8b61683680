#include "analytic/queueing/balancing.h"

#include "analytic/queueing/erlang.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(PowerOfChoices, OneChoiceIsMM1) {
  const MmcSteady want = good(mmc({0.9, 1, 1}));
  expect_relative(good(power_of_choices({0.9, 1, 1})).sojourn, want.means.sojourn, 1e-13);
  expect_relative(good(power_of_choices_upper({0.9, 1, 1}, 5)), std::pow(0.9, 5), 1e-13);
}

TEST(PowerOfChoices, TwoChoicesByHand) {
  // rho = 1/2: s = 1, 2^-1, 2^-3, 2^-7, 2^-15, ... and E[T] = 1 + 2^-2 + 2^-6 + 2^-14 + 2^-30.
  const PowerOfChoices half{0.5, 1, 2};
  expect_relative(good(power_of_choices_upper(half, 2)), 0.125, 1e-14);
  expect_relative(good(power_of_choices_upper(half, 3)), 0x1p-7, 1e-14);
  expect_relative(good(power_of_choices(half)).sojourn, 1 + 0x1p-2 + 0x1p-6 + 0x1p-14 + 0x1p-30,
                  1e-14);
  // Mitzenmacher (1996) prints 1.2657 here and 2.6141 at rho = 0.9.
  EXPECT_NEAR(good(power_of_choices(half)).sojourn, 1.2657, 5e-5);
  EXPECT_NEAR(good(power_of_choices({0.9, 1, 2})).sojourn, 2.6141, 5e-5);
}

TEST(PowerOfChoices, IsTheFixedPointOfTheFluidEquations) {
  // ds_k/dt = lambda (s_{k-1}^d - s_k^d) - mu (s_k - s_{k+1}), run from empty queues to rest.
  for (const std::uint64_t d : {1u, 2u, 3u}) {
    const double lambda = 0.7;
    std::vector<double> s(90);
    s[0] = 1;
    const auto choices = static_cast<double>(d);
    for (int step = 0; step < 20'000; ++step) {
      double above = std::pow(s[0], choices);
      for (std::size_t k = 1; k + 1 < s.size(); ++k) {
        const double here = std::pow(s[k], choices);
        s[k] += 0.2 * (lambda * (above - here) - (s[k] - s[k + 1]));
        above = here;
      }
    }
    double present = 0;
    for (std::size_t k = 1; k < s.size(); ++k) {
      present += s[k];
      if (k >= 12) continue;
      EXPECT_NEAR(good(power_of_choices_upper({lambda, 1, d}, k)), s[k], 1e-10) << d << " " << k;
    }
    expect_relative(good(power_of_choices({lambda, 1, d})).present, present, 1e-9);
  }
}

TEST(PowerOfChoices, MoreChoicesWaitLess) {
  double before = HUGE_VAL;
  for (const std::uint64_t d : {1u, 2u, 3u, 5u, 10u}) {
    const double wait = good(power_of_choices({0.95, 1, d})).wait;
    EXPECT_LT(wait, before);
    before = wait;
  }
  expect_relative(good(power_of_choices({0.95, 1, 1'000'000})).sojourn, 1, 1e-12);
}

TEST(PowerOfChoices, SojournIsLogarithmicNearSaturation) {
  // E[T] / log(1/(1-rho)) -> 1 / log d (Mitzenmacher 1996, corollary): within 15% at 1 - 1e-12.
  const double rho = 1 - 1e-12;
  const double ratio = good(power_of_choices({rho, 1, 2})).sojourn / -std::log(1e-12);
  expect_relative(ratio, 1 / std::log(2), 0.15);
}

TEST(PowerOfChoices, FiniteAllOverItsDomain) {
  Sweep sweep(14);
  for (int i = 0; i < 2'000; ++i) {
    const double mu = sweep.log(1e-6, 1e6);
    const double rho = i % 2 == 0 ? sweep.log(1e-9, 1) : 1 - sweep.log(1e-12, 1);
    if (rho <= 0 || rho >= 1) continue;
    const PowerOfChoices system{rho * mu, mu, sweep.count(1, 1e9)};
    const StationMeans q = good(power_of_choices(system));
    EXPECT_TRUE(std::isfinite(q.wait) && q.wait >= 0);
    EXPECT_GE(good(power_of_choices_upper(system, 3)), good(power_of_choices_upper(system, 4)));
    EXPECT_EQ(good(power_of_choices_upper(system, 0)), 1);
  }
}

TEST(PowerOfChoices, NamesTheBrokenAssumption) {
  expect_error(power_of_choices({1, 1, 2}), "the power of d choices has no steady state");
  expect_error(power_of_choices({0.5, 1, 0}), "at least one choice");
  expect_error(power_of_choices_upper({0, 1, 2}, 1), "arrival rate > 0");
}

}  // namespace
}  // namespace fleetsim::analytic
