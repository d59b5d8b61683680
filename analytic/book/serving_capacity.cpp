#include "analytic/book/serving_capacity.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "analytic/book/arguments.h"
#include "analytic/book/batching.h"
#include "analytic/book/constants.h"
#include "analytic/book/label.h"
#include "analytic/book/serving.h"
#include "analytic/book/tail_latency.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {

namespace {

double spread_of(double cv) {
  return (cv * cv + 1) / 2;
}

Result<ContinuousBatchingOut> batched(const ServingCapacityIn& in, std::int64_t longest) {
  return continuous_batching({.model = in.model,
                              .hardware = in.hardware,
                              .max_seq_len = longest,
                              .mean_request_tokens = in.mean_request_tokens,
                              .max_batch_size = in.max_batch_size,
                              .precision = in.precision,
                              .efficiency = in.efficiency});
}

void no_capacity(const ServingCapacityIn& in, bool fits, ServingCapacityOut& out) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  out.required_replicas = in.max_replicas;
  out.estimated_p99_latency = infinite;
  out.queue_wait_p99 = infinite;
  out.queue_wait_p99_slots = infinite;
  out.utilization = infinite;
  out.bottleneck = fits ? "Capacity" : "Memory";
  out.bottleneck_exact = out.bottleneck;
}

// The first count of replicas that meets the target, or max_replicas.
void search_replicas(const ServingCapacityIn& in, ServingCapacityOut& out) {
  const double mu = out.per_replica_qps_capacity;
  const double spread = spread_of(in.service_time_cv);
  const auto meets = [&](std::int64_t c) {
    const Waits waits = mmc_waits(in.qps, mu, c);
    return waits.rho < 1 && out.base_request_latency + waits.p99 * spread <= in.target_p99_latency;
  };
  std::int64_t low = 1, high = in.max_replicas;
  out.feasible = meets(high);
  while (out.feasible && low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (meets(middle))
      high = middle;
    else
      low = middle + 1;
  }
  const Waits waits = mmc_waits(in.qps, mu, high);
  const auto replicas = static_cast<double>(high);
  const std::int64_t slots = high * out.active_batch_size;
  out.required_replicas = high;
  out.queue_wait_p99 = waits.p99 * spread;
  out.queue_wait_p99_slots = mmc_waits(in.qps, 1 / out.base_request_latency, slots).p99 * spread;
  out.estimated_p99_latency = out.base_request_latency + out.queue_wait_p99;
  out.qps_capacity = replicas * mu;
  out.utilization = in.qps / out.qps_capacity;
  if (out.feasible) return;
  out.bottleneck = waits.rho < 1 ? "Tail Latency" : "Capacity";
  const bool hopeless = out.base_request_latency > in.target_p99_latency;
  out.bottleneck_exact = hopeless ? "Base Latency" : out.bottleneck;
}

}  // namespace

Result<ServingCapacityOut> serving_capacity(const ServingCapacityIn& in) {
  constexpr std::int64_t usual = 2048;
  const bool named = in.max_seq_len || in.seq_len;
  const Result<std::int64_t> longest =
      named ? longest_request("ServingCapacityModel", in.max_seq_len, in.seq_len)
            : Result<std::int64_t>(usual);
  if (!longest) return longest.error();
  Arguments arguments("ServingCapacityModel");
  arguments.positive("qps", in.qps)
      .positive("target_p99_latency_ms", 1e3 * in.target_p99_latency)
      .at_least_one("output_tokens", in.output_tokens)
      .at_least_one("max_replicas", in.max_replicas)
      .nonnegative("service_time_cv", in.service_time_cv);
  if (!arguments.fine()) return arguments.error();
  const Result<ContinuousBatchingOut> batching = batched(in, *longest);
  if (!batching) return batching.error();

  ServingCapacityOut out;
  out.qps_target = in.qps;
  out.target_p99_latency = in.target_p99_latency;
  out.active_batch_size = std::max<std::int64_t>(1, batching->max_active_requests);
  const Result<ServingOut> served = serving({.model = in.model,
                                             .hardware = in.hardware,
                                             .seq_len = *longest,
                                             .batch_size = out.active_batch_size,
                                             .precision = in.precision,
                                             .efficiency = in.efficiency,
                                             .mean_tokens = in.mean_request_tokens});
  if (!served) return served.error();
  const auto tokens = static_cast<double>(in.output_tokens);
  out.ttft = served->ttft;
  out.itl = served->itl;
  out.base_request_latency = out.ttft + out.itl * tokens;
  const bool fits = served->feasible && batching->feasible;
  const double each = batching->throughput / tokens;
  if (!fits || each <= 0) {
    no_capacity(in, fits, out);
    return out;
  }
  out.per_replica_qps_capacity = each;
  search_replicas(in, out);
  return out;
}

