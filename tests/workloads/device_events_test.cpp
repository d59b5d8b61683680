#include <gtest/gtest.h>

#include <cmath>

#include "sim/tally.h"
#include "tests/sim/goodness.h"
#include "workloads/device/device_model.h"
#include "workloads/device/life.h"

// Devices that work at random events: counts and battery lives that are drawn at once, against
// taking each event by itself, and against their laws.
namespace fleetsim::device {
namespace {

constexpr double gap = 60;

DeviceConfig doorbell(Law law) {
  return {.name = "doorbell",
          .gap = std::move(law),
          .event = {.math = 1.5, .radio = 0.5},
          .idle_power = 0.01,
          .battery = Battery{.capacity = 60, .start = 50, .cut_off = 10, .leak = 0.002}};
}
DeviceConfig poisson() {
  return doorbell(*Law::exponential(gap));
}
// The same law by another name, which is taken event by event.
DeviceConfig one_by_one() {
  return doorbell(*Law::gamma(1, gap));
}

Life lived(const DeviceConfig& device, std::uint32_t replication, std::vector<double> times,
           Stream::Mode mode = Stream::Mode::free) {
  std::vector<Instant> instants;
  for (const double t : times) instants.push_back(Instant{} + from_seconds(t));
  return live_by_events(device, 0, {.seed = 11, .replication = replication, .mode = mode},
                        instants);
}
std::vector<double> lives(const DeviceConfig& device, std::uint32_t n, std::vector<double> times,
                          Stream::Mode mode = Stream::Mode::free) {
  std::vector<double> out;
  for (std::uint32_t i = 0; i < n; ++i) out.push_back(*lived(device, i, times, mode).emptied);
  return out;
}

// Of two samples: the larger one stands for the law.
double same_law(const std::vector<double>& sample, std::vector<double> law) {
  std::sort(law.begin(), law.end());
  return goodness::ks_p_value(sample, [&](double x) {
    const auto below = std::upper_bound(law.begin(), law.end(), x) - law.begin();
    return static_cast<double>(below) / static_cast<double>(law.size());
  });
}

// Where the idle power ends a life, its length is one of a few. Without such ties it has a density.
std::vector<double> blurred(std::vector<double> lives) {
  Stream stream = Chance{.seed = 12}.stream("test.blur");
  for (double& life : lives) life += 20 * stream.uniform();
  return lives;
}

TEST(DeviceEvents, LivesDrawnAtOnceHaveTheLawOfLivesEventByEvent) {
  const std::vector<double> slow = blurred(lives(one_by_one(), 200'000, {1e5}));
  EXPECT_GT(same_law(blurred(lives(poisson(), 5000, {1e5})), slow), 0.01);
  // However the time is cut.
  EXPECT_GT(same_law(blurred(lives(poisson(), 5000, {300, 500, 700, 711, 1e5})), slow), 0.01);
  EXPECT_GT(same_law(blurred(lives(poisson(), 5000, {900, 1e5}, Stream::Mode::inversion)), slow),
            0.01);
  DeviceConfig wrong = poisson();
  wrong.idle_power *= 1.5;
  EXPECT_LT(same_law(blurred(lives(wrong, 5000, {1e5})), slow), 1e-6);
}

// Asleep for nothing, 40 J are 20 events: the life is Erlang.
TEST(DeviceEvents, WithoutIdlePowerALifeIsASumOfGaps) {
  DeviceConfig device = poisson();
  device.idle_power = device.battery->leak = 0;
  const Law erlang = *Law::gamma(20, gap);
  for (const auto& times : {std::vector<double>{1e5}, std::vector<double>{600, 1200, 1e5}})
    EXPECT_GT(
        goodness::ks_p_value(lives(device, 5000, times), [&](double x) { return erlang.cdf(x); }),
        0.01);
}

TEST(DeviceEvents, CountsOfWindowsArePoisson) {
  DeviceConfig device = poisson();
  device.battery.reset();
  Tally first, second;
  std::vector<double> a, b;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const Life life = lived(device, i, {600, 60'000});
    a.push_back(life.seen[0].totals.frames);
    b.push_back(life.seen[1].totals.frames - a.back());
    first.add(a.back());
    second.add(b.back());
    EXPECT_FALSE(life.emptied);
  }
  EXPECT_NEAR(first.mean(), 10, 4 * std::sqrt(10.0 / 5000));
  EXPECT_NEAR(first.variance(), 10, 10 * 4 * std::sqrt(2.2 / 5000));
  EXPECT_NEAR(second.mean(), 990, 4 * std::sqrt(990.0 / 5000));
  EXPECT_NEAR(second.variance(), 990, 990 * 4 * std::sqrt(2.0 / 5000));
  EXPECT_NEAR(goodness::correlation(a, b), 0, 4 / std::sqrt(5000.0));
}

// Charge that has gone is in the parts or has leaked; the last event may take too much.
TEST(DeviceEvents, EnergyIsConserved) {
  for (const DeviceConfig& device : {poisson(), one_by_one()})
    for (std::uint32_t i = 0; i < 100; ++i) {
      const Life life = lived(device, i, {200, 700, 1e5});
      for (const Snapshot& seen : life.seen) {
        const Energy spent = energy_of(device, seen.totals);
        const double alive = seen.totals.alive();
        EXPECT_NEAR(50 - seen.charge, spent.total() + 0.002 * alive, 1e-9);
        EXPECT_NEAR(spent.math, 3 * spent.radio, 1e-9);
        EXPECT_GE(seen.charge, 10 - 2 - 1e-9);
      }
      EXPECT_LE(life.seen.back().charge, 10 + 1e-9);
      EXPECT_DOUBLE_EQ(life.seen.back().totals.alive(), *life.emptied);
    }
}

// By Wald's identity, whatever the law of the gaps: E[life] = usable / (f E + P), up to what the
// last event takes too much and the gap it ends.
TEST(DeviceEvents, MeanLivesAreThoseOfWald) {
  for (const Law& law : {*Law::exponential(gap), *Law::weibull_mean_cv(gap, 2),
                         *Law::uniform_mean_cv(gap, 0.5), *Law::constant(gap)}) {
    DeviceConfig device = doorbell(law);
    device.battery->capacity = device.battery->start = 5010;
    Tally seen;
    for (const double life : lives(device, 1000, {1e7})) seen.add(life);
    const double power = 2 / gap + 0.012, most = 2 / power + law.second_moment() / law.mean();
    const double error = 4 * seen.deviation() / std::sqrt(1000.0);
    EXPECT_NEAR(seen.mean(), 5000 / power, most + error) << law.name();
    EXPECT_LT(most + error, 0.015 * 5000 / power);
  }
}

// A harvest above the idle power fills the battery between events, and no further.
TEST(DeviceEvents, AHarvestFillsTheBattery) {
  DeviceConfig device = poisson();
  device.battery->harvest = 1;
  const Life life = lived(device, 0, {1e6});
  EXPECT_FALSE(life.emptied);
  EXPECT_LE(life.seen[0].charge, 60 + 1e-9);
  device.battery->harvest = 0.02;  // less than the 0.045 W it takes
  Tally seen;
  for (const double one : lives(device, 2000, {1e6})) seen.add(one);
  EXPECT_GT(seen.mean(), 40 / 0.0453);
  EXPECT_LT(seen.mean(), 1.5 * 50 / (0.0453 - 0.02));
}

TEST(DeviceEvents, CostFollowsChangesNotEvents) {
  DeviceConfig device = poisson();
  device.battery->capacity = device.battery->start = 1e8;  // 37 million events
  const Life life = lived(device, 0, {1e8, 4e9});
  ASSERT_TRUE(life.emptied);
  EXPECT_GT(life.seen[1].totals.frames, 3.6e7);
  EXPECT_LT(life.events, 50u);
  EXPECT_NEAR(*life.emptied, 1e8 / (2 / gap + 0.012), 1e-3 * 2.2e9);
}

TEST(DeviceEvents, MirroredRunsPullApart) {
  DeviceConfig device = poisson();
  device.battery->capacity = device.battery->start = 2000;
  const auto a = lives(device, 300, {1e6}, Stream::Mode::inversion);
  const auto b = lives(device, 300, {1e6}, Stream::Mode::antithetic);
  EXPECT_LT(goodness::correlation(a, b), -0.5);
}

TEST(DeviceEvents, WhereTheBatteryMayLastNothingIsPromised) {
  const auto note = [](double horizon, const std::string& metric) {
    const Twin twin = DeviceModel({{poisson()}, from_seconds(horizon), {}}).twin();
    for (const Prediction& p : twin.predictions)
      if (p.metric == metric) return p.value ? std::string("told") : p.note;
    return std::string("no such metric");
  };
  EXPECT_NE(note(880, "energy.it").find("by chance"), std::string::npos);
  EXPECT_EQ(note(880, "power.mean"), "told");
  EXPECT_EQ(note(10'000, "energy.it"), "told");
  EXPECT_EQ(note(10, "battery_left"), "no such metric");
  DeviceConfig charged = poisson();
  charged.battery->harvest = 0.02;
  const Twin twin = DeviceModel({{charged}, from_seconds(100), {}}).twin();
  EXPECT_NE(twin.predictions[0].note.find("charged at times"), std::string::npos);
}

}  // namespace
}  // namespace fleetsim::device
