#include <gtest/gtest.h>

#include "tests/support/shipped_run.h"
#include "traces/results_json.h"

// Shipped scenarios of small devices, run as the program runs them.
namespace fleetsim {
namespace {

using testing_support::run_shipped;

TEST(DeviceThreads, ResultsDoNotDependOnTheirNumber) {
  for (const std::string mode : {"run.antithetic=false", "run.antithetic=true"}) {
    const std::string one = results_json(run_shipped("coin_cell_doorbell", {mode}, 1));
    EXPECT_EQ(one, results_json(run_shipped("coin_cell_doorbell", {mode}, 2)));
    EXPECT_EQ(one, results_json(run_shipped("coin_cell_doorbell", {mode}, 5)));
    EXPECT_NE(one, results_json(run_shipped("coin_cell_doorbell", {mode, "run.seed=2"}, 1)));
  }
}

// It switches at whole nanoseconds, which of four milliseconds is more than rounding.
TEST(DeviceRuns, OneSwitchOfAShortLifeIsRounding) {
  const auto loaded = load_scenario_text(
      "name: \"d\" device { name: \"x\" event_time: \"20 ms\" idle_power: \"50 mW\" rate: \"1000 "
      "Hz\" heat { resistance: \"20 K/W\" time_constant: \"1 ms\" ambient: 25 limit: 25.1 "
      "hysteresis: \"40 K\" throttled_rate: \"0 Hz\" start: -10 } battery { capacity: \"1 kWh\" "
      "harvest: \"100 W\" self_discharge: \"100 %/s\" } } run { horizon: \"300 d\" replications: "
      "3 seed: 75 }",
      "x.textproto");
  ASSERT_TRUE(loaded) << loaded.error().message;
  Crew crew(1);
  Progress progress(Progress::When::never);
  const Result<Results> results = run_experiment(*loaded, {}, crew, progress);
  ASSERT_TRUE(results);
  for (const MetricResult& m : results->metrics)
    EXPECT_TRUE(m.agrees.value_or(true)) << m.spec.name;
}

// A single replication is cut into batches, which together show the same.
TEST(DeviceRuns, BatchesAddUpToTheWhole) {
  const Results whole = run_shipped("ar_glasses_60fps", {}, 1);
  const Results cut = run_shipped("ar_glasses_60fps", {"run.replications=1", "run.batches=12"}, 1);
  ASSERT_EQ(whole.metrics.size(), cut.metrics.size());
  for (const char* name : {"device.fps.mean", "device.switches", "energy.it", "power.mean"})
    for (std::size_t i = 0; i < cut.metrics.size(); ++i) {
      if (whole.metrics[i].spec.name != name) continue;
      const double mean = whole.metrics[i].estimate.mean;
      EXPECT_NEAR(cut.metrics[i].estimate.mean, mean, 1e-9 * mean) << name;
      EXPECT_TRUE(cut.metrics[i].agrees.value_or(false)) << name;
    }
}

}  // namespace
}  // namespace fleetsim
