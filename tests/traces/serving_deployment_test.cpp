#include <gtest/gtest.h>

#include <cmath>

#include "analytic/book/serving.h"
#include "traces/zoo.h"
#include "workloads/serving/alone.h"
#include "workloads/serving/deployment.h"

// A request that is alone on a replica against the solver of serving.
namespace fleetsim::serving {
namespace {

using analytic::Precision;

struct Case {
  const char* model;
  const char* device;
  Precision precision;
  std::int64_t prompt, output;
  std::optional<std::int64_t> chunk;
};

GroupConfig group_of(const Case& c, const analytic::Model& model, const analytic::Device& device) {
  const auto deployment = deploy({.model = model,
                                  .device = device,
                                  .arithmetic = c.precision,
                                  .weights = c.precision,
                                  .kv = c.precision,
                                  .kv_memory = 1});
  EXPECT_TRUE(deployment) << deployment.error().message;
  GroupConfig group{.name = c.model, .cost = deployment->cost};
  group.scheduler.max_tokens = 1u << 20;
  if (c.chunk) group.scheduler.chunk = static_cast<std::uint32_t>(*c.chunk);
  return group;
}

// s.prefill_decode: the first token after ttft, token i + 1 itl later with prompt + i in memory.
TEST(ServingAlone, CostsWhatTheSolverSays) {
  const auto zoo = load_zoo({});
  ASSERT_TRUE(zoo);
  for (const Case& c : {Case{"Llama3_8B", "H100", Precision::fp16, 2048, 128, {}},
                        Case{"Llama3_8B", "A100", Precision::fp16, 13, 500, {}},
                        Case{"Llama3_8B", "H100", Precision::fp8, 5000, 40, 512},
                        Case{"Llama3_8B", "H100", Precision::fp16, 30000, 2, 100},
                        Case{"Llama3_70B", "B200", Precision::fp8, 700, 300, {}}}) {
    const auto model = zoo->model(analytic::Value(std::string(c.model)));
    const auto device = zoo->device(analytic::Value(std::string(c.device)));
    ASSERT_TRUE(model && device) << c.model << c.device;
    const Alone seen = alone(group_of(c, *model, *device), static_cast<std::uint32_t>(c.prompt),
                             static_cast<std::uint32_t>(c.output));
    analytic::ServingIn in{
        .model = *model, .hardware = *device, .seq_len = c.prompt, .precision = c.precision};
    in.prefill_chunk_tokens = c.chunk;
    const auto first = analytic::serving(in);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_NEAR(seen.ttft / first->ttft_exact, 1, 1e-9) << c.model << c.prompt;
    double rest = 0;
    for (std::int64_t i = 1; i < c.output; ++i) {
      in.seq_len = c.prompt + i;
      rest += analytic::serving(in)->itl_exact;
    }
    EXPECT_NEAR((seen.e2e - seen.ttft) / rest, 1, 1e-9) << c.model << c.prompt;
  }
}

// The parts of a mixture of experts make up the whole, and one token reads what is active.
TEST(ServingAlone, ExpertsAreReadAsTheyAreChosen) {
  const auto zoo = load_zoo({});
  const auto model = zoo->model(analytic::Value(std::string("Mixtral_8x7B")));
  const auto device = zoo->device(analytic::Value(std::string("B200")));
  ASSERT_TRUE(model && device);
  const auto deployment = deploy({.model = *model, .device = *device, .kv_memory = 1});
  ASSERT_TRUE(deployment) << deployment.error().message;
  const PassCost& cost = deployment->cost;
  const double all = (cost.weights + cost.experts) * device->memory_bandwidth / 2;
  const double active = (cost.weights + cost.experts * cost.chosen) * device->memory_bandwidth / 2;
  EXPECT_NEAR(all / *model->parameters, 1, 1e-12);
  EXPECT_NEAR(active / *model->active_parameters, 1, 1e-12);
}

TEST(ServingAlone, WhatDoesNotFitSaysHowMuchAndWhatWould) {
  const auto zoo = load_zoo({});
  const auto model = zoo->model(analytic::Value(std::string("Llama3_70B")));
  const auto device = zoo->device(analytic::Value(std::string("H100")));
  const auto one = deploy({.model = *model, .device = *device});
  ASSERT_FALSE(one);
  EXPECT_NE(one.error().message.find("tensor: 2 would do"), std::string::npos)
      << one.error().message;
  EXPECT_TRUE(deploy({.model = *model, .device = *device, .tensor = 2}));
}

}  // namespace
}  // namespace fleetsim::serving
