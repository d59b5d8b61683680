#include "analytic/exact/crowds.h"
#include "analytic/exact/device_limits.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(Thermal, ThrottlesWhereItsEquationReachesTheLimit) {
  const ThermalNode node{2, 15, 40, 25, 28, 43};
  const Throttling out = good(time_to_throttle(node));
  ASSERT_TRUE(out.time.has_value());
  double temperature = 28, now = 0;
  const double dt = 1e-4;
  for (; temperature < 43; now += dt) {
    const auto slope = [](double t) { return (25 + 30 - t) / 40; };
    temperature += slope(temperature + slope(temperature) * dt / 2) * dt;
  }
  EXPECT_NEAR(now, *out.time, 2e-3);
  expect_relative(good(temperature_after(node, *out.time)), 43, 1e-13);
  expect_relative(out.sustained_power, 1.2, 1e-13);
  // From ambient, the usual form: -RC ln(1 - (T* - Ta)/(P Rth)).
  const Throttling cold = good(time_to_throttle({2, 15, 40, 25, 25, 43}));
  expect_relative(*cold.time, -40 * std::log(1 - 18.0 / 30), 1e-13);
}

TEST(Thermal, NeverOrAtOnce) {
  EXPECT_FALSE(good(time_to_throttle({1.2, 15, 40, 25, 25, 43})).time.has_value());
  EXPECT_EQ(*good(time_to_throttle({0, 15, 40, 25, 50, 43})).time, 0);
  expect_error(time_to_throttle({1, 0, 1, 1, 1, 1}), "resistance");
  expect_error(time_to_throttle({1, 1, 1, NAN, 1, 1}), "temperature");
}

TEST(Battery, LivesOnItsDutyCycle) {
  // 0.6 Wh at 1 W: 36 minutes (AR glasses of the labs).
  expect_relative(good(battery_life({2160, 0, 0, 1})), 2160, 1e-14);
  expect_relative(good(battery_life({2160, 10, 0.05, 0.5})), 2160, 1e-14);
  expect_error(battery_life({1, 0, 1, 0}), "sleep_power");
}

// The book's lab V2-17, missions, mobile nomad: 1e9 glasses at 5 W for 1.2 h: 5 GW together, 1.0 GW
// over 6 h.
TEST(Charging, PublishedFleet) {
  const ChargingLoad out = good(charging_load({1'000'000'000, 5, 4320, 21'600, 0.999}));
  expect_relative(out.together, 5e9, 1e-14);
  expect_relative(out.mean, 1e9, 1e-13);
  expect_relative(out.staggered, 1e9, 1e-9);
  // Binomial: 3.09 standard deviations of sqrt(n p q) above the mean.
  EXPECT_NEAR(out.at_level, 1e9 + 5 * 3.0902 * std::sqrt(1e9 * 0.2 * 0.8), 20);
  // All day long: two hours' window holds 3 GW (acceptance point 16).
  expect_relative(good(charging_load({1'000'000'000, 5, 4320, 7200, 0.5})).mean, 3e9, 1e-13);
  expect_error(charging_load({1, 1, 2, 1, 0.5}), "charge");
}

TEST(Charging, LevelIsTheBinomialQuantile) {
  const ChargingLoad out = good(charging_load({20, 1, 3, 10, 0.95}));
  double below = 0, pmf = std::pow(0.7, 20);
  int k = 0;
  for (;; ++k) {
    below += pmf;
    if (below >= 0.95) break;
    pmf *= (20.0 - k) / (k + 1) * 0.3 / 0.7;
  }
  EXPECT_EQ(out.at_level, k);
}

TEST(Aloha, PeaksAtOneAndAHalf) {
  const AlohaShares one = good(aloha_throughput(1));
  expect_relative(one.slotted, std::exp(-1), 1e-14);
  expect_relative(good(aloha_throughput(0.5)).pure, std::exp(-1) / 2, 1e-14);
  EXPECT_LT(good(aloha_throughput(1.01)).slotted, one.slotted);
  // Many sensors: the Poisson limit.
  expect_relative(good(slotted_aloha_finite(1'000'000, 1e-6)), one.slotted, 1e-5);
  EXPECT_EQ(good(slotted_aloha_finite(1, 0.3)), 0.3);
  EXPECT_EQ(good(slotted_aloha_finite(2, 1)), 0);
  expect_error(aloha_throughput(-1), "offered");
}

TEST(RareEvents, BinomialTailsKeepTheirDigits) {
  expect_relative(good(binomial_tail(10, 10, 0.01)), 1e-20, 1e-12);
  // P(>= 9 of 10) = 10 p^9 (1-p) + p^10.
  expect_relative(good(binomial_tail(10, 9, 1e-3)), 1e-26 * (1 - 1e-3) + 1e-30, 1e-12);
  EXPECT_EQ(good(binomial_tail(5, 0, 0.2)), 1);
  EXPECT_EQ(good(binomial_tail(5, 6, 0.2)), 0);
  expect_error(binomial_tail(5, 1, 1.5), "probability");
}

TEST(RareEvents, RuinSolvesItsRecursion) {
  for (const double up : {0.5, 1.0, 2.0}) {
    // h_0 = 0, h_n = 1; differences h_{i+1} - h_i shrink by down/up.
    double sum = 0, step = 1;
    for (int i = 0; i < 30; ++i, step /= up) sum += step;
    expect_relative(good(reaches_before_empty(up, 1, 30)), 1 / sum, 1e-12);
  }
  EXPECT_EQ(good(reaches_before_empty(1, 1, 1)), 1);
  const double deep = good(reaches_before_empty(1, 10, 300));
  expect_relative(deep, 9e-300, 1e-9);
  expect_error(reaches_before_empty(0, 1, 1), "up_rate");
}

}  // namespace
}  // namespace fleetsim::analytic
