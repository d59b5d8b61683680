#include <gtest/gtest.h>

#include <cmath>

#include "traces/scenario_file.h"
#include "workloads/scenario.h"

namespace fleetsim {
namespace {

constexpr const char* frames = "rate: \"60 Hz\" math_energy: \"20 mJ\" idle_power: \"0.25 W\" ";
constexpr const char* bells = "events { exponential { mean: \"1 min\" } } ";
constexpr const char* person = "inference { model: \"WakeVision\" hardware: \"nRF52840\" } ";

Result<LoadedScenario> loaded(const std::string& device, const std::string& more = "") {
  return load_scenario_text("name: \"x\"\ndevice { name: \"d\" " + device + "}\n" + more +
                                "run { horizon: \"1 h\" replications: 2 }\n",
                            "x.textproto");
}
std::string heat(const std::string& more) {
  return "heat { resistance: \"18 K/W\" time_constant: \"90 s\" limit: 43 " + more + " } ";
}
std::string battery(const std::string& more) {
  return "battery { capacity: \"1.5 Wh\" " + more + " } ";
}

TEST(DeviceMessages, AreRead) {
  const auto scenario =
      loaded(frames + heat("ambient: 20 throttled_rate: \"15 /s\"") +
             battery("charge: \"80 %\" cut_off: \"10 %\" self_discharge: \"1 %/mo\" harvest: "
                     "\"2 mW\"") +
             "radio_energy: \"1 mJ\" event_time: \"5 ms\" duty { on: \"1 h\" off: \"2 h\" "
             "off_power: \"3 mW\" }");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const device::DeviceConfig& d = scenario->scenario.devices->devices[0];
  EXPECT_DOUBLE_EQ(d.rate(), 60);
  EXPECT_DOUBLE_EQ(d.event.total(), 0.021);
  EXPECT_DOUBLE_EQ(d.event_time, 0.005);
  EXPECT_DOUBLE_EQ(d.heat->start, 20);
  EXPECT_DOUBLE_EQ(d.heat->resume(), 41);
  EXPECT_DOUBLE_EQ(d.heat->throttled_rate, 15);
  EXPECT_DOUBLE_EQ(d.battery->capacity, 5400);
  EXPECT_DOUBLE_EQ(d.battery->usable(), 0.7 * 5400);
  EXPECT_DOUBLE_EQ(d.battery->leak, 54.0 / 2'628'000);
  EXPECT_DOUBLE_EQ(d.battery->harvest, 0.002);
  EXPECT_DOUBLE_EQ(d.duty->off_power, 0.003);
  EXPECT_EQ(scenario->scenario.devices->horizon, 3600_s);
  EXPECT_EQ(scenario->scenario.run.warm_up, Duration{});
  const auto model = model_of(scenario->scenario);
  EXPECT_EQ(model->metrics().front().name, "device.fps.mean");
}

// Slide 7.7 of the tutorial: 651.55 ms and 4.98 mJ.
TEST(DeviceMessages, AnInferenceIsThatOfTheRoofline) {
  const auto scenario = loaded(std::string(bells) + person + "radio_energy: \"2 mJ\"");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const device::DeviceConfig& d = scenario->scenario.devices->devices[0];
  EXPECT_NEAR(d.event_time, 0.651551666667, 1e-9);
  EXPECT_NEAR(d.event.math, 4.98276375e-3, 1e-11);
  EXPECT_DOUBLE_EQ(d.event.radio, 2e-3);
  EXPECT_DOUBLE_EQ(d.gap->mean(), 60);
}

TEST(DeviceMessages, WhatCannotBeIsRefused) {
  const auto says = [](const std::string& device, const char* what, const std::string& more = "") {
    const auto scenario = loaded(device, more);
    ASSERT_FALSE(scenario) << device;
    EXPECT_NE(scenario.error().message.find(what), std::string::npos) << scenario.error().message;
  };
  says("", "the choice of work is missing; expected one of: rate, events");
  says(std::string(frames) + bells, "device[0]");
  says(frames + heat("ambient: 43"), "heat.limit: found 43; expected more than 43");
  says(frames + heat("hysteresis: \"0 K\""), "heat.hysteresis: found \"0 K\"; expected a value");
  says(frames + heat("throttled_rate: \"60 Hz\""), "expected less than the rate, 60 /s");
  says("rate: \"1 Hz\" math_energy: \"-1 J\"", "math_energy: found \"-1 J\"; expected a value");
  says("rate: \"0 Hz\"", "device[0].rate: found \"0 Hz\"");
  says(frames + battery("charge: \"5 %\" cut_off: \"5 %\""), "empty at the start: 270 J");
  says(frames + battery("harvest: \"-1 W\""), "harvest");
  says(bells + heat(""), "device[0].heat: found on a device whose events come by chance");
  says(std::string(bells) + "duty { on: \"1 s\" off: \"1 s\" }", "device[0].duty: found on");
  says("events { constant { value: \"0 s\" } }", "device[0].events: found a mean of 0 s");
  says(std::string(bells) + person + "event_time: \"1 s\"", "event_time: found beside inference");
  says(std::string(bells) + person + "math_energy: \"1 J\"", "math_energy: found beside");
  says(std::string(bells) + "inference { model: \"WakeVison\" hardware: \"nRF52840\" }",
       "did you mean");
  says(std::string(bells) + "inference { model: \"Llama3_70B\" hardware: \"nRF52840\" }",
       "device[0].inference");
  // Each is lived through, an hour long.
  says("events { constant { value: \"300 us\" } }", "device[0].events: events come each 300 µs");
  says("events { exponential { mean: \"300 us\" } } " + battery("harvest: \"1 W\""),
       "more than 10000000 times until the horizon of 60 min");
  EXPECT_TRUE(loaded("events { exponential { mean: \"300 us\" } }"));
  says("rate: \"1 Hz\" duty { on: \"100 us\" off: \"200 us\" }",
       "device[0].duty: it is switched on");
  says(
      "rate: \"60 Hz\" math_energy: \"50 mJ\" heat { resistance: \"20 K/W\" time_constant: \"1 "
      "ms\" "
      "limit: 43 hysteresis: \"0.01 K\" }",
      "device[0].heat.hysteresis: it throttles and recovers each ");
  EXPECT_TRUE(
      loaded("rate: \"60 Hz\" math_energy: \"50 mJ\" heat { resistance: \"20 K/W\" "
             "time_constant: \"1 s\" limit: 43 hysteresis: \"0.01 K\" }"));
  says(frames, "found \"d\" twice", "device { name: \"d\" rate: \"1 Hz\" }\n");
  says(frames, "device: found beside another workload", "fleet { region { name: \"r\" } }\n");
}

TEST(DeviceMessages, WhatWillNotBeReachedIsSaid) {
  const auto warnings = [](const std::string& device) {
    const auto scenario = loaded(device);
    EXPECT_TRUE(scenario) << scenario.error().message;
    std::string out;
    for (const std::string& one : scenario->warnings) out += one + "\n";
    return out;
  };
  EXPECT_EQ(warnings(frames), "");
  EXPECT_EQ(warnings(std::string(frames) + "event_time: \"20 ms\""),
            "device[0].rate: 60 /s is never reached: each takes 20 ms, so frames come at 50 /s\n");
  EXPECT_EQ(warnings(frames + heat("throttled_rate: \"15 Hz\"")),
            "device[0].rate: 60 /s can't be held: it would end at 51.1 degC (e.thermal); the "
            "limit allows 37.5 /s steadily\n");
  EXPECT_NE(warnings(frames + heat("throttled_rate: \"35 Hz\"")).find("once throttled it stays so"),
            std::string::npos);
  EXPECT_NE(warnings(std::string(bells) + "event_time: \"2 min\"").find("overlapped"),
            std::string::npos);
}

}  // namespace
}  // namespace fleetsim
