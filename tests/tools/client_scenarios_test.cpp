#include <gtest/gtest.h>

#include "tests/support/public_traces.h"
#include "tests/support/shipped_run.h"

// Shipped scenarios of clients, run as the program runs them: the figures of their headers.
namespace fleetsim {
namespace {

using testing_support::mean;
using testing_support::run_shipped;

double answered(const std::vector<std::string>& sets) {
  return mean(run_shipped("retry_storm", sets), "serving.throughput_requests");
}

TEST(ClientScenarios, ARetryStormOutlivesItsCause) {
  EXPECT_NEAR(answered({}), 1.5, 0.1);
  EXPECT_EQ(answered({"run.warm_up=200 s"}), 0);
  EXPECT_NEAR(answered({"serving.clients[1].arrivals={ poisson { rate: \"0.0001 /s\" } }"}), 17.05,
              0.1);
}

// In one run in which waits that grow would help, and in one in which they don't.
TEST(ClientScenarios, ABudgetOrAShortLineEndsAStorm) {
  const std::string waits =
      "serving.clients[0].retry={attempts:4 backoff:'2 s' growth:4 jitter:0.5}";
  EXPECT_NEAR(answered({waits, "run.seed=1"}), 17.1, 0.3);
  EXPECT_LT(answered({waits, "run.seed=2"}), 2);
  for (const char* seed : {"run.seed=1", "run.seed=2"})
    for (const char* care :
         {"serving.clients[0].retry.budget=0.1", "serving.router.queue_limit=100"})
      EXPECT_NEAR(answered({care, seed}), 17.0, 0.3) << care << " " << seed;
}

TEST(ClientScenarios, BurstsWaitLongerThanPoisson) {
  const bool there = !testing_support::public_trace("llm/azure_llm_2023_code.csv").empty() &&
                     std::getenv("FLEETSIM_TRACES") != nullptr;
  const Results bursts = run_shipped("azure_code_bursts");
  const Results calm = run_shipped("azure_code_bursts", {"serving.clients[0].poisson=true"});
  EXPECT_NEAR(mean(bursts, "serving.queue_wait.p99"), there ? 18.7 : 35.2, 0.1);
  EXPECT_NEAR(mean(calm, "serving.queue_wait.p99"), there ? 0.203 : 0.265, 1e-3);
}

}  // namespace
}  // namespace fleetsim
