#include "analytic/book/agents.h"
#include "analytic/book/formula.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

std::vector<Solver> trajectory_rows() {
  using S = TrajectoryStep;
  using O = TrajectoryOdds;
  using R = RadixCache;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_trajectory_step_time>(
      "calc_trajectory_step_time", "time of a step of an agent", "t = think + tool + verify",
      {input<&S::think_s>("think_s", "s", "the model's", required),
       input<&S::tool_s>("tool_s", "s", "the tool's", required),
       input<&S::verify_s>("verify_s", "s", "the check's")},
      single("step_time", "s", "of one step")));
  rows.push_back(formula<calc_trajectory_reliability>(
      "calc_trajectory_reliability", "chance that all steps succeed", "(p + (1-p) r)^n",
      {input<&O::step_reliability>("step_reliability", "1", "p, of a step", required),
       input<&O::n_steps>("n_steps", "1", "n", required),
       input<&O::recovery>("recovery", "1", "r, that a failed step is mended")},
      single("reliability", "1", "of the trajectory")));
  rows.push_back(formula<calc_radix_cache_effective_latency>(
      "calc_radix_cache_effective_latency", "latency with a shared prefix in cache",
      "max(0, prompt - shared)/prefill + out/decode",
      {input<&R::prompt_tokens>("prompt_tokens", "1", "of the prompt", required),
       input<&R::shared_tokens>("shared_tokens", "1", "of those in cache", required),
       input<&R::prefill_rate>("prefill_rate", "1/s", "prompt tokens a second", required),
       input<&R::decode_rate>("decode_rate", "1/s", "output tokens a second", required),
       input<&R::output_tokens>("output_tokens", "1", "to be made")},
      single("latency", "s", "of the request")));
  return rows;
}

std::vector<Solver> pareto_rows() {
  std::vector<Solver> rows;
  rows.push_back(formula<calc_pareto_scale>(
      "calc_pareto_scale", "least value of a Pareto law by its mean", "x_min = mean (a-1)/a",
      {input<&ParetoMean::mean>("mean", "1", "of the law", required),
       input<&ParetoMean::alpha>("alpha", "1", "tail index a > 1", required)},
      single("x_min", "1", "least value")));
  rows.push_back(formula<calc_pareto_survival>(
      "calc_pareto_survival", "chance that a Pareto value exceeds x", "(x_min/x)^a",
      {input<&ParetoPoint::x>("x", "1", "the value", required),
       input<&ParetoPoint::x_min>("x_min", "1", "least value", required),
       input<&ParetoPoint::alpha>("alpha", "1", "tail index", required)},
      single("survival", "1", "P(X > x)")));
  rows.push_back(formula<calc_pareto_conditional_survival>(
      "calc_pareto_conditional_survival", "chance to exceed y, having exceeded x", "(x/y)^a",
      {input<&ParetoPair::x>("x", "1", "reached", required),
       input<&ParetoPair::y>("y", "1", "to be reached, x or more", required),
       input<&ParetoPair::alpha>("alpha", "1", "tail index", required)},
      single("survival", "1", "P(X > y | X > x)")));
  rows.push_back(formula<calc_pareto_mean_residual_life>(
      "calc_pareto_mean_residual_life", "how much longer, having lasted x", "x/(a-1)",
      {input<&ParetoAge::x>("x", "1", "reached", required),
       input<&ParetoAge::alpha>("alpha", "1", "tail index a > 1", required)},
      single("residual", "1", "E[X - x | X > x], in the unit of x")));
  return rows;
}

std::vector<Solver> team_rows() {
  using T = TestTimeCompute;
  using C = Coordination;
  using O = CoordinationOut;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_test_time_compute_cost>(
      "calc_test_time_compute_cost", "cost of several samples, checked and put together",
      "c n + verify n + aggregate",
      {input<&T::cost_per_sample>("cost_per_sample", "1", "c, in any currency", required),
       input<&T::n_samples>("n_samples", "1", "n", required),
       input<&T::verify_cost>("verify_cost", "1", "of each sample"),
       input<&T::aggregate_cost>("aggregate_cost", "1", "once")},
      single("cost", "1", "of the answer, in the same currency")));
  rows.push_back(formula<calc_multi_agent_coordination_overhead>(
      "calc_multi_agent_coordination_overhead", "tokens that agents exchange",
      "2 (n-1) t by a coordinator, n (n-1) t pairwise",
      {input<&C::n_agents>("n_agents", "1", "n", required),
       input<&C::tokens_per_message>("tokens_per_message", "1", "t", required),
       input<&C::price_per_token>("price_per_token", "$", "of one token")},
      {output<&O::coordinator_tokens>("coordinator_tokens", "1", "through one coordinator"),
       output<&O::pairwise_tokens>("pairwise_tokens", "1", "everyone with everyone"),
       output<&O::coordinator_cost>("coordinator_cost", "$", "of those"),
       output<&O::pairwise_cost>("pairwise_cost", "$", "of those")}));
  return rows;
}

