#pragma once
#include <cstdint>
#include <optional>

#include "analytic/book/single.h"
#include "analytic/catalogue.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// Agents: models that act in steps and wait for tools (book section 4.10). SI base units; costs in
// whatever the caller counts.

// t = think + tool + verify.
struct TrajectoryStep {
  double think_s = 0, tool_s = 0, verify_s = 0;
};
Result<Single> calc_trajectory_step_time(const TrajectoryStep& in);

// (p + (1-p) r)^n: each of n steps succeeds with p, or is mended with r.
struct TrajectoryOdds {
  double step_reliability = 0;
  std::int64_t n_steps = 1;
  double recovery = 0;
};
Result<Single> calc_trajectory_reliability(const TrajectoryOdds& in);

// Heavy-tailed lengths (Pareto): x_min = mean (a-1)/a;  P(X > x) = (x_min/x)^a, 1 up to x_min;
// P(X > y | X > x) = (x/y)^a;  E[X - x | X > x] = x/(a-1). The mean needs a > 1.
struct ParetoMean {
  double mean = 0, alpha = 0;
};
Result<Single> calc_pareto_scale(const ParetoMean& in);
struct ParetoPoint {
  double x = 0, x_min = 0, alpha = 0;
};
Result<Single> calc_pareto_survival(const ParetoPoint& in);
struct ParetoPair {
  double x = 0, y = 0, alpha = 0;  // y >= x
};
Result<Single> calc_pareto_conditional_survival(const ParetoPair& in);
struct ParetoAge {
  double x = 0, alpha = 0;
};
Result<Single> calc_pareto_mean_residual_life(const ParetoAge& in);

// max(0, prompt - shared)/prefill_rate + out/decode_rate: a shared prefix is not computed again.
struct RadixCache {
  std::int64_t prompt_tokens = 1, shared_tokens = 0;
  double prefill_rate = 0, decode_rate = 0;  // tokens a second
  std::int64_t output_tokens = 1;
};
Result<Single> calc_radix_cache_effective_latency(const RadixCache& in);

// c n + verify n + aggregate: n samples, each perhaps verified, then put together.
struct TestTimeCompute {
  double cost_per_sample = 0;
  std::int64_t n_samples = 1;
  double verify_cost = 0, aggregate_cost = 0;
};
Result<Single> calc_test_time_compute_cost(const TestTimeCompute& in);

// Tokens that n agents exchange: 2 (n-1) t through a coordinator, n (n-1) t pairwise.
struct Coordination {
  std::int64_t n_agents = 1;
  double tokens_per_message = 0;
  std::optional<double> price_per_token{};
};
struct CoordinationOut {
  double coordinator_tokens = 0, pairwise_tokens = 0;
  std::optional<double> coordinator_cost{}, pairwise_cost{};
};
Result<CoordinationOut> calc_multi_agent_coordination_overhead(const Coordination& in);

// 1/(s + (1-s)/m + alpha m^2 + beta m); 0 where that is not positive. One agent pays to coordinate
// with itself here; speedup_exact charges alpha m (m-1) + beta (m-1) instead, so that one is 1.
struct AgentTeam {
  std::int64_t n_agents = 1;
  double serial_fraction = 0, alpha = 0, beta = 0;
};
struct AgentTeamOut {
  double speedup = 0, speedup_exact = 0;
};
Result<AgentTeamOut> calc_multiagent_speedup(const AgentTeam& in);

// The m of most speedup: root of 2 alpha m^3 + beta m^2 - (1-s) = 0, which the book seeks by
// halving [0.1, 1000], its upper end doubled until past the root, and gives up above 1e6. Infinite
// without coordination, 1 for s = 1. agents_exact is the best whole team of at least one
// under the exact charge: the floor or the ceiling of the root of 2 alpha m^3 + (beta - alpha) m^2
// - (1-s) = 0.
struct AgentCosts {
  double serial_fraction = 0, alpha = 0, beta = 0;
};
struct AgentOptimum {
  double optimal_agents = 1, agents_exact = 1;  // infinite: the more the better
};
Result<AgentOptimum> calc_multiagent_optimal_concurrency(const AgentCosts& in);

// 2 L h_k d b: keys and values of a token in every layer; b bytes a number.
struct CachePerToken {
  std::optional<Model> model{};
  std::optional<std::int64_t> n_layers{}, n_kv_heads{}, head_dim{};  // over the model's
  double bytes_per_element = 2;
};
Result<Single> calc_kv_cache_bytes_per_token(const CachePerToken& in);

// What memory an agent holds while its tool runs. dynamic = hbm - weights; m_kv as given or context
// x bytes a token; its share m_kv/dynamic, of all agents waiting at once likewise; the node costs
// wait x price a turn, tools times that a pipeline.
struct ToolWait {
  double node_hbm = 0, model_weights = 0;
  std::optional<double> context_tokens{}, kv_bytes_per_token{}, kv_memory{};
  double tool_wait = 0, usd_per_hour = 0;  // s; dollar/s
  std::int64_t n_gpus = 8, n_agents = 1, n_tools = 1;
};
struct ToolWaitOut {
  double dynamic_hbm = 0, dynamic_per_gpu = 0, kv_memory = 0, stranded_fraction = 0;
  double concurrent_kv = 0, concurrent_fraction = 0, cost_per_turn = 0, pipeline_cost = 0;
};
Result<ToolWaitOut> calc_tool_wait_stranded_tax(const ToolWait& in);

}  // namespace fleetsim::analytic
