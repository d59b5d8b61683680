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
