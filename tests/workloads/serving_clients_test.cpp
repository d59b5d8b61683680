#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "workloads/serving/serving_model.h"
#include "workloads/serving/sessions.h"

// Closed loops, conversations, tenants and models in whole fleets. Runs audit themselves.
namespace fleetsim::serving {
namespace {

using Values = std::map<std::string, double>;

Values shown(const ServingConfig& config, Duration end, Duration warm_up = {}) {
  const Plan plan{.warm_up = warm_up, .end = end, .windows = 1, .bins = 10};
  const Observation seen = ServingModel(config).simulate({.seed = 11}, plan, nullptr);
  Values out;
  for (const Measured& one : seen.windows.front()) out[one.metric.name] = one.value;
  return out;
}

// A replica whose passes take 1 ms a token of prompts and 10 ms a pass that decodes.
GroupConfig group(const std::string& name, std::uint32_t replicas) {
  GroupConfig out{.name = name, .replicas = replicas};
  out.cost = {.token = 1e-3, .launch_decode = 10e-3};
  out.scheduler = {.max_batch = 8, .max_tokens = 4096, .chunk = 512, .pages = 100000};
  return out;
}

ClientConfig client(const std::string& name, double rate) {
  ClientConfig out{.name = name, .arrivals = queueing::Renewal{*Law::exponential(1 / rate)}};
  out.prompt = *Law::exponential(60);
  out.output = *Law::exponential(20);
  out.delay = {Duration{}};
  return out;
}

ServingConfig fleet(std::vector<ClientConfig> clients) {
  ServingConfig config;
  config.name = "test";
  config.clients = std::move(clients);
  config.groups = {group("g", 2)};
  config.routing = Routing::central;
  return config;
}

ClientConfig users(std::uint32_t count, double think) {
  ClientConfig out = client("users", 1);
  out.arrivals = Users{count};
  out.sessions = SessionConfig{.think = *Law::exponential(think)};
  return out;
}

// Interactive response time: N = X (Z + R), which only Little's law is needed for.
TEST(ServingUsers, ThinkOrWait) {
  for (const std::uint32_t n : {4u, 40u}) {
    const Values seen = shown(fleet({users(n, 3)}), 20000_s, 200_s);
    const double cycle = 3 + seen.at("serving.e2e.mean");
    EXPECT_NEAR(seen.at("serving.throughput_requests") * cycle / n, 1, 0.01) << n;
    EXPECT_LE(seen.at("serving.in_flight"), n);
    EXPECT_GT(seen.at("serving.completed"), 10000);
  }
}

TEST(ServingUsers, WhoIsTurnedAwayComesAgainAfterABreath) {
  ServingConfig config = fleet({users(50, 1)});
  config.clients[0].sessions->think = *Law::constant(0);
  config.in_flight_limit = 5;
  config.gateway_limit = 3;
  const Values seen = shown(config, 100_s);
  EXPECT_GT(seen.at("serving.rejected"), 2000);
  EXPECT_LE(seen.at("serving.rejected"), 50 * 100);
  EXPECT_LE(seen.at("serving.in_flight"), 8);
}

ClientConfig talkers(double rate) {
  ClientConfig out = client("talkers", rate);
  out.sessions =
      SessionConfig{.think = *Law::exponential(5), .turns = *Law::constant(6), .growth = true};
  return out;
}

TEST(ServingSessions, PromptsRepeatWhatWasSaid) {
  const ClientConfig config = talkers(1);
  Sessions sessions(config, 16, {.seed = 2}, 0);
  const std::uint32_t one = sessions.open(), two = sessions.open();
  std::vector<std::uint64_t> before;
  std::uint32_t known = 0;
  for (std::uint32_t turn = 0; turn < 6; ++turn) {
    const auto said = sessions.say(one, {.prompt = 25, .output = 10});
    const auto other = sessions.say(two, {.prompt = 25, .output = 10});
    EXPECT_EQ(said.prompt, known + 25);
    ASSERT_EQ(said.hashes.size(), (said.prompt + 15) / 16);
    for (std::size_t i = 0; i < before.size(); ++i)
      EXPECT_EQ(said.hashes[i] == before[i], i < (known - 10) / 16) << i;
    for (std::size_t i = 0; i < said.hashes.size(); ++i) EXPECT_NE(said.hashes[i], other.hashes[i]);
    EXPECT_NE(said.session, other.session);
    before.assign(said.hashes.begin(), said.hashes.end());
    known = said.prompt + 10;
    EXPECT_EQ(sessions.ended(one, true, said.prompt, 10).has_value(), turn < 5);
    sessions.ended(two, true, other.prompt, 10);
  }
}

TEST(ServingSessions, SixTurnsEach) {
  const Values seen = shown(fleet({talkers(0.05)}), 40000_s);
  EXPECT_NEAR(seen.at("serving.arrived") / (6 * 0.05 * 40000), 1, 0.12);  // 5 deviations
}

// A failure ends a conversation: of those who give up at once, each sends one request.
TEST(ServingSessions, AFailureIsTheEnd) {
  ServingConfig config = fleet({talkers(2)});
  config.clients[0].timeout = *Law::constant(1e-3);
  const Values seen = shown(config, 2000_s);
  EXPECT_EQ(seen.at("serving.completed"), 0);
  EXPECT_NEAR(seen.at("serving.arrived"), 4000, 5 * std::sqrt(4000));
}

TEST(ServingSessions, WhoStaysFindsWhatWasSaid) {
  ServingConfig config = fleet({talkers(0.3)});
  config.groups[0].replicas = 8;
  config.groups[0].scheduler.prefix_cache = true;
  config.groups[0].scheduler.block_tokens = 16;
  Values seen[2];
  config.routing = Routing::sticky;
  seen[0] = shown(config, 5000_s);
  config.routing = Routing::random;
  seen[1] = shown(config, 5000_s);
  // Turn k of 6 asks for 80 k - 20 tokens and finds those of the turn before.
  EXPECT_NEAR(seen[0].at("serving.prefix_tokens"), 0.714 - 0.02, 0.04);
  EXPECT_LT(seen[1].at("serving.prefix_tokens"), 0.5 * seen[0].at("serving.prefix_tokens"));
}

// Cancelled requests keep their blocks until the pass ends, long after their conversation.
TEST(ServingSessions, TimeOutsAndCachesGetAlong) {
  ServingConfig config = fleet({talkers(1)});
  config.groups[0].scheduler.prefix_cache = true;
  config.groups[0].scheduler.block_tokens = 16;
  config.groups[0].scheduler.pages = 60;
  config.clients[0].timeout = *Law::exponential(1);
  config.clients[0].retry = RetryConfig{.attempts = 1, .backoff = *Law::constant(0.01)};
  const Values seen = shown(config, 2000_s);
  EXPECT_GT(seen.at("serving.timed_out"), 300);
  EXPECT_GT(seen.at("serving.completed"), 300);
  EXPECT_GT(seen.at("serving.preempted"), 0);
}

// Two tenants ask for twice what there is: tokens go by weight; by who comes first, in halves.
TEST(ServingTenants, ShareAnOverloadedFleetByWeight) {
  ServingConfig config = fleet({client("small", 60), client("large", 60)});
  for (ClientConfig& one : config.clients) one.patience = *Law::constant(20);
  config.clients[1].weight = 3;
  const auto ratio = [&] {
    const Values seen = shown(config, 3000_s, 100_s);
    EXPECT_GT(seen.at("serving.timed_out"), 10000);
    return seen.at("serving.client.large.throughput_tokens") /
           seen.at("serving.client.small.throughput_tokens");
  };
  EXPECT_NEAR(ratio(), 1, 0.05);
  config.fair = true;
  EXPECT_NEAR(ratio(), 3, 0.1);
}

TEST(ServingTenants, ALightOneIsUnharmedByAHeavyOne) {
  ServingConfig config = fleet({client("light", 1)});
  const double alone = shown(config, 3000_s).at("serving.ttft.p99");
  config.clients.push_back(client("heavy", 100));
  config.clients[1].patience = *Law::constant(20);
  const auto harmed = [&] {
    return shown(config, 3000_s).at("serving.client.light.ttft.p99") / alone;
  };
  EXPECT_GT(harmed(), 20);
  config.fair = true;
  EXPECT_LT(harmed(), 4);
}

TEST(ServingTenants, ARateLimitRefusesWhatIsBeyond) {
  ServingConfig config = fleet({client("free", 2), client("limited", 4)});
  config.clients[1].rate_limit = RateLimitConfig{.rate = 1, .burst = 1};
  const Values seen = shown(config, 20000_s);
  // Admitted where 1 s at least has passed since the last: a renewal every 1 s + 1/4 s.
  EXPECT_NEAR(seen.at("serving.client.limited.throughput_requests"), 0.8, 0.02);
  EXPECT_EQ(seen.at("serving.client.free.rejected"), 0);
  EXPECT_EQ(seen.at("serving.client.limited.rejected"), seen.at("serving.rejected"));
}

TEST(ServingModels, EachHasItsOwnReplicas) {
  const Values alone = shown(fleet({client("a", 5)}), 5000_s);
  ServingConfig config = fleet({client("a", 5), client("b", 100)});
  config.groups.push_back(group("h", 1));
  config.groups[1].model = config.clients[1].model = 1;
  for (ClientConfig& one : config.clients) one.delay = {Duration{}, Duration{}};
  config.clients[1].patience = *Law::constant(10);
  const Values both = shown(config, 5000_s);
  EXPECT_GT(both.at("serving.client.b.ttft.p50"), 5);
  // The other model's crowd changes nothing: the same draws, to the nanosecond.
  EXPECT_EQ(both.at("serving.client.a.ttft.p99"), alone.at("serving.ttft.p99"));
  EXPECT_EQ(both.at("serving.client.a.throughput_tokens"), alone.at("serving.throughput_tokens"));
}

TEST(ServingReplay, PoissonKeepsRateAndLengths) {
  RequestTrace trace;
  for (std::uint32_t i = 0; i < 4000; ++i) {  // ten at once, every 10 s
    trace.arrival.push_back(Instant{} + from_seconds(i / 10 * 10.0));
    trace.prompt.push_back(1 + i % 300);
    trace.output.push_back(2);
  }
  ClientConfig replay = client("replay", 1);
  replay.prompt = replay.output = std::nullopt;
  replay.arrivals = Replay{.trace = std::make_shared<const RequestTrace>(trace)};
  ServingConfig config = fleet({replay});
  const Values bursts = shown(config, 6000_s);
  std::get<Replay>(config.clients[0].arrivals).poisson = true;
  const Values calm = shown(config, 6000_s);
  for (const char* same : {"serving.arrived", "serving.completed", "serving.throughput_tokens"})
    EXPECT_EQ(bursts.at(same), calm.at(same)) << same;
  EXPECT_EQ(calm.at("serving.completed"), 4000);
  EXPECT_GT(bursts.at("serving.queue_wait.mean"), 2 * calm.at("serving.queue_wait.mean"));
}

}  // namespace
}  // namespace fleetsim::serving
