#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "workloads/serving/serving_model.h"

// Whole fleets: nothing is lost without a word, whatever happens to requests. The run audits its
// counts and Little's law at the end of every window, so a test has to provoke, not to count.
namespace fleetsim::serving {
namespace {

PassCost cost() {
  return {.token = 1e-4, .pair = 1e-9, .weights = 5e-3, .key = 4e-8, .launch_decode = 1e-3};
}

ServingConfig busy(Routing routing) {
  ServingConfig config;
  config.name = "test";
  config.routing = routing;
  for (const char* name : {"a", "b"}) {
    GroupConfig group{.name = name, .replicas = 3, .cost = cost()};
    group.scheduler = {.max_batch = 8, .max_tokens = 512, .chunk = 128, .pages = 200};
    config.groups.push_back(group);
  }
  for (const char* name : {"near", "far"}) {
    ClientConfig client{.name = name, .arrivals = queueing::Renewal{*Law::exponential(0.04)}};
    client.prompt = *Law::lognormal_mean_cv(300, 1);
    client.output = *Law::exponential(60);
    client.timeout = *Law::exponential(3);
    client.patience = *Law::exponential(2);
    client.retry = RetryConfig{.attempts = 2, .backoff = *Law::exponential(0.5)};
    client.delay = {20_ms, 90_ms};
    config.clients.push_back(client);
  }
  config.clients[1].delay = {90_ms, 0_ms};
  config.clients[1].priority = 1;
  config.queue_limit = 6;
  config.slo = {.ttft = 800_ms, .tpot = 60_ms};
  return config;
}

using Values = std::map<std::string, double>;

std::vector<Values> windows_of(const ServingConfig& config, std::uint32_t windows) {
  const Plan plan{.warm_up = 20_s, .end = 220_s, .windows = windows, .bins = 40};
  const Observation seen = ServingModel(config).simulate({.seed = 9}, plan, nullptr);
  EXPECT_EQ(seen.load.size(), 40u);
  std::vector<Values> out;
  for (const auto& window : seen.windows) {
    Values& values = out.emplace_back();
    for (const Measured& one : window) values[one.metric.name] = one.value;
  }
  return out;
}

TEST(ServingRun, EveryRequestEndsSomehow) {
  for (const Routing routing :
       {Routing::random, Routing::round_robin, Routing::least_outstanding, Routing::least_kv,
        Routing::power_of_two, Routing::prefix, Routing::nearest, Routing::nearest_least_loaded,
        Routing::central}) {
    const Values seen = windows_of(busy(routing), 1).front();
    EXPECT_GT(seen.at("serving.completed"), 1000) << static_cast<int>(routing);
    EXPECT_GT(seen.at("serving.timed_out"), 50) << static_cast<int>(routing);
    EXPECT_GT(seen.at("serving.retried"), 50) << static_cast<int>(routing);
    EXPECT_LE(seen.at("serving.slo_attainment"), 1);
    EXPECT_NEAR(seen.at("serving.arrived"), 200 * 50, 5 * std::sqrt(200 * 50));
  }
}

TEST(ServingRun, WindowsAddUp) {
  const ServingConfig config = busy(Routing::least_outstanding);
  const Values whole = windows_of(config, 1).front();
  for (const char* name : {"serving.completed", "serving.timed_out", "serving.rejected",
                           "serving.retried", "serving.preempted", "serving.arrived"}) {
    double sum = 0;
    for (const Values& window : windows_of(config, 10)) sum += window.at(name);
    EXPECT_EQ(sum, whole.at(name)) << name;
  }
}

// One pass at a time shows the same fleet, to the nanosecond in all that clients see.
TEST(ServingRun, OnePassAtATimeShowsTheSame) {
  ServingConfig config = busy(Routing::least_outstanding);
  const Values fast = windows_of(config, 1).front();
  for (GroupConfig& group : config.groups) group.scheduler.one_by_one = true;
  const Values slow = windows_of(config, 1).front();
  for (const auto& [name, value] : fast) {
    if (name == "serving.kv_occupancy" || std::isnan(value)) continue;
    EXPECT_NEAR(slow.at(name), value, 1e-12 * std::abs(value)) << name;
  }
}

TEST(ServingRun, ALongerWayCostsBothWays) {
  ServingConfig config = busy(Routing::nearest);
  config.clients.resize(1);
  ClientConfig& client = config.clients.front();
  client.timeout = client.patience = std::nullopt;
  client.retry = std::nullopt;
  client.arrivals = queueing::Renewal{*Law::constant(5)};
  client.prompt = *Law::constant(100);
  client.output = *Law::constant(1);
  const Values seen = windows_of(config, 1).front();
  const double alone = 100 * 1e-4 + 1e-9 * 100 * 101 / 2;
  EXPECT_NEAR(seen.at("serving.ttft.mean"), alone + 2 * 0.02, 2e-9);
  EXPECT_NEAR(seen.at("serving.queue_wait.mean"), 0, 1e-9);
}

}  // namespace
}  // namespace fleetsim::serving
