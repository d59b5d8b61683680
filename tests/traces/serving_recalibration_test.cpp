#include <gtest/gtest.h>

#include <cmath>

#include "sim/stream.h"
#include "traces/zoo.h"
#include "workloads/serving/calibration.h"
#include "workloads/serving/deployment.h"
#include "workloads/serving/replication.h"

// Other hardware and other models: engines that are known to depart from their data sheets, in ways
// that a fit is not told, with noise in what was measured of them.
namespace fleetsim::serving {
namespace {

struct Engine {
  const char *model, *device;
  std::int64_t tensor = 1;
  double rate = 5;  // 1/s
  double prompt = 800, output = 300;
  std::uint32_t max_batch = 128;
  std::optional<std::uint32_t> chunk = 2048;
  Calibration departs{};
};

ServingConfig data_sheet(const Zoo& zoo, const Engine& engine) {
  const auto model = zoo.model(analytic::Value(std::string(engine.model)));
  const auto device = zoo.device(analytic::Value(std::string(engine.device)));
  EXPECT_TRUE(model && device) << engine.model << engine.device;
  DeploymentIn in{.model = *model, .device = *device, .tensor = engine.tensor};
  in.link = {.bandwidth = 450e9, .latency = 1e-6};
  const auto deployment = deploy(in);
  EXPECT_TRUE(deployment) << deployment.error().message;
  GroupConfig group{.name = engine.device, .cost = deployment->cost};
  group.scheduler = {.max_batch = engine.max_batch, .max_tokens = 2048, .chunk = engine.chunk};
  group.scheduler.pages =
      static_cast<std::int64_t>(deployment->free_bytes / (deployment->key_bytes * 16));
  ServingConfig config;
  config.groups = {group};
  return config;
}

std::uint32_t tokens(double mean, Stream& chance) {
  const Law law = *Law::lognormal_mean_cv(mean, 0.6);
  return static_cast<std::uint32_t>(std::clamp(std::ceil(law.draw(chance)), 1.0, 6000.0));
}

// What would have been measured of such an engine.
std::vector<MeasuredRequest> measured(ServingConfig config, const Engine& engine, double noise) {
  Stream chance = Chance{.seed = 5}.stream("measured");
  const Law gap = *Law::exponential(1 / engine.rate), spread = *Law::lognormal_mean_cv(1, noise);
  auto trace = std::make_shared<RequestTrace>();
  Instant now{};
  for (int i = 0; i < 300; ++i) {
    now = now + from_seconds(gap.draw(chance));
    trace->arrival.push_back(now);
    trace->prompt.push_back(tokens(engine.prompt, chance));
    trace->output.push_back(tokens(engine.output, chance));
  }
  apply(engine.departs, config.groups.front().cost);
  config.clients = {{.name = "measured", .arrivals = Replay{trace}, .delay = {Duration{}}}};
  Replication replication(config, Chance{});
  ServingRun& run = replication.run;
  run.keep(trace->size());
  run.engine().run();
  std::vector<MeasuredRequest> out(trace->size());
  for (const KeptRequests::Row& row : run.kept()) {
    EXPECT_EQ(row.end, 0);
    const double first = spread.draw(chance), later = spread.draw(chance);
    const double ttft = first * seconds(row.seen - row.request.arrived - row.tail);
    out[row.request.number] = {.prompt = row.request.prompt,
                               .output = row.request.output,
                               .arrival = seconds(row.request.arrived - Instant{}),
                               .ttft = ttft,
                               .e2e = ttft + later * seconds(row.tail),
                               .told = row.request.number % 2 == 0};
  }
  return out;
}

std::vector<Engine> engines() {
  return {
      {.model = "Llama3_8B",
       .device = "A100",
       .rate = 4,
       .departs = {1.3, 1.5, 1.2, 2, 2e-3, 3e-5, 1e-7}},
      {.model = "Llama3_8B",
       .device = "H100",
       .rate = 12,
       .max_batch = 64,
       .departs = {0.9, 1, 1.5, 1.8, 1e-3, 1e-5, 0}},
      {.model = "Llama3_70B",
       .device = "H100",
       .tensor = 4,
       .rate = 3,
       .departs = {1.2, 1, 1.3, 2.5, 3e-3, 4e-5, 1e-6}},
      {.model = "Llama3_70B",
       .device = "B200",
       .rate = 2,
       .chunk = std::nullopt,
       .departs = {1.1, 2, 1.6, 1.4, 1e-3, 1e-4, 0}},
  };
}

TEST(ServingRecalibration, HoldsForOtherHardwareAndModels) {
  const auto zoo = load_zoo({});
  ASSERT_TRUE(zoo);
  for (const Engine& engine : engines()) {
    const ServingConfig config = data_sheet(*zoo, engine);
    const auto requests = measured(config, engine, 0.05);
    const Calibration fitted = calibrate(config, requests);
    const Errors after = errors_of(config, fitted, requests, false);
    EXPECT_LT(std::abs(after.tpot_mean), 0.05) << engine.model << engine.device;
    EXPECT_LT(std::abs(after.e2e_mean), 0.05) << engine.model << engine.device;
    EXPECT_LT(std::abs(after.tpot_p99), 0.10) << engine.model << engine.device;
    EXPECT_LT(std::abs(after.e2e_p99), 0.10) << engine.model << engine.device;
  }
}

}  // namespace
}  // namespace fleetsim::serving