Result<BatchingOptimizerOut> batching_optimizer(const BatchingOptimizerIn& in) {
  Arguments arguments("BatchingOptimizer");
  arguments.at_least_one("seq_len", in.seq_len)
      .positive("sla_latency_ms", 1e3 * in.sla_latency)
      .positive("arrival_rate_qps", in.arrival_rate)
      .at_least_one("num_replicas", in.num_replicas)
      .at_least_one("max_search_batch", in.max_search_batch);
  if (!arguments.fine()) return arguments.error();
  const auto tokens = static_cast<double>(in.seq_len);
  const auto replicas = static_cast<double>(in.num_replicas);
  ServingIn at{.model = in.model,
               .hardware = in.hardware,
               .seq_len = in.seq_len,
               .precision = in.precision,
               .efficiency = in.efficiency};
  BatchingOptimizerOut out;
  out.total_searched = in.max_search_batch;
  for (std::int64_t b = 1; b <= in.max_search_batch; ++b) {
    at.batch_size = b;
    const Result<ServingOut> served = serving(at);
    if (!served) return served.error();
    if (!served->feasible) break;  // memory only grows with b
    const auto batch = static_cast<double>(b);
    const double service = served->ttft + served->itl * tokens;
    const Waits waits = mmc_waits(in.arrival_rate / batch, 1 / service, in.num_replicas);
    if (waits.rho >= 1 || waits.p99 + service > in.sla_latency) continue;
    out.feasible = true;
    out.best_batch_size = b;
    out.max_throughput = in.arrival_rate * tokens;
    out.p99_latency = waits.p99 + service;
    out.slo_headroom_ratio = waits.p99 / (calibration::tail_slo * service);
    out.throughput_capacity = replicas * batch * tokens / service;
    out.p99_with_batch_formation = out.p99_latency + (batch - 1) / in.arrival_rate;
  }
  return out;
}

