#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/workloads/training_fleets.h"
#include "workloads/serving/placement.h"
#include "workloads/serving/serving_model.h"

// Replicas that stop and start. The run audits its counts at the end of every window.
namespace fleetsim::serving {
namespace {

// Replicas of one device on nodes of four; a request takes 0.1 s alone and has 10 tokens.
ServingConfig fleet_of(std::uint32_t replicas, double rate) {
  ServingConfig config;
  config.name = "test";
  config.routing = Routing::round_robin;
  GroupConfig group{.name = "a", .cluster = {0}, .replicas = replicas};
  group.cost = {.launch_decode = 0.01, .launch_prefill = 0.01};
  group.scheduler = {.max_batch = 8, .max_tokens = 512, .pages = 1000};
  config.groups = {group};
  ClientConfig client{.name = "c", .arrivals = queueing::Renewal{*Law::constant(1 / rate)}};
  client.prompt = *Law::constant(100);
  client.output = *Law::constant(10);
  client.delay = {Duration{}};
  config.clients = {client};
  return config;
}

UpkeepConfig nothing_breaks(std::uint32_t nodes, std::uint32_t spares = 0) {
  FleetPlan plan{};
  plan.regions = {"r"};
  plan.clusters = {{.name = "c",
                    .region = {0},
                    .nodes = nodes,
                    .spares = spares,
                    .devices = 4,
                    .device_rate = 1,
                    .port_rate = 1,
                    .trunk_rate = 1,
                    .border_rate = 1,
                    .shape = {.topology = Topology::single_switch, .radix = 4096}}};
  auto fleet = Fleet::make(std::move(plan));
  check(bool(fleet), "the fleet is sound");
  return {.fleet = std::make_shared<const Fleet>(*std::move(fleet)),
          .failures = {FailurePlan{}},
          .startup = 5_s};
}

using Values = std::map<std::string, double>;

Values run(const ServingConfig& config, Duration end, Duration warm_up = {},
           std::uint64_t seed = 1) {
  const Observation seen =
      ServingModel(config).simulate({.seed = seed}, {.warm_up = warm_up, .end = end}, nullptr);
  Values out;
  for (const Measured& one : seen.windows.front()) out[one.metric.name] = one.value;
  return out;
}

TEST(Placer, KeepsReplicasWithinNodes) {
  FleetPlan plan{};
  plan.regions = {"r"};
  plan.clusters = {{.name = "c",
                    .region = {0},
                    .nodes = 9,
                    .devices = 8,
                    .device_rate = 1,
                    .port_rate = 1,
                    .trunk_rate = 1,
                    .border_rate = 1,
                    .shape = {.topology = Topology::single_switch, .radix = 4096}}};
  Placer placer(plan);
  const auto expect = [&](std::uint32_t devices, std::uint32_t node, std::uint32_t slot,
                          std::uint32_t nodes) {
    const Stand stand = placer.take({0}, devices);
    EXPECT_EQ(stand.node, node);
    EXPECT_EQ(stand.slot, slot);
    EXPECT_EQ(stand.nodes, nodes);
  };
  expect(1, 0, 0, 1);
  expect(4, 0, 1, 1);
  expect(4, 1, 0, 1);
  expect(8, 2, 0, 1);
  expect(12, 3, 0, 2);
  expect(1, 4, 4, 1);
  expect(16, 5, 0, 2);
}

// Node 0 with replicas 0-3 of 8 dies at 10.05 s, is missed 2 s later and replaced by a spare in 1 s
// more; weights take 5 s. Requests come each 0.1 s, in turn, and take 0.1 s: only the one under way
// at replica 4 n is struck, and then every second half of those that come until 12.05 s.
TEST(ServingUpkeep, AFailureLosesWhatIsThereAndWhatComesUntilItIsKnown) {
  ServingConfig config = fleet_of(8, 10);
  config.upkeep = nothing_breaks(2, 1);
  FailurePlan& plan = config.upkeep->failures.front();
  plan.detection = 2_s;
  plan.swap = 1_s;
  plan.repair = *Law::constant(1000);
  plan.script = {{.at = 10_s + 50_ms, .node = {0}, .outage = {}}};
  const Values seen = run(config, 30_s);
  // Requests number 100 + k at 10.1 s + 0.1 k s to seat (100 + k) % 8, k = 0 .. 19, until 12.05 s;
  // number 99 at 10.0 s is on seat 3 - which is struck too.
  int struck = 0;
  for (int number = 99; number < 120; ++number) struck += number % 8 < 4 ? 1 : 0;
  EXPECT_NEAR(seen.at("serving.lost"), struck, 1);
  EXPECT_GT(seen.at("serving.lost"), 8);
  EXPECT_NEAR(seen.at("serving.replicas"), 8 - 4 * 8.0 / 30, 1e-12);
  EXPECT_EQ(seen.at("serving.failures"), 1);
  config.upkeep->warm_spares = true;
  EXPECT_NEAR(run(config, 30_s).at("serving.replicas"), 8 - 4 * 3.0 / 30, 1e-12);
  config.upkeep->fleet = nothing_breaks(2).fleet;  // no spare
  EXPECT_NEAR(run(config, 30_s).at("serving.replicas"), 8 - 4 * 19.95 / 30, 1e-12);
}

TEST(ServingUpkeep, TheGatewaySendsAgainAndNothingIsLost) {
  ServingConfig config = fleet_of(8, 10);
  config.upkeep = nothing_breaks(2, 1);
  FailurePlan& plan = config.upkeep->failures.front();
  plan.detection = 2_s;
  plan.repair = *Law::constant(1000);
  plan.script = {{.at = 10_s + 50_ms, .node = {0}, .outage = {}}};
  const double lost = run(config, 30_s).at("serving.lost");
  config.upkeep->resend = true;
  const Values seen = run(config, 30_s);
  EXPECT_EQ(seen.at("serving.lost"), 0);
  EXPECT_EQ(seen.at("serving.resent"), lost);
  config.upkeep->resend = false;
  config.clients.front().retry = RetryConfig{.attempts = 1, .backoff = *Law::constant(1)};
  const Values again = run(config, 30_s);
  EXPECT_EQ(again.at("serving.lost"), 0);
  EXPECT_EQ(again.at("serving.retried"), lost);
}

// What a client has of an answer is not made twice: 10 tokens, 4 of them before the failure.
TEST(ServingUpkeep, AnAnswerGoesOnElsewhere) {
  ServingConfig config = fleet_of(8, 1.0 / 1000);
  config.upkeep = nothing_breaks(2);
  config.upkeep->resend = true;
  FailurePlan& plan = config.upkeep->failures.front();
  plan.repair = *Law::constant(1000);
  // The first request comes at 1000 s to seat 0; passes of 10 ms.
  plan.script = {{.at = 1000_s + 45_ms, .node = {0}, .outage = {}}};
  const Values seen = run(config, 1500_s);
  EXPECT_EQ(seen.at("serving.resent"), 1);
  EXPECT_NEAR(seen.at("serving.e2e.mean"), 0.045 + 6 * 0.01, 1e-9);
  EXPECT_NEAR(seen.at("serving.ttft.mean"), 0.01, 1e-9);
}

TEST(ServingUpkeep, ASlowNodeTakesItsFactorLonger) {
  ServingConfig config = fleet_of(1, 1);
  config.upkeep = nothing_breaks(1);
  ComponentPlan part{.name = "gpu", .per_node = 1, .life = *Law::constant(10)};
  part.slow = Slowness{.factor = 2.5};
  config.upkeep->failures.front().components = {part};
  EXPECT_NEAR(run(config, 100_s, 20_s).at("serving.e2e.mean"), 0.25, 1e-6);
}

// An upgrade takes replica after replica out; each ends what it has.
TEST(ServingUpkeep, AnUpgradeLosesNothing) {
  ServingConfig config = fleet_of(4, 20);
  config.upkeep = nothing_breaks(1);
  config.upkeep->failures.clear();
  config.upkeep->upgrade = Upgrade{.at = 10_s, .takes = 3_s, .grace = 60_s, .at_once = 1};
  const Values seen = run(config, 100_s);
  EXPECT_EQ(seen.at("serving.lost"), 0);
  EXPECT_EQ(seen.at("serving.resent"), 0);
  // Each is out for 8 s and at most the 0.1 s of the request that it ends.
  EXPECT_LE(seen.at("serving.replicas"), 4 - 4 * 8.0 / 100);
  EXPECT_GE(seen.at("serving.replicas"), 4 - 4 * 8.2 / 100);
  config.upkeep->upgrade->at = 10_s + 20_ms;
  config.upkeep->upgrade->grace = {};
  config.upkeep->resend = true;
  const Values hurried = run(config, 100_s);
  EXPECT_NEAR(hurried.at("serving.replicas"), 4 - 4 * 8.0 / 100, 1e-12);
  EXPECT_GT(hurried.at("serving.resent"), 0);
}

// All at once and nobody is open: requests wait at the gateway.
TEST(ServingUpkeep, AllWaitAtTheGateway) {
  ServingConfig config = fleet_of(2, 10);
  config.upkeep = nothing_breaks(1);
  config.upkeep->upgrade = Upgrade{.at = 10_s, .takes = 3_s, .grace = 60_s, .at_once = 2};
  const Values seen = run(config, 100_s);
  EXPECT_EQ(seen.at("serving.lost"), 0);
  EXPECT_NEAR(seen.at("serving.e2e.p999"), 8.1, 0.2);
}

// Load that swells and falls: the autoscaler follows, and a fleet that is off when idle pays with
// cold starts: of gaps of 100 s each exceeds 30 s, so every request waits for the weights.
TEST(ServingUpkeep, OffWhenIdle) {
  ServingConfig config = fleet_of(2, 0.01);
  config.upkeep = nothing_breaks(1);
  config.groups.front().autoscale =
      AutoscaleConfig{.least = 0, .target = 4, .every = 15_s, .calm = 60_s, .idle = 30_s};
  const Values seen = run(config, 10'050_s);
  EXPECT_EQ(seen.at("serving.cold_starts"), 100);
  EXPECT_EQ(seen.at("serving.cold"), 1);
  EXPECT_NEAR(seen.at("serving.e2e.mean"), 5.1, 1e-6);
  EXPECT_NEAR(seen.at("serving.replicas"), 100 * 30.1 / 10'050, 1e-6);
  config.groups.front().autoscale->idle = 100_s;
  EXPECT_EQ(run(config, 10'050_s).at("serving.cold_starts"), 1);
}

TEST(ServingUpkeep, AsManyAreOnAsTheTargetWants) {
  ServingConfig config = fleet_of(8, 100);  // 10 requests are there at any time
  config.routing = Routing::least_outstanding;
  config.upkeep = nothing_breaks(2);
  config.groups.front().autoscale =
      AutoscaleConfig{.least = 1, .target = 2.5, .every = 10_s, .calm = 30_s, .idle = {}};
  const Values seen = run(config, 400_s, 100_s);
  EXPECT_GE(seen.at("serving.replicas"), 4);
  EXPECT_LE(seen.at("serving.replicas"), 6);
  EXPECT_EQ(seen.at("serving.lost"), 0);
}

// Whatever comes together, the audit of each window holds, and one pass at a time shows the same.
TEST(ServingUpkeep, AllTroublesTogether) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    ServingConfig config = fleet_of(12, 60);
    config.routing = seed % 2 == 0 ? Routing::central : Routing::least_outstanding;
    ClientConfig& client = config.clients.front();
    client.arrivals = queueing::Renewal{*Law::exponential(1 / 60.0)};
    client.prompt = *Law::lognormal_mean_cv(300, 1);
    client.output = *Law::exponential(30);
    client.timeout = *Law::exponential(4);
    client.retry = RetryConfig{.attempts = 2, .backoff = *Law::exponential(0.5)};
    client.delay = {30_ms};
    config.groups.front().scheduler.chunk = 128;
    config.groups.front().cost = {
        .token = 1e-4, .pair = 1e-9, .weights = 5e-3, .key = 4e-8, .launch_decode = 1e-3};
    config.upkeep = nothing_breaks(3, 1);
    config.upkeep->resend = seed % 3 == 0;
    config.upkeep->startup = seed % 4 == 0 ? Duration{} : 3_s;
    FailurePlan& plan = config.upkeep->failures.front();
    plan.detection = seed % 2 == 0 ? Duration{} : 1_s;
    plan.repair = *Law::exponential(15);
    ComponentPlan part{.name = "gpu", .per_node = 4, .life = *Law::exponential(120)};
    ComponentPlan slow{.name = "nic", .per_node = 1, .life = *Law::exponential(60)};
    slow.slow = Slowness{.factor = 1.7, .found_after = *Law::exponential(10)};
    plan.components = {part, slow};
    if (seed % 5 == 0)
      plan.maintenance = {{.name = "m", .first = 50_s, .every = 70_s, .takes = 5_s}};
    config.upkeep->upgrade = Upgrade{.at = 30_s, .takes = 1_s, .grace = 500_ms, .at_once = 2};
    config.groups.front().autoscale = AutoscaleConfig{
        .least = seed % 2 == 0 ? 0U : 2U, .target = 3, .every = 2_s, .calm = 8_s, .idle = 1_s};
    const Values fast = run(config, 200_s, 10_s, seed);
    EXPECT_GT(fast.at("serving.failures"), 5) << seed;
    EXPECT_GT(fast.at("serving.completed"), 3000) << seed;
    config.groups.front().scheduler.one_by_one = true;
    const Values slowly = run(config, 200_s, 10_s, seed);
    for (const auto& [name, value] : fast) {
      if (name == "serving.kv_occupancy" || std::isnan(value)) continue;
      ASSERT_NEAR(slowly.at(name), value, 1e-12 * std::abs(value)) << name << " " << seed;
    }
  }
}

}  // namespace
}  // namespace fleetsim::serving
