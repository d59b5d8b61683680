#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

#include "workloads/serving/alone.h"
#include "workloads/serving/run.h"
#include "workloads/serving/serving_model.h"

// Replicas that only read prompts, others that only decode, and keys and values on their way from
// the ones to the others.
namespace fleetsim::serving {
namespace {

constexpr double port = 50e9, key_bytes = 131072;  // byte/s, byte a token

std::shared_ptr<const Fleet> fleet(std::uint32_t nodes, std::uint32_t devices) {
  const ClusterPlan cluster{.name = "c",
                            .region = {0},
                            .nodes = nodes,
                            .devices = devices,
                            .ports = devices,
                            .device_rate = 450e9,
                            .port_rate = port,
                            .trunk_rate = port,
                            .border_rate = 1e12,
                            .node_latency = 1_us,
                            .fabric_latency = 5_us,
                            .hop_latency = 100_ns,
                            .shape = {.topology = Topology::fat_tree, .radix = 16}};
  Result<Fleet> made = Fleet::make({.regions = {"r"}, .clusters = {cluster}, .wide_links = {}});
  EXPECT_TRUE(made) << made.error().message;
  return std::make_shared<const Fleet>(*std::move(made));
}

GroupConfig group_of(Role role, std::uint32_t replicas, std::uint32_t devices) {
  GroupConfig group{.name = "g", .cluster = {0}, .replicas = replicas, .devices = devices};
  group.cost = {.token = 1e-4, .pair = 1e-9, .weights = 5e-3, .key = 4e-8, .launch_decode = 1e-3};
  group.key_bytes = key_bytes;
  group.scheduler = {.max_batch = 8, .max_tokens = 512, .chunk = 128, .pages = 4000};
  group.scheduler.role = role;
  return group;
}

ServingConfig split(std::uint32_t prefill, std::uint32_t decode, std::uint32_t devices = 1) {
  ServingConfig config;
  config.name = "test";
  config.groups = {group_of(Role::prefill, prefill, devices),
                   group_of(Role::decode, decode, devices)};
  config.wires = fleet((prefill + decode) * devices, 1);
  return config;
}

ClientConfig client_of(const queueing::Renewal& arrivals, const Law& prompt, const Law& output) {
  ClientConfig client{.name = "people", .arrivals = arrivals};
  client.prompt = prompt;
  client.output = output;
  client.delay = {0_ms, 0_ms};
  return client;
}

using Values = std::map<std::string, double>;

Values seen_of(const ServingConfig& config) {
  const Observation seen = ServingModel(config).simulate({.seed = 9}, {.end = 205_s}, nullptr);
  Values values;
  for (const Measured& one : seen.windows.front()) values[one.metric.name] = one.value;
  return values;
}

// Rate of a stripe, and latency of the way, from one node to the next.
double way_of(const ServingConfig& config, double bytes) {
  Route route;
  EXPECT_TRUE(
      config.wires->route({0}, {config.groups[0].replicas * config.groups[0].devices}, 0, route));
  return seconds(route.total()) + bytes / port;
}

// TTFT is that of the prefill replica alone; then the keys travel for latency + bytes / rate, over
// all devices at once; the rest takes what it takes on a replica that does both.
TEST(ServingDisaggregated, AloneItIsPrefillAndTransferAndDecode) {
  for (const std::uint32_t devices : {1u, 4u}) {
    ServingConfig config = split(1, 1, devices);
    config.clients = {
        client_of(queueing::Renewal{*Law::constant(10)}, *Law::constant(1000), *Law::constant(50))};
    const Values seen = seen_of(config);
    const Alone alone = serving::alone(config.groups[0], 1000, 50);
    const double moved = key_bytes * 1000, wires = way_of(config, moved / devices);
    EXPECT_NEAR(seen.at("serving.ttft.mean"), alone.ttft, 1e-9) << devices;
    EXPECT_NEAR(seen.at("serving.transfer.mean"), wires, 1e-9) << devices;
    EXPECT_NEAR(seen.at("serving.e2e.mean"), alone.e2e + wires, 3e-9) << devices;
    EXPECT_NEAR(seen.at("serving.itl.mean"), (alone.e2e - alone.ttft + wires) / 49, 1e-9);
    EXPECT_EQ(seen.at("serving.transfer.bytes"), moved * seen.at("serving.completed"));
  }
}

// A replica of two devices sends to one of four: four stripes, two out of each port.
TEST(ServingDisaggregated, StripesFollowTheLargerReplica) {
  ServingConfig config = split(1, 1, 2);
  config.groups[1] = group_of(Role::decode, 1, 4);
  config.wires = fleet(6, 1);
  config.clients = {
      client_of(queueing::Renewal{*Law::constant(10)}, *Law::constant(1000), *Law::constant(50))};
  EXPECT_NEAR(seen_of(config).at("serving.transfer.mean"), way_of(config, key_bytes * 1000 / 2),
              2e-9);
}

TEST(ServingDisaggregated, FreeKeysTakeNoTimeAndOneTokenNeedsNone) {
  ServingConfig config = split(1, 1);
  config.wires = nullptr;
  config.clients = {
      client_of(queueing::Renewal{*Law::constant(10)}, *Law::constant(1000), *Law::constant(50))};
  const Alone alone = serving::alone(config.groups[0], 1000, 50);
  const Values free = seen_of(config);
  EXPECT_NEAR(free.at("serving.e2e.mean"), alone.e2e, 2e-9);
  EXPECT_EQ(free.at("serving.transfer.p999"), 0);
  config.clients[0].output = *Law::constant(1);
  const Values short_ones = seen_of(config);
  EXPECT_NEAR(short_ones.at("serving.e2e.mean"), alone.ttft, 2e-9);
  EXPECT_EQ(short_ones.at("serving.transfer.bytes"), 0);
  EXPECT_EQ(short_ones.at("serving.decode.utilization"), 0);
}

// Two prompts that are read at the same time on two replicas meet at the port of the one that
// decodes: each has half of it.
TEST(ServingDisaggregated, TransfersThroughOnePortHalveTheirRate) {
  ServingConfig config = split(2, 1);
  config.routing = Routing::round_robin;
  const ClientConfig client =
      client_of(queueing::Renewal{*Law::constant(10)}, *Law::constant(1000), *Law::constant(50));
  config.clients = {client, client};
  const Values seen = seen_of(config);
  EXPECT_NEAR(seen.at("serving.transfer.mean"), way_of(config, 2 * key_bytes * 1000), 2e-9);
  config.groups[1].replicas = 2;
  config.wires = fleet(4, 1);
  EXPECT_NEAR(seen_of(config).at("serving.transfer.mean"), way_of(config, key_bytes * 1000), 1e-9);
}

// Those that read and those that decode take turns apart from each other.
TEST(ServingDisaggregated, TurnsAreTakenAmongThoseThatDecode) {
  ServingConfig config = split(2, 3);
  config.routing = Routing::round_robin;
  config.clients = {
      client_of(queueing::Renewal{*Law::constant(10)}, *Law::constant(100), *Law::constant(5))};
  Engine engine;
  ServingRun run(config, engine, nullptr, {.seed = 1});
  run.keep(100);
  run.engine().run_until(Instant{} + 205_s);
  ASSERT_EQ(run.kept().size(), 20u);
  for (std::uint32_t i = 0; i < 20; ++i) EXPECT_EQ(run.kept()[i].seat, 2 + i % 3) << i;
}

std::shared_ptr<const RequestTrace> trace_of(Stream& stream, std::uint32_t requests, double gap) {
  RequestTrace trace;
  trace.block_tokens = 32;
  trace.first_hash = {0};
  double at = 0;
  for (std::uint32_t i = 0; i < requests; ++i) {
    at += -std::log(stream.uniform()) * gap;
    trace.arrival.push_back(Instant{} + from_seconds(at));
    const auto kind = static_cast<std::uint64_t>(stream.uniform() * 12);  // begin alike
    trace.prompt.push_back(1 + static_cast<std::uint32_t>(stream.uniform() * 600));
    const double output = stream.uniform() < 0.1 ? 0 : stream.uniform() * 120;
    trace.output.push_back(1 + static_cast<std::uint32_t>(output));
    for (std::uint64_t block = 0; block * 32 < trace.prompt.back(); ++block)
      trace.hashes.push_back(block < 6 ? (kind << 32) + block : stream());
    trace.first_hash.push_back(static_cast<std::uint32_t>(trace.hashes.size()));
  }
  return std::make_shared<const RequestTrace>(std::move(trace));
}

// When all has come and gone, the ports into decode replicas have carried what was told, and that
// is the prompts of which there was more to decode.
TEST(ServingDisaggregated, WiresCarryEachPromptOnce) {
  for (const Routing routing : {Routing::least_outstanding, Routing::central, Routing::random}) {
    ServingConfig config = split(3, 2);
    config.routing = routing;
    Stream stream = Chance{.seed = 3}.stream("test.trace");
    const auto trace = trace_of(stream, 500, 0.03);
    config.clients = {{.name = "people", .arrivals = Replay{.trace = trace}}};
    config.clients[0].delay = {0_ms, 0_ms};
    Engine engine;
    ServingRun run(config, engine, nullptr, {.seed = 4});
    run.engine().run();
    double tokens = 0;
    for (std::size_t i = 0; i < trace->size(); ++i)
      if (trace->output[i] > 1) tokens += trace->prompt[i];
    const FluidNetwork& network = *run.transfers()->network();
    double carried = 0;
    for (const std::uint32_t decoder : {3u, 4u})
      carried += network.bytes_carried({config.wires->fabric({0}).ends() + decoder});
    EXPECT_EQ(run.collector().completed(), trace->size());
    EXPECT_EQ(static_cast<double>(run.transfers()->tally().bytes), tokens * key_bytes);
    EXPECT_NEAR(carried / (tokens * key_bytes), 1, 1e-9);
  }
}

// With little memory.
SchedulerConfig random_scheduler(Stream& stream) {
  const auto up_to = [&](std::uint32_t most) {
    return 1 + static_cast<std::uint32_t>(stream.uniform() * most);
  };
  SchedulerConfig scheduler{.max_batch = 2 + up_to(8), .max_tokens = 100 + up_to(600)};
  if (stream.uniform() < 0.6) scheduler.chunk = up_to(100);
  scheduler.page_tokens = stream.uniform() < 0.5 ? 4 : 16;
  scheduler.pages = 1400 / scheduler.page_tokens;
  scheduler.watermark = stream.uniform() < 0.5 ? 0 : 3;
  scheduler.prefix_cache = stream.uniform() < 0.5;
  scheduler.block_tokens = 32;
  return scheduler;
}

// Fleets of all three roles, with little memory and slow wires, and clients who give up.
ServingConfig random_fleet(std::uint32_t number) {
  Stream stream = Chance{.seed = 21}.stream("test.fleet", number);
  const auto up_to = [&](std::uint32_t most) {
    return 1 + static_cast<std::uint32_t>(stream.uniform() * most);
  };
  ServingConfig config;
  config.name = "test";
  // LEAST_KV and PREFIX look at pages and caches as the last row of passes left them.
  config.routing = std::array{
      Routing::random,       Routing::round_robin, Routing::least_outstanding,   Routing::central,
      Routing::power_of_two, Routing::nearest,     Routing::nearest_least_loaded}[number % 7];
  const SchedulerConfig scheduler = random_scheduler(stream);
  std::uint32_t devices = 0;
  for (const Role role : {Role::prefill, Role::decode, Role::both}) {
    if (role == Role::both && stream.uniform() < 0.6) continue;
    GroupConfig group = group_of(role, up_to(3), up_to(2));
    group.scheduler = scheduler;
    group.scheduler.role = role;
    group.key_bytes = key_bytes * (stream.uniform() < 0.5 ? 1 : 400);
    devices += group.replicas * group.devices;
    config.groups.push_back(group);
  }
  if (stream.uniform() < 0.8) config.wires = fleet(devices, 1);
  if (stream.uniform() < 0.3) config.queue_limit = up_to(8);
  for (std::uint32_t c = 0; c < 2; ++c) {
    const Replay replay{.trace = trace_of(stream, 250, 0.02 + 0.15 * stream.uniform())};
    ClientConfig client{.name = "people", .arrivals = replay, .priority = c};
    client.delay = {Duration{c * 7'000'000}, 20_ms, 3_ms};
    if (stream.uniform() < 0.6) client.timeout = *Law::exponential(4);
    if (stream.uniform() < 0.4) client.patience = *Law::exponential(3);
    if (stream.uniform() < 0.5)
      client.retry = RetryConfig{.attempts = 2, .backoff = *Law::exponential(0.5)};
    config.clients.push_back(client);
  }
  return config;
}

struct Shown {
  std::vector<std::array<std::int64_t, 5>> rows{};
  Values values{};
  std::uint64_t events = 0, in_flight = 0;
};

Shown shown(const ServingConfig& config) {
  Engine engine;
  ServingRun run(config, engine, nullptr, {.seed = 5});
  run.keep(100000);
  std::vector<Measured> measured;
  Shown out;
  run.engine().run_until(Instant{} + 5_s);
  run.report(1, measured);  // audits what is under way
  run.engine().run();
  measured.clear();
  run.report(1, measured);
  for (const Measured& one : measured) out.values[one.metric.name] = one.value;
  for (const KeptRequests::Row& row : run.kept())
    out.rows.push_back({static_cast<std::int64_t>(row.request.number), row.seen.ns, row.tail.ns,
                        row.end, row.seat});
  out.events = run.engine().events_run();
  if (config.wires) out.in_flight = run.transfers()->network()->in_flight();
  return out;
}

// One pass at a time shows the same, to the nanosecond, wherever requests are given up.
TEST(ServingDisaggregated, RowsOfPassesAreWhatSinglePassesAre) {
  std::map<std::string, double> sums;
  std::uint64_t rows = 0, passes = 0;
  for (std::uint32_t number = 0; number < 140; ++number) {
    ServingConfig config = random_fleet(number);
    const Shown fast = shown(config);
    for (GroupConfig& group : config.groups) group.scheduler.one_by_one = true;
    const Shown slow = shown(config);
    ASSERT_TRUE(fast.rows == slow.rows) << number;
    EXPECT_EQ(fast.rows.size(), 500u);
    EXPECT_EQ(fast.in_flight, 0u);
    for (const auto& [name, value] : fast.values) {
      sums[name] += value;
      if (name == "serving.kv_occupancy" || std::isnan(value)) continue;
      ASSERT_NEAR(slow.values.at(name), value, 1e-9 * std::abs(value)) << number << name;
    }
    rows += fast.events;
    passes += slow.events;
  }
  EXPECT_GT(passes, 3 * rows);
  EXPECT_GT(sums["serving.preempted"], 100);
  EXPECT_GT(sums["serving.timed_out"], 500);
  EXPECT_GT(sums["serving.retried"], 500);
  EXPECT_GT(sums["serving.completed"], 10000);
}

}  // namespace
}  // namespace fleetsim::serving
