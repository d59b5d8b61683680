#include <limits>

#include "analytic/book/agents.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(Agents, Trajectories) {
  EXPECT_EQ(good(calc_trajectory_step_time({2, 3, 0.5})).value, 5.5);
  expect_relative(good(calc_trajectory_reliability({0.95, 20, 0})).value, std::pow(0.95, 20),
                  1e-14);
  expect_relative(good(calc_trajectory_reliability({0.9, 10, 0.5})).value, std::pow(0.95, 10),
                  1e-13);
  EXPECT_EQ(good(calc_trajectory_reliability({0.1, 99, 1})).value, 1);
  expect_error(calc_trajectory_reliability({1.1, 1, 0}), "step_reliability");
  expect_error(calc_trajectory_reliability({0.5, 0, 0}), "n_steps");
}

// The Pareto functions are one law: its mean, its tail and its residual life hang together.
TEST(Agents, ParetoIsOneLaw) {
  const double alpha = 2.5;
  const double x_min = good(calc_pareto_scale({10, alpha})).value;
  expect_relative(x_min, 6, 1e-14);
  const auto upper = [&](double x) { return good(calc_pareto_survival({x, x_min, alpha})).value; };
  const double far = 1e4;  // beyond it, by the residual life
  const double tail = strips(
      [&](long double t) {  // x = e^t
        const auto x = static_cast<double>(std::exp(t));
        return upper(x) * x;
      },
      std::log(x_min), std::log(far), 400);
  const double beyond = upper(far) * good(calc_pareto_mean_residual_life({far, alpha})).value;
  expect_relative(x_min + tail + beyond, 10, 1e-10);
  EXPECT_EQ(upper(3), 1);
  expect_relative(good(calc_pareto_conditional_survival({20, 50, alpha})).value,
                  upper(50) / upper(20), 1e-13);
  expect_error(calc_pareto_scale({1, 1}), "alpha");
  expect_error(calc_pareto_survival({0, 1, 1}), "x is 0");
  expect_error(calc_pareto_conditional_survival({2, 1, 1}), "y");
  expect_error(calc_pareto_mean_residual_life({1, 1}), "alpha");
}

TEST(Agents, SharedPrefixesAreNotComputedAgain) {
  expect_relative(good(calc_radix_cache_effective_latency({1000, 900, 5000, 50, 10})).value,
                  0.02 + 0.2, 1e-14);
  expect_relative(good(calc_radix_cache_effective_latency({1000, 2000, 5000, 50, 1})).value, 0.02,
                  1e-14);
  expect_error(calc_radix_cache_effective_latency({0, 0, 1, 1, 1}), "prompt_tokens");
}

TEST(Agents, Costs) {
  EXPECT_EQ(good(calc_test_time_compute_cost({2, 8, 0.5, 3})).value, 23);
  expect_error(calc_test_time_compute_cost({1, 0, 0, 0}), "n_samples");
  const CoordinationOut out = good(calc_multi_agent_coordination_overhead({5, 100, 0.01}));
  EXPECT_EQ(out.coordinator_tokens, 800);
  EXPECT_EQ(out.pairwise_tokens, 2000);
  expect_relative(*out.pairwise_cost, 20, 1e-14);
  EXPECT_FALSE(good(calc_multi_agent_coordination_overhead({5, 100, {}})).pairwise_cost);
  expect_error(calc_multi_agent_coordination_overhead({0, 1, {}}), "n_agents");
}

TEST(Agents, SpeedupIsAmdahlsWithoutCoordination) {
  const AgentTeamOut out = good(calc_multiagent_speedup({8, 0.1, 0, 0}));
  expect_relative(out.speedup, 1 / (0.1 + 0.9 / 8), 1e-14);
  EXPECT_EQ(out.speedup, out.speedup_exact);
  const AgentTeamOut alone = good(calc_multiagent_speedup({1, 0.1, 0.01, 0.02}));
  EXPECT_LT(alone.speedup, 1);  // the book's defect
  expect_relative(alone.speedup_exact, 1, 1e-14);
}