std::vector<Solver> speedup_rows() {
  using A = AgentTeam;
  using C = AgentCosts;
  std::vector<Solver> rows;
  rows.push_back(formula<calc_multiagent_speedup>(
      "calc_multiagent_speedup", "speed-up of a team of agents",
      "1/(s + (1-s)/m + alpha m^2 + beta m)",
      {input<&A::n_agents>("n_agents", "1", "m", required),
       input<&A::serial_fraction>("serial_fraction", "1", "s", required),
       input<&A::alpha>("alpha", "1", "coordination by the square"),
       input<&A::beta>("beta", "1", "coordination by the agent")},
      {output<&AgentTeamOut::speedup>("speedup", "1", "below 1 even for one agent"),
       output<&AgentTeamOut::speedup_exact>("speedup_exact", "1",
                                            "alpha m (m-1) + beta (m-1): one agent is 1")}));
  rows.push_back(formula<calc_multiagent_optimal_concurrency>(
      "calc_multiagent_optimal_concurrency", "the team of most speed-up",
      "2 alpha m^3 + beta m^2 = 1 - s",
      {input<&C::serial_fraction>("serial_fraction", "1", "s", required),
       input<&C::alpha>("alpha", "1", "coordination by the square", required),
       input<&C::beta>("beta", "1", "coordination by the agent")},
      {output<&AgentOptimum::optimal_agents>("optimal_agents", "1",
                                             "may be below one; infinite: without bound"),
       output<&AgentOptimum::agents_exact>(
           "agents_exact", "1",
           "whole, at least one, for speedup_exact; infinite: without bound")}));
  return rows;
}

Solver cache_row() {
  using C = CachePerToken;
  return formula<calc_kv_cache_bytes_per_token>(
      "calc_kv_cache_bytes_per_token", "keys and values of a token in every layer", "2 L h_k d b",
      {input<&C::model>("model", "", "whose geometry it is"),
       input<&C::n_layers>("n_layers", "1", "L, over the model's"),
       input<&C::n_kv_heads>("n_kv_heads", "1", "h_k, over the model's"),
       input<&C::head_dim>("head_dim", "1", "d, over the model's"),
       input<&C::bytes_per_element>("bytes_per_element", "B", "b")},
      single("bytes", "B", "a token"));
}

Solver wait_row() {
  using W = ToolWait;
  using O = ToolWaitOut;
  return formula<calc_tool_wait_stranded_tax>(
      "calc_tool_wait_stranded_tax", "memory and money held while a tool runs",
      "m_kv/(HBM - weights); wait x price",
      {input<&W::node_hbm>("node_hbm", "GB", "of the node", required),
       input<&W::model_weights>("model_weights", "GB", "of that", required),
       input<&W::context_tokens>("context_tokens", "1", "of an agent"),
       input<&W::kv_bytes_per_token>("kv_bytes_per_token", "B", "see kv_cache_bytes_per_token"),
       input<&W::kv_memory>("kv_memory", "GB", "instead of the two"),
       input<&W::tool_wait>("tool_wait", "s", "of a call", required),
       input<&W::usd_per_hour>("usd_per_hour", "$/h", "of the node", required),
       input<&W::n_gpus>("n_gpus", "1", "of the node"),
       input<&W::n_agents>("n_agents", "1", "waiting at once"),
       input<&W::n_tools>("n_tools", "1", "calls of a pipeline")},
      {output<&O::dynamic_hbm>("dynamic_hbm", "GB", "beside the weights"),
       output<&O::dynamic_per_gpu>("dynamic_per_gpu", "GB", "of that"),
       output<&O::kv_memory>("kv_memory", "GB", "of one agent"),
       output<&O::stranded_fraction>("stranded_fraction", "1", "of the dynamic memory, by one"),
       output<&O::concurrent_kv>("concurrent_kv", "GB", "of all that wait"),
       output<&O::concurrent_fraction>("concurrent_fraction", "1", "by all; may exceed 1"),
       output<&O::cost_per_turn>("cost_per_turn", "$", "of the node while the tool runs"),
       output<&O::pipeline_cost>("pipeline_cost", "$", "for all tools")});
}

}  // namespace

std::vector<Solver> agents_rows() {
  std::vector<Solver> all;
  for (const auto part : {trajectory_rows, pareto_rows, team_rows, speedup_rows})
    for (Solver& row : part()) all.push_back(std::move(row));
  all.push_back(cache_row());
  all.push_back(wait_row());
  return all;
}

}  // namespace fleetsim::analytic
