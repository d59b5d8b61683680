#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sim/stream.h"
#include "workloads/device/device_model.h"
#include "workloads/device/life.h"
#include "workloads/device/metrics.h"

// Devices that work in frames: heat, duty and battery, against steps so short that they need no
// formula, and against the closed forms.
namespace fleetsim::device {
namespace {

DeviceConfig glasses() {
  return {.name = "glasses",
          .wanted_rate = 60,
          .event = {.math = 2.15 / 180, .traffic = 2.15 / 90},
          .idle_power = 0.25,
          .heat = Heat{.resistance = 18,
                       .time_constant = 90,
                       .ambient = 25,
                       .start = 25,
                       .limit = 43,
                       .hysteresis = 2,
                       .throttled_rate = 15}};
}

Life lived(const DeviceConfig& device, std::initializer_list<double> times) {
  std::vector<Instant> instants;
  for (const double t : times) instants.push_back(Instant{} + from_seconds(t));
  return live_by_frames(device, 0, instants, true);
}

// The same by explicit steps of dT = (T_a + R P - T) dt / tau and dQ = -(P + leak - harvest) dt.
struct Steps {
  double temperature = 0, hottest = 0, charge = 0, emptied = -1;
  Totals totals{};
  double energy = 0;
};
Steps stepped(const DeviceConfig& d, double end) {
  constexpr double dt = 1e-4;
  Steps out;
  if (d.heat) out.temperature = out.hottest = d.heat->start;
  if (d.battery) out.charge = d.battery->start;
  bool throttled = false;
  const auto steps = static_cast<std::int64_t>(std::llround(end / dt));
  for (std::int64_t i = 0; i < steps && out.emptied < 0; ++i) {
    const double now = static_cast<double>(i) * dt;
    const bool asleep =
        d.duty && std::fmod(now, seconds(d.duty->on + d.duty->off)) >= seconds(d.duty->on);
    const double frames = asleep ? 0 : throttled ? d.heat->throttled_rate : d.rate();
    const double power = asleep ? d.duty->off_power : d.idle_power + frames * d.event.total();
    (asleep ? out.totals.asleep : throttled ? out.totals.throttled : out.totals.full) += dt;
    out.totals.frames += frames * dt;
    out.energy += power * dt;
    if (d.heat) {
      const double steady = d.heat->ambient + d.heat->resistance * power;
      out.totals.degree_seconds += out.temperature * dt;
      out.temperature += (steady - out.temperature) * dt / d.heat->time_constant;
      out.hottest = std::max(out.hottest, out.temperature);
      const bool hot =
          throttled ? out.temperature > d.heat->resume() : out.temperature >= d.heat->limit;
      if (hot != throttled) ++out.totals.switches;
      throttled = hot;
    }
    if (!d.battery) continue;
    out.charge -= (power + d.battery->leak - d.battery->harvest) * dt;
    out.charge = std::min(out.charge, d.battery->capacity);
    if (out.charge <= d.battery->cut_off) out.emptied = now + dt;
  }
  return out;
}

void expect_as_stepped(const DeviceConfig& device, double end) {
  SCOPED_TRACE(end);
  const Life life = lived(device, {end});
  const Snapshot& seen = life.seen[0];
  const Steps slow = stepped(device, end);
  EXPECT_EQ(seen.totals.switches, slow.totals.switches);
  const double late = 2e-4 * (1 + slow.totals.switches);  // a step late each time
  EXPECT_NEAR(seen.totals.full, slow.totals.full, late);
  EXPECT_NEAR(seen.totals.throttled, slow.totals.throttled, late);
  EXPECT_NEAR(seen.totals.asleep, slow.totals.asleep, late);
  EXPECT_NEAR(seen.totals.frames, slow.totals.frames, 60 * late);
  EXPECT_NEAR(energy_of(device, seen.totals).total(), slow.energy, 3 * late);
  EXPECT_NEAR(seen.charge, slow.charge, 3 * late);
  EXPECT_NEAR(life.emptied.value_or(-1), slow.emptied, late);
  if (!device.heat || life.emptied) return;
  EXPECT_NEAR(seen.temperature, slow.temperature, 1e-3);
  EXPECT_NEAR(seen.hottest, slow.hottest, 1e-3);
  EXPECT_NEAR(seen.totals.degree_seconds / end, slow.totals.degree_seconds / end, 1e-3);
}

TEST(DeviceHeat, FollowsItsEquation) {
  expect_as_stepped(glasses(), 40);   // before the throttle
  expect_as_stepped(glasses(), 700);  // some cycles
  DeviceConfig warm = glasses();
  warm.heat->start = 60;
  expect_as_stepped(warm, 300);  // throttled from the start
  warm.heat->hysteresis = 5;
  expect_as_stepped(warm, 300);  // and never well again
  DeviceConfig cool = glasses();
  cool.event = {.math = 0.0125};
  expect_as_stepped(cool, 500);
}

TEST(DeviceHeat, HoldsUnderADutyCycleAndWithABattery) {
  DeviceConfig device = glasses();
  device.duty = DutyPlan{.on = 100_s, .off = 45_s, .off_power = 0.02};
  expect_as_stepped(device, 700);
  device.battery = Battery{.capacity = 400, .start = 390, .cut_off = 20, .leak = 0.01};
  expect_as_stepped(device, 700);
  device.battery->harvest = 0.6;  // charges while it is off, and is full at times
  device.battery->start = 400;
  expect_as_stepped(device, 1000);
  device.battery->harvest = 5;
  const Life kept = lived(device, {1000});
  EXPECT_FALSE(kept.emptied);
  EXPECT_DOUBLE_EQ(kept.seen[0].charge, 400);
}

// Labs 3.5, acceptance point 10.
TEST(DeviceHeat, GlassesOfTheLabs) {
  const Life life = lived(glasses(), {3600});
  EXPECT_NEAR(*life.throttled, 48.5, 0.05);
  EXPECT_NEAR(life.seen[0].totals.frames / 3600, 19.7, 0.05);
  EXPECT_EQ(life.seen[0].totals.switches, 97);
  const DevicesConfig config{{glasses()}, from_seconds(3600), {}};
  const Twin twin = DeviceModel(config).twin();
  ASSERT_FALSE(twin.rivals.empty());
  EXPECT_EQ(twin.rivals[0].formula, "e.sustained");
  EXPECT_NEAR(twin.rivals[0].value, 0.75 / (2.15 / 60), 1e-9);
}

// A steady cycle: low and high last tau ln((43 - Tl)/(41 - Tl)) and tau ln((Th - 41)/(Th - 43)).
TEST(DeviceHeat, TheCycleIsTwoStepResponses) {
  const double hot = 25 + 18 * 2.4, mild = 25 + 18 * (0.25 + 15 * 2.15 / 60);
  const double low = 90 * std::log((43 - mild) / (41 - mild));
  const double high = 90 * std::log((hot - 41) / (hot - 43));
  const Life life = lived(glasses(), {1e5, 1e6});
  const Totals seen = life.seen[1].totals - life.seen[0].totals;
  EXPECT_NEAR(seen.switches, 2 * 9e5 / (low + high), 2);
  EXPECT_NEAR(seen.throttled / 9e5, low / (low + high), 1e-4);
}

TEST(DeviceHeat, LookingChangesNothing) {
  DeviceConfig device = glasses();
  device.battery = Battery{.capacity = 3000, .start = 3000};
  const Life once = lived(device, {4000}), often = lived(device, {1, 48.6, 49, 700, 2000, 4000});
  EXPECT_EQ(once.seen[0].totals.frames, often.seen[5].totals.frames);
  EXPECT_EQ(once.seen[0].totals.degree_seconds, often.seen[5].totals.degree_seconds);
  EXPECT_EQ(once.emptied, often.emptied);
  EXPECT_EQ(once.records.size(), often.records.size());
  EXPECT_EQ(once.records.back().what, std::string("device.empty"));
  EXPECT_NEAR(once.seen[0].hottest, often.seen[1].hottest, 1e-9);
}

TEST(DeviceHeat, EnergyIsConserved) {
  DeviceConfig device = glasses();
  device.event.radio = 1e-3;
  device.battery = Battery{.capacity = 9000, .start = 8000, .leak = 0.05, .harvest = 0.1};
  for (const double t : {30.0, 777.0, 5000.0}) {
    const Snapshot seen = lived(device, {t}).seen[0];
    const Energy spent = energy_of(device, seen.totals);
    EXPECT_NEAR(8000 - seen.charge, spent.total() - 0.05 * t, 1e-9 * spent.total());
    EXPECT_NEAR(spent.traffic, 2 * spent.math, 1e-9 * spent.math);
    // What has come in as heat is in the device or has gone to the air.
    const double gone = (seen.totals.degree_seconds - 25 * t) / 18;
    const double kept = (seen.temperature - 25) * 90 / 18;
    EXPECT_NEAR(gone + kept, spent.total(), 1e-9 * spent.total());
  }
}

TEST(DeviceHeat, LimitsOfTheModel) {
  DeviceConfig device = glasses();
  device.heat->limit = 68.3;  // above the steady 68.2
  const Life cool = lived(device, {1e6});
  EXPECT_EQ(cool.seen[0].totals.switches, 0);
  EXPECT_DOUBLE_EQ(cool.seen[0].totals.frames, 6e7);
  EXPECT_LE(cool.events, 0u);
  device.battery = Battery{.capacity = 1e12, .start = 1e12};
  EXPECT_FALSE(lived(device, {1e6}).emptied);
  device.event_time = 0.02;  // a frame takes longer than 1/60 s
  EXPECT_DOUBLE_EQ(lived(device, {10}).seen[0].totals.frames, 500);
}

// Random devices, windows and warm-ups: what a run shows is what the closed forms say.
TEST(DeviceHeat, ClosedFormsHoldEverywhere) {
  Stream stream = Chance{.seed = 3}.stream("test.devices");
  const auto between = [&](double low, double high) {
    return low + (high - low) * stream.uniform();
  };
  int judged = 0, throttled = 0, emptied = 0;
  for (int i = 0; i < 300; ++i) {
    DeviceConfig device = glasses();
    device.event.radio = between(0, 0.02);
    Heat& heat = *device.heat;
    heat.start = between(20, 50);
    heat.limit = between(30, 60);
    heat.hysteresis = between(0.1, 6);
    heat.throttled_rate = between(0, 30);
    if (i % 3 == 0) device.battery = Battery{.capacity = 3000, .start = between(100, 3000)};
    if (i % 5 == 0) device.heat.reset();
    if (i % 10 == 0) device.duty = DutyPlan{.on = 70_s, .off = 31_s, .off_power = 0.1};
    const DevicesConfig config{
        {device}, from_seconds(between(50, 4000)), from_seconds(between(0, 49))};
    const DeviceModel model(config);
    const Observation seen =
        model.simulate({}, {.warm_up = config.warm_up, .end = config.horizon}, nullptr);
    const Twin twin = model.twin();
    ASSERT_EQ(seen.windows[0].size(), twin.predictions.size());
    for (std::size_t m = 0; m < twin.predictions.size(); ++m) {
      const Measured& value = seen.windows[0][m];
      const Prediction& told = twin.predictions[m];
      ASSERT_EQ(value.metric.name, told.metric);
      EXPECT_EQ(std::isfinite(value.value), told.value.has_value()) << i << ' ' << told.metric;
      if (!told.value) continue;
      EXPECT_NEAR(value.value, *told.value, 1e-7 * std::abs(*told.value) + 1e-9)
          << i << ' ' << told.metric;
      ++judged;
      throttled += told.metric == "device.time_to_throttle" ? 1 : 0;
      emptied += told.metric == "device.battery_life" ? 1 : 0;
    }
  }
  EXPECT_GT(judged, 2500);
  EXPECT_GT(throttled, 100);
  EXPECT_GT(emptied, 30);
}

TEST(DeviceHeat, SeveralDevicesAddUp) {
  DeviceConfig other = glasses();
  other.name = "other";
  other.event = {.radio = 0.01};
  const DevicesConfig config{{glasses(), other}, from_seconds(1000), {}};
  const DeviceModel model(config);
  const Observation seen = model.simulate({}, {.end = config.horizon, .bins = 10}, nullptr);
  double it = 0;
  for (const Measured& m : seen.windows[0])
    if (m.metric.name == "energy.it") it = m.value;
  const auto energy = [](const DeviceConfig& device) {
    return energy_of(device, lived(device, {1000}).seen[0].totals).total();
  };
  EXPECT_DOUBLE_EQ(it, energy(glasses()) + energy(other));
  EXPECT_EQ(seen.windows[0][0].metric.name, "device.glasses.fps.mean");
  ASSERT_EQ(seen.series.size(), 2u);
  EXPECT_EQ(seen.series[1].name, "device.other.temperature");
  EXPECT_EQ(seen.series[1].value.size(), 10u);
}

}  // namespace
}  // namespace fleetsim::device