TEST(Agents, OptimalTeamIsARootAndABestTeam) {
  for (const double alpha : {1e-4, 1e-3, 0.01, 0.2})
    for (const double beta : {0.0, 0.01, 0.3}) {
      const AgentOptimum out = good(calc_multiagent_optimal_concurrency({0.05, alpha, beta}));
      const double m = out.optimal_agents;
      EXPECT_NEAR(2 * alpha * m * m * m + beta * m * m, 0.95, 1e-5);
      std::int64_t best = 1;
      double most = 0;
      for (std::int64_t team = 1; team <= 200; ++team) {
        const double s = good(calc_multiagent_speedup({team, 0.05, alpha, beta})).speedup_exact;
        if (s > most) most = s, best = team;
      }
      EXPECT_EQ(out.agents_exact, static_cast<double>(best)) << alpha << ' ' << beta;
    }
  EXPECT_EQ(good(calc_multiagent_optimal_concurrency({0.05, 0, 0})).optimal_agents, infinity);
  EXPECT_EQ(good(calc_multiagent_optimal_concurrency({1, 0, 0})).optimal_agents, infinity);
  EXPECT_EQ(good(calc_multiagent_optimal_concurrency({1, 0.1, 0})).optimal_agents, 1);
  expect_error(calc_multiagent_optimal_concurrency({0.5, -1, 0}), "alpha");
}

// Llama-3 70B: 80 layers, 8 heads of 128 at two bytes: 327,680 bytes a token.
TEST(Agents, CachePerTokenByModelOrByNumbers) {
  CachePerToken in;
  in.n_layers = 80, in.n_kv_heads = 8, in.head_dim = 128;
  EXPECT_EQ(good(calc_kv_cache_bytes_per_token(in)).value, 327'680);
  Model model;
  model.layers = 80, model.heads = 64, model.kv_heads = 8, model.hidden_dim = 8192;
  CachePerToken by_model;
  by_model.model = model;
  EXPECT_EQ(good(calc_kv_cache_bytes_per_token(by_model)).value, 327'680);
  by_model.n_layers = 40;
  EXPECT_EQ(good(calc_kv_cache_bytes_per_token(by_model)).value, 163'840);
  expect_error(calc_kv_cache_bytes_per_token({}), "n_layers");
}

TEST(Agents, WaitingForAToolHoldsMemoryAndMoney) {
  ToolWait in;
  in.node_hbm = 640e9, in.model_weights = 140e9;
  in.context_tokens = 100'000, in.kv_bytes_per_token = 327'680;
  in.tool_wait = 30, in.usd_per_hour = 24.0 / 3600, in.n_agents = 5, in.n_tools = 4;
  const ToolWaitOut out = good(calc_tool_wait_stranded_tax(in));
  EXPECT_EQ(out.dynamic_hbm, 500e9);
  EXPECT_EQ(out.dynamic_per_gpu, 62.5e9);
  expect_relative(out.stranded_fraction, 32.768 / 500, 1e-14);
  expect_relative(out.concurrent_fraction, 5 * 32.768 / 500, 1e-14);
  expect_relative(out.cost_per_turn, 0.2, 1e-14);
  expect_relative(out.pipeline_cost, 0.8, 1e-14);
  in.kv_memory = 10e9;
  EXPECT_EQ(good(calc_tool_wait_stranded_tax(in)).kv_memory, 10e9);
  in.model_weights = 640e9;
  expect_error(calc_tool_wait_stranded_tax(in), "model_weights");
  expect_error(calc_tool_wait_stranded_tax({2, 1, {}, {}, {}, 1, 1, 1, 1, 1}), "kv_memory");
}

}  // namespace
}  // namespace fleetsim::analytic
