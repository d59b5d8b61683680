#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/public_traces.h"
#include "traces/requests/measured_requests.h"
#include "traces/zoo.h"
#include "workloads/serving/deployment.h"

// The engine against vLLM 0.19 on an RTX PRO 6000, request by request.
namespace fleetsim::serving {
namespace {

// NVIDIA's data sheet of the RTX PRO 6000 Blackwell: 96 GB at 1,792 GB/s, 503.8 Tflop/s of dense
// BF16 on tensor cores.
ServingConfig vllm_on_rtx(const Zoo& zoo) {
  analytic::Device device;
  device.peak_flops = 503.8e12;
  device.memory_capacity = 96e9;
  device.memory_bandwidth = 1.792e12;
  const auto deployment = deploy({.model = *zoo.model(analytic::Value(std::string("Llama3_8B"))),
                                  .device = device,
                                  .efficiency = 0.5});
  EXPECT_TRUE(deployment);
  GroupConfig group;
  group.cost = deployment->cost;
  group.scheduler = {.max_batch = 128, .max_tokens = 2048, .chunk = 2048};
  group.scheduler.pages =
      static_cast<std::int64_t>(deployment->free_bytes / (deployment->key_bytes * 16));
  ServingConfig config;
  config.groups = {group};
  return config;
}

TEST(ServingCalibration, PredictsHeldOutRequestsOfVllm) {
  const std::string path =
      testing_support::public_trace("llm/vllm_measured/rtxpro6000_llama31-8b_requests.jsonl");
  if (path.empty()) GTEST_SKIP() << testing_support::no_public_traces;
  const auto zoo = load_zoo({});
  ASSERT_TRUE(zoo);
  const ServingConfig config = vllm_on_rtx(*zoo);
  const auto measured = requests::load_measured(path);
  ASSERT_TRUE(measured) << measured.error().message;
  const auto print = [](const char* what, const Errors& e) {
    std::printf(
        "%-12s TTFT %+6.1f %% (p99 %+6.1f %%)  TPOT %+6.1f %% (p99 %+6.1f %%)  "
        "E2E %+6.1f %% (p99 %+6.1f %%)\n",
        what, 100 * e.ttft_mean, 100 * e.ttft_p99, 100 * e.tpot_mean, 100 * e.tpot_p99,
        100 * e.e2e_mean, 100 * e.e2e_p99);
  };
  print("data sheet", errors_of(config, {}, *measured, false));
  const Calibration fitted = calibrate(config, *measured);
  std::printf(
      "token %.3f pair %.3f weights %.3f key %.3f launch %.3g ms sequence %.3g us prompt "
      "%.3g us\n",
      fitted.token, fitted.pair, fitted.weights, fitted.key, 1e3 * fitted.launch,
      1e6 * fitted.sequence, 1e6 * fitted.each_token);
  const Errors held_out = errors_of(config, fitted, *measured, false);
  print("fitted, told", errors_of(config, fitted, *measured, true));
  print("fitted", held_out);
  EXPECT_LT(std::abs(held_out.tpot_mean), 0.05);
  EXPECT_LT(std::abs(held_out.e2e_mean), 0.05);
  EXPECT_LT(std::abs(held_out.tpot_p99), 0.10);
  EXPECT_LT(std::abs(held_out.e2e_p99), 0.10);
}

}  // namespace
}  // namespace fleetsim::serving
