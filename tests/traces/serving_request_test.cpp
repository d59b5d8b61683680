#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "analytic/book/serving.h"
#include "analytic/exact/execution.h"
#include "traces/zoo.h"
#include "workloads/serving/deployment.h"
#include "workloads/serving/serving_model.h"

// One request at a time through the whole simulation, against solvers that know nothing of it.
namespace fleetsim::serving {
namespace {

using analytic::Precision;

ServingConfig one_a_minute(const DeploymentIn& in, std::uint32_t prompt, std::uint32_t output) {
  const auto deployment = deploy(in);
  EXPECT_TRUE(deployment) << deployment.error().message;
  GroupConfig group{.name = "gpus", .cost = deployment->cost};
  group.scheduler = {.max_tokens = 1u << 20, .pages = 1'000'000};
  ClientConfig client{.name = "one", .arrivals = queueing::Renewal{*Law::constant(60)}};
  client.prompt = *Law::constant(prompt);
  client.output = *Law::constant(output);
  client.delay = {Duration{}};
  ServingConfig config;
  config.clients = {client};
  config.groups = {group};
  return config;
}

std::map<std::string, double> simulated(const ServingConfig& config) {
  const Observation seen = ServingModel(config).simulate({}, {.end = 600_s}, nullptr);
  std::map<std::string, double> out;
  for (const Measured& one : seen.windows[0]) out[one.metric.name] = one.value;
  return out;
}

Prediction about(const ServingConfig& config, const std::string& metric) {
  for (const Prediction& prediction : ServingModel(config).twin().predictions)
    if (prediction.metric == metric) return prediction;
  ADD_FAILURE() << metric;
  return {};
}

analytic::Model model_of(const Zoo& zoo, const char* name) {
  return *zoo.model(analytic::Value(std::string(name)));
}
analytic::Device device_of(const Zoo& zoo, const char* name) {
  return *zoo.device(analytic::Value(std::string(name)));
}

// s.prefill_decode: TTFT and each token from the serving solver; 2 ns for a clock of whole ones.
TEST(ServingRequest, TakesWhatTheServingSolverSays) {
  const auto zoo = load_zoo({});
  ASSERT_TRUE(zoo);
  struct Case {
    const char *model, *device;
    std::uint32_t prompt, output;
  };
  for (const Case& c : {Case{"Llama3_8B", "H100", 2048, 128},
                        {"Llama3_8B", "A100", 13, 500},
                        {"Llama3_70B", "B200", 700, 300}}) {
    const ServingConfig config = one_a_minute(
        {.model = model_of(*zoo, c.model), .device = device_of(*zoo, c.device), .kv_memory = 1},
        c.prompt, c.output);
    analytic::ServingIn in{.model = model_of(*zoo, c.model),
                           .hardware = device_of(*zoo, c.device),
                           .seq_len = c.prompt,
                           .precision = Precision::fp16};
    const double ttft = analytic::serving(in)->ttft_exact;
    double rest = 0;
    for (std::uint32_t i = 1; i < c.output; ++i) {
      in.seq_len = c.prompt + i;
      rest += analytic::serving(in)->itl_exact;
    }
    const auto seen = simulated(config);
    EXPECT_NEAR(seen.at("serving.ttft.mean"), ttft, 1e-9 * ttft + 2e-9) << c.model;
    EXPECT_NEAR(seen.at("serving.e2e.mean"), ttft + rest, 1e-9 * (ttft + rest) + 2e-9) << c.model;
    EXPECT_NEAR(seen.at("serving.tpot.mean"), rest / (c.output - 1), 2e-9) << c.model;
    const Prediction told = about(config, "serving.e2e.mean");
    ASSERT_TRUE(told.value) << told.note;
    EXPECT_EQ(told.formula, "s.prefill_decode");
    EXPECT_NEAR(*told.value / (ttft + rest), 1, 1e-9) << c.model;
  }
}

// s.roofline, with its ridge: where a prompt's arithmetic takes as long as to read the weights.
TEST(ServingRequest, OnePassIsARoofline) {
  const auto zoo = load_zoo({});
  const auto model = model_of(*zoo, "Llama3_8B");
  const auto device = device_of(*zoo, "H100");
  const double parameters = *model.parameters, rate = device.flops_at(Precision::fp16) * 0.5;
  const double bytes = 2 * parameters;
  const double ridge = bytes / device.memory_bandwidth * rate / (2 * parameters);  // tokens
  for (const double n : {1.0, std::floor(ridge) - 20, std::ceil(ridge), 4000.0}) {
    const auto prompt = static_cast<std::uint32_t>(n);
    const ServingConfig config =
        one_a_minute({.model = model, .device = device, .kv_memory = 1}, prompt, 1);
    const double flops = 2 * parameters * n + 4 * 32 * 4096 * n * (n + 1) / 2;
    const double time = std::max(flops / rate, bytes / device.memory_bandwidth);
    EXPECT_NEAR(simulated(config).at("serving.ttft.mean"), time + device.dispatch_tax, 2e-9) << n;
    EXPECT_EQ(about(config, "serving.ttft.mean").formula, "s.roofline");
  }
}

// s.amdahl: devices that share the layers shorten all but the launches; messages are free here.
TEST(ServingRequest, MoreDevicesFollowAmdahl) {
  const auto zoo = load_zoo({});
  DeploymentIn in{.model = model_of(*zoo, "Llama3_8B"), .device = device_of(*zoo, "H100")};
  in.link = {.bandwidth = 1e30};
  const auto time = [&] { return simulated(one_a_minute(in, 1000, 200)).at("serving.e2e.mean"); };
  const double alone = time();
  const PassCost cost = deploy(in)->cost;
  const double serial = (cost.launch_prefill + 199 * cost.launch_decode) / alone;
  EXPECT_GT(serial, 0.02);
  for (const std::int64_t devices : {2, 4, 8}) {
    in.tensor = devices;
    const double n = static_cast<double>(devices);
    EXPECT_NEAR(alone / time(), *analytic::amdahl_speedup(1 - serial, n), 1e-8 * n) << devices;
  }
}

// Requests that may meet, or wait, or are not alike, are other systems.
TEST(ServingRequest, OnlyRequestsApartAreAlone) {
  const auto zoo = load_zoo({});
  const ServingConfig apart = one_a_minute(
      {.model = model_of(*zoo, "Llama3_8B"), .device = device_of(*zoo, "H100")}, 1000, 200);
  const auto silent = [](const ServingConfig& config) {
    return !about(config, "serving.ttft.mean").value;
  };
  EXPECT_FALSE(silent(apart));
  ServingConfig config = apart;
  config.clients[0].arrivals = queueing::Renewal{*Law::constant(1)};  // one takes 1.3 s
  EXPECT_TRUE(silent(config));
  config.clients[0].arrivals = queueing::Renewal{*Law::exponential(60)};
  EXPECT_TRUE(silent(config));
  config = apart;
  config.clients[0].output = *Law::exponential(200);
  EXPECT_TRUE(silent(config));
  config = apart;
  config.clients.push_back(config.clients[0]);
  EXPECT_TRUE(silent(config));
  config = apart;
  config.groups[0].scheduler.pages = 10;
  EXPECT_TRUE(silent(config));
}

}  // namespace
}  // namespace fleetsim::serving
