#include "analytic/book/agents.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {
namespace {

double real(std::int64_t n) {
  return static_cast<double>(n);
}

Arguments& tail_index(Arguments& in, double alpha) {
  return in.need(alpha > 1 && std::isfinite(alpha), "alpha", alpha, "above 1: else no mean");
}

// Where a rising cubic a m^3 + b m^2 - c crosses zero in [low, infinity).
double cubic_root(double a, double b, double c, double low) {
  const auto f = [=](double m) { return (a * m + b) * m * m - c; };
  if (f(low) >= 0) return low;
  double high = 1000;
  while (f(high) <= 0 && high <= 1e6) high *= 2;
  if (f(high) <= 0) return high;
  for (int halving = 0; halving < 100; ++halving) {
    const double middle = low + (high - low) / 2;
    const double at = f(middle);
    if (std::abs(at) < 1e-12 || high - low < 1e-9) return middle;
    (at < 0 ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

double exact_overhead(double m, double serial, double alpha, double beta) {
  return serial + (1 - serial) / m + (alpha * m + beta) * (m - 1);
}

Arguments checked(std::string_view name, double serial, double alpha, double beta) {
  Arguments in(name);
  return in.fraction("serial_fraction", serial)
      .nonnegative("alpha", alpha)
      .nonnegative("beta", beta);
}

}  // namespace

Result<Single> calc_trajectory_step_time(const TrajectoryStep& in) {
  Arguments arguments("calc_trajectory_step_time");
  arguments.nonnegative("think_s", in.think_s)
      .nonnegative("tool_s", in.tool_s)
      .nonnegative("verify_s", in.verify_s);
  if (!arguments.fine()) return arguments.error();
  return Single{in.think_s + in.tool_s + in.verify_s};
}

Result<Single> calc_trajectory_reliability(const TrajectoryOdds& in) {
  Arguments arguments("calc_trajectory_reliability");
  arguments.fraction("step_reliability", in.step_reliability)
      .at_least_one("n_steps", in.n_steps)
      .fraction("recovery", in.recovery);
  if (!arguments.fine()) return arguments.error();
  const double step = in.step_reliability + (1 - in.step_reliability) * in.recovery;
  return Single{std::pow(step, real(in.n_steps))};
}

Result<Single> calc_pareto_scale(const ParetoMean& in) {
  Arguments arguments("calc_pareto_scale");
  tail_index(arguments.positive("mean", in.mean), in.alpha);
  if (!arguments.fine()) return arguments.error();
  return Single{in.mean * (in.alpha - 1) / in.alpha};
}

Result<Single> calc_pareto_survival(const ParetoPoint& in) {
  Arguments arguments("calc_pareto_survival");
  arguments.positive("x", in.x).positive("x_min", in.x_min).positive("alpha", in.alpha);
  if (!arguments.fine()) return arguments.error();
  return Single{in.x <= in.x_min ? 1 : std::pow(in.x_min / in.x, in.alpha)};
}

Result<Single> calc_pareto_conditional_survival(const ParetoPair& in) {
  Arguments arguments("calc_pareto_conditional_survival");
  arguments.positive("x", in.x)
      .positive("alpha", in.alpha)
      .need(in.y >= in.x && std::isfinite(in.y), "y", in.y, "x or more, and finite");
  if (!arguments.fine()) return arguments.error();
  return Single{std::pow(in.x / in.y, in.alpha)};
}

Result<Single> calc_pareto_mean_residual_life(const ParetoAge& in) {
  Arguments arguments("calc_pareto_mean_residual_life");
  tail_index(arguments.positive("x", in.x), in.alpha);
  if (!arguments.fine()) return arguments.error();
  return Single{in.x / (in.alpha - 1)};
}

Result<Single> calc_radix_cache_effective_latency(const RadixCache& in) {
  Arguments arguments("calc_radix_cache_effective_latency");
  arguments.at_least_one("prompt_tokens", in.prompt_tokens)
      .nonnegative("shared_tokens", real(in.shared_tokens))
      .positive("prefill_rate", in.prefill_rate)
      .positive("decode_rate", in.decode_rate)
      .nonnegative("output_tokens", real(in.output_tokens));
  if (!arguments.fine()) return arguments.error();
  const double computed = std::max(0.0, real(in.prompt_tokens) - real(in.shared_tokens));
  return Single{computed / in.prefill_rate + real(in.output_tokens) / in.decode_rate};
}

Result<Single> calc_test_time_compute_cost(const TestTimeCompute& in) {
  Arguments arguments("calc_test_time_compute_cost");
  arguments.nonnegative("cost_per_sample", in.cost_per_sample)
      .at_least_one("n_samples", in.n_samples)
      .nonnegative("verify_cost", in.verify_cost)
      .nonnegative("aggregate_cost", in.aggregate_cost);
  if (!arguments.fine()) return arguments.error();
  return Single{(in.cost_per_sample + in.verify_cost) * real(in.n_samples) + in.aggregate_cost};
}

Result<CoordinationOut> calc_multi_agent_coordination_overhead(const Coordination& in) {
  Arguments arguments("calc_multi_agent_coordination_overhead");
  arguments.at_least_one("n_agents", in.n_agents)
      .nonnegative("tokens_per_message", in.tokens_per_message)
      .nonnegative("price_per_token", in.price_per_token.value_or(0));
  if (!arguments.fine()) return arguments.error();
  const double n = real(in.n_agents);
  CoordinationOut out;
  out.coordinator_tokens = 2 * (n - 1) * in.tokens_per_message;
  out.pairwise_tokens = n * (n - 1) * in.tokens_per_message;
  if (in.price_per_token) {
    out.coordinator_cost = out.coordinator_tokens * *in.price_per_token;
    out.pairwise_cost = out.pairwise_tokens * *in.price_per_token;
  }
  return out;
}

Result<AgentTeamOut> calc_multiagent_speedup(const AgentTeam& in) {
  Arguments arguments = checked("calc_multiagent_speedup", in.serial_fraction, in.alpha, in.beta);
  arguments.at_least_one("n_agents", in.n_agents);
  if (!arguments.fine()) return arguments.error();
  const double m = real(in.n_agents);
  const double time =
      in.serial_fraction + (1 - in.serial_fraction) / m + (in.alpha * m + in.beta) * m;
  return AgentTeamOut{time > 0 ? 1 / time : 0,
                      1 / exact_overhead(m, in.serial_fraction, in.alpha, in.beta)};
}

Result<AgentOptimum> calc_multiagent_optimal_concurrency(const AgentCosts& in) {
  const Arguments arguments =
      checked("calc_multiagent_optimal_concurrency", in.serial_fraction, in.alpha, in.beta);
  if (!arguments.fine()) return arguments.error();
  const double parallel = 1 - in.serial_fraction;
  constexpr double without_bound = std::numeric_limits<double>::infinity();
  if (in.alpha + in.beta <= 0)  // with s = 1 any team is as good as one
    return AgentOptimum{without_bound, parallel > 0 ? without_bound : 1};
  AgentOptimum out;
  if (parallel > 0) out.optimal_agents = cubic_root(2 * in.alpha, in.beta, parallel, 0.1);
  const double m =
      std::max(1.0, std::floor(cubic_root(2 * in.alpha, in.beta - in.alpha, parallel, 1)));
  const auto time = [&](double team) {
    return exact_overhead(team, in.serial_fraction, in.alpha, in.beta);
  };
  out.agents_exact = time(m + 1) < time(m) ? m + 1 : m;
  return out;
}

Result<Single> calc_kv_cache_bytes_per_token(const CachePerToken& in) {
  const Model model = in.model.value_or(Model{});
  const auto heads = model.kv_heads ? model.kv_heads : model.heads;
  std::optional<std::int64_t> width = model.head_dim;
  if (!width && model.hidden_dim && model.heads.value_or(0) > 0)
    width = *model.hidden_dim / *model.heads;
  const std::int64_t layers = in.n_layers.value_or(model.layers.value_or(0));
  const std::int64_t kv_heads = in.n_kv_heads.value_or(heads.value_or(0));
  const std::int64_t head_dim = in.head_dim.value_or(width.value_or(0));
  Arguments arguments("calc_kv_cache_bytes_per_token");
  constexpr std::string_view rule = "given, at least 1, here or by the model";
  arguments.need(layers >= 1, "n_layers", real(layers), rule)
      .need(kv_heads >= 1, "n_kv_heads", real(kv_heads), rule)
      .need(head_dim >= 1, "head_dim", real(head_dim), rule)
      .positive("bytes_per_element", in.bytes_per_element);
  if (!arguments.fine()) return arguments.error();
  return Single{2 * real(layers) * real(kv_heads) * real(head_dim) * in.bytes_per_element};
}

Result<ToolWaitOut> calc_tool_wait_stranded_tax(const ToolWait& in) {
  Arguments arguments("calc_tool_wait_stranded_tax");
  arguments.positive("node_hbm", in.node_hbm)
      .positive("model_weights", in.model_weights)
      .need(in.model_weights < in.node_hbm, "model_weights", in.model_weights,
            "smaller than node_hbm")
      .positive("tool_wait", in.tool_wait)
      .positive("usd_per_hour", in.usd_per_hour)
      .at_least_one("n_gpus", in.n_gpus)
      .at_least_one("n_agents", in.n_agents)
      .at_least_one("n_tools", in.n_tools);
  const double kv =
      in.kv_memory.value_or(in.context_tokens.value_or(0) * in.kv_bytes_per_token.value_or(0));
  arguments.need(kv > 0 && std::isfinite(kv), "kv_memory", kv,
                 "above zero: give it, or context_tokens and kv_bytes_per_token");
  if (!arguments.fine()) return arguments.error();
  ToolWaitOut out;
  out.dynamic_hbm = in.node_hbm - in.model_weights;
  out.dynamic_per_gpu = out.dynamic_hbm / real(in.n_gpus);
  out.kv_memory = kv;
  out.stranded_fraction = kv / out.dynamic_hbm;
  out.concurrent_kv = real(in.n_agents) * kv;
  out.concurrent_fraction = out.concurrent_kv / out.dynamic_hbm;
  out.cost_per_turn = in.tool_wait * in.usd_per_hour;
  out.pipeline_cost = real(in.n_tools) * out.cost_per_turn;
  return out;
}

}  // namespace fleetsim::analytic