namespace {

Fields best_config(const BatchingOptimizerOut& out) {
  if (!out.feasible) return {};
  return {{"max_batch_size", out.best_batch_size}};
}

std::vector<std::string> capacity_remarks(const ServingCapacityIn& in,
                                          const ServingCapacityOut& out) {
  if (out.feasible) return {};
  if (out.bottleneck_exact == "Base Latency")
    return {
        fmt::format("a request alone takes {:.4g} ms, above the target of {:.4g} ms: no "
                    "number of replicas helps",
                    1e3 * out.base_request_latency, 1e3 * in.target_p99_latency)};
  if (out.bottleneck == "Memory") return {"not one request fits the memory beside the weights"};
  return {fmt::format("{} replicas are not enough", in.max_replicas)};
}

std::vector<std::string> optimizer_remarks(const BatchingOptimizerIn& in,
                                           const BatchingOptimizerOut& out) {
  if (out.feasible) return {};
  return {
      fmt::format("no batch up to {} is stable, fits and meets the latency", in.max_search_batch)};
}

std::vector<InputSpec> capacity_inputs() {
  using In = ServingCapacityIn;
  return {
      input<&In::model>("model", "", "a transformer", required),
      input<&In::hardware>("hardware", "", "the device of a replica", required),
      input<&In::qps>("qps", "1/s", "requests a second", required),
      input<&In::target_p99_latency>("target_p99_latency_ms", "ms", "of a whole request", required),
      input<&In::max_seq_len>("max_seq_len", "1", "tokens of the longest request; else 2048"),
      input<&In::seq_len>("seq_len", "1", "the older name of max_seq_len"),
      input<&In::mean_request_tokens>("mean_request_tokens", "1", "on average; else max_seq_len"),
      input<&In::output_tokens>("output_tokens", "1", "of an answer"),
      input<&In::max_batch_size>("max_batch_size", "1", "requests that a replica admits"),
      input<&In::precision>("precision", "", "of weights, keys and values"),
      input<&In::efficiency>("efficiency", "1", "share of the peak rate that prefill reaches"),
      input<&In::max_replicas>("max_replicas", "1", "where the search ends"),
      input<&In::service_time_cv>("service_time_cv", "1", "of the services"),
  };
}

std::vector<OutputSpec> capacity_outputs() {
  using Out = ServingCapacityOut;
  return {
      output<&Out::feasible>("feasible", "", "whether max_replicas are enough"),
      output<&Out::required_replicas>("required_replicas", "1", "the fewest that meet the target"),
      output<&Out::qps_target>("qps_target", "1/s", "as asked"),
      output<&Out::qps_capacity>("qps_capacity", "1/s", "of all replicas"),
      output<&Out::per_replica_qps_capacity>("per_replica_qps_capacity", "1/s", "of one"),
      output<&Out::utilization>("utilization", "1", "target over capacity"),
      output<&Out::target_p99_latency>("target_p99_latency", "ms", "as asked"),
      output<&Out::estimated_p99_latency>("estimated_p99_latency", "ms", "base and wait"),
      output<&Out::base_request_latency>("base_request_latency", "ms", "without waiting"),
      output<&Out::queue_wait_p99>("queue_wait_p99", "ms", "waiting"),
      output<&Out::active_batch_size>("active_batch_size", "1", "requests at once in a replica"),
      output<&Out::ttft>("ttft", "ms", "time to first token"),
      output<&Out::itl>("itl", "ms", "time between tokens"),
      label<&Out::bottleneck>("bottleneck", "Feasible, Tail Latency, Capacity or Memory"),
      label<&Out::bottleneck_exact>("bottleneck_exact", "beside the book's: Base Latency too"),
      output<&Out::queue_wait_p99_slots>("queue_wait_p99_slots", "ms",
                                         "beside the book's: each slot of a batch is a server"),
  };
}

Solver capacity_row() {
  return {.name = "ServingCapacityModel",
          .short_name = "serving_capacity",
          .kind = Solver::Kind::model,
          .title = "Replicas for a load of requests within a latency",
          .walls = {4, 5, 7},
          .equations = {"q = throughput / output_tokens; base = ttft + itl output_tokens",
                        "p99(c) = base + w_99 of M/M/c with service 1/q <= target"},
          .assumptions = {"Poisson arrivals to one queue before all replicas",
                          "a replica serves one request after the other in 1/q, though it works on "
                          "a batch; queue_wait_p99_slots makes each slot a server",
                          "a base latency above the target is called Tail Latency; "
                          "bottleneck_exact calls it Base Latency",
                          "ttft is that of a whole batch that arrives at once"},
          .inputs = capacity_inputs(),
          .outputs = capacity_outputs(),
          .run = run_with_remarks<ServingCapacityIn, ServingCapacityOut, serving_capacity,
                                  capacity_remarks>};
}

Solver optimizer_row() {
  using In = BatchingOptimizerIn;
  using Out = BatchingOptimizerOut;
  return {
      .name = "BatchingOptimizer",
      .short_name = "batching",
      .kind = Solver::Kind::optimizer,
      .title = "The largest batch whose requests meet a latency",
      .walls = {},
      .equations = {"max b: memory fits, lambda/b < c / service(b), w_99 + service(b) <= sla"},
      .assumptions = {"one seq_len for prompt and answer",
                      "batches arrive as a Poisson process, without waiting to fill; "
                      "p99_with_batch_formation adds that",
                      "max_throughput is the load that is offered; throughput_capacity is what "
                      "could be served"},
      .inputs = {input<&In::model>("model", "", "a transformer", required),
                 input<&In::hardware>("hardware", "", "the device of a replica", required),
                 input<&In::seq_len>("seq_len", "1", "tokens of prompt and answer", required),
                 input<&In::sla_latency>("sla_latency_ms", "ms", "p99 of a request", required),
                 input<&In::arrival_rate>("arrival_rate_qps", "1/s", "requests", required),
                 input<&In::num_replicas>("num_replicas", "1", "servers"),
                 input<&In::precision>("precision", "", "of weights, keys and values"),
                 input<&In::efficiency>("efficiency", "1", "share of the peak in prefill"),
                 input<&In::max_search_batch>("max_search_batch", "1", "where the search ends")},
      .outputs = {output<&Out::feasible>("is_feasible", "", "whether some batch will do"),
                  output<&Out::best_batch_size>("best_batch_size", "1", "0 when none"),
                  object<Out, best_config>("best_config", "1", "the same as an object"),
                  output<&Out::max_throughput>("max_throughput", "token/s", "lambda seq_len"),
                  output<&Out::max_throughput>("objective_value", "token/s", "the same"),
                  output<&Out::p99_latency>("p99_latency", "ms", "at that batch"),
                  output<&Out::slo_headroom_ratio>("slo_headroom_ratio", "1", "above 1: violated"),
                  output<&Out::total_searched>("total_searched", "1", "batches in the range"),
                  output<&Out::throughput_capacity>("throughput_capacity", "token/s",
                                                    "beside the book's: all replicas busy"),
                  output<&Out::p99_with_batch_formation>(
                      "p99_with_batch_formation", "ms",
                      "beside the book's: with the mean wait for the batch to fill")},
      .run = run_with_remarks<In, Out, batching_optimizer, optimizer_remarks>};
}

}  // namespace

std::vector<Solver> serving_capacity_rows() {
  return {capacity_row(), optimizer_row()};
}

}  // namespace fleetsim::analytic
