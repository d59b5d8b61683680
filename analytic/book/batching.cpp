#include "analytic/book/batching.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytic/book/constants.h"
#include "analytic/book/label.h"
#include "analytic/book/paging.h"
#include "analytic/book/workload.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {

Result<std::int64_t> longest_request(std::string_view solver,
                                     const std::optional<std::int64_t>& max_seq_len,
                                     const std::optional<std::int64_t>& seq_len) {
  if (!max_seq_len && !seq_len)
    return Error{fmt::format("{} needs max_seq_len: tokens of the longest request", solver)};
  if (max_seq_len && seq_len && *max_seq_len != *seq_len)
    return Error{fmt::format("{}: seq_len is the older name of max_seq_len; {} and {} differ",
                             solver, *seq_len, *max_seq_len)};
  return max_seq_len ? *max_seq_len : *seq_len;
}

namespace {

// How many requests of `each` bytes fit, at most `most`.
std::int64_t fitting(double free, double each, std::int64_t most) {
  constexpr double rounding = 1 + 1e-12;
  const double count = std::floor(free / each * rounding);
  return count >= static_cast<double>(most) ? most : static_cast<std::int64_t>(count);
}

// Prefill of a batch, as ServingModel has it.
double prefill_ops(const Model& model, double parameters, double tokens, double batch) {
  const auto width = static_cast<double>(layers_of(model) * heads_of(model) * head_dim_of(model));
  return (2 * parameters + 4 * width * tokens) * tokens * batch;
}

}  // namespace

Result<ContinuousBatchingOut> continuous_batching(const ContinuousBatchingIn& in) {
  const Result<std::int64_t> longest =
      longest_request("ContinuousBatchingModel", in.max_seq_len, in.seq_len);
  if (!longest) return longest.error();
  const auto most = static_cast<double>(*longest);
  const double mean = in.mean_request_tokens.value_or(most);
  Arguments arguments("ContinuousBatchingModel");
  arguments.at_least_one("max_seq_len", *longest)
      .need(mean >= 1 && mean <= most, "mean_request_tokens", mean,
            "at least 1 and at most max_seq_len")
      .at_least_one("max_batch_size", in.max_batch_size)
      .at_least_one("page_size", in.page_size)
      .efficiency(in.efficiency);
  admit_attention(arguments, in.model);
  admit_device(arguments, in.hardware, in.precision);
  if (!arguments.fine()) return arguments.error();
  const Result<double> parameters = parameters_of(in.model);
  if (!parameters) return parameters.error();

  const double bpp = bytes_of(in.precision);
  const double weights = *parameters * bpp;
  const double free = in.hardware.memory_capacity - weights;
  const double rate = in.hardware.flops_at(in.precision) * in.efficiency;
  const double tax = static_cast<double>(layers_of(in.model)) * calibration::layer_tax;
  const auto full = static_cast<double>(in.max_batch_size);
  ContinuousBatchingOut out;
  out.mean_request_tokens = mean;
  out.ttft_full_batch =
      prefill_ops(in.model, *parameters, most, full) / rate + in.hardware.dispatch_tax;
  if (free <= 0) {
    constexpr double never = 1000;  // s
    out.feasible = false;
    out.itl = never;
    out.itl_exact = never;
    return out;
  }
  const double k = grouped_kv_bytes_per_token(in.model, bpp);
  const PagedTokens paged = paged_tokens(mean, most, static_cast<double>(in.page_size));
  const auto step = [&](double n) {
    return (weights + n * k * mean) / in.hardware.memory_bandwidth;
  };
  out.max_active_requests = fitting(free, k * paged.allocated, in.max_batch_size);
  out.static_max_active_requests = fitting(free, k * most, in.max_batch_size);
  const auto active = static_cast<double>(out.max_active_requests);
  const auto still = static_cast<double>(out.static_max_active_requests);
  out.feasible = out.max_active_requests > 0;
  out.throughput = active / step(active);
  out.static_throughput = still / step(still);
  out.paged_fragmentation = paged.fragmentation;
  out.static_fragmentation = 1 - mean / most;
  out.paged_kv_cache_size = active * k * paged.allocated;
  out.static_kv_cache_size = still * k * most;
  out.itl = step(active);
  out.itl_exact = out.itl + tax;
  out.ttft = prefill_ops(in.model, *parameters, mean, std::max(1.0, active)) / rate +
             in.hardware.dispatch_tax;
  if (out.throughput > 0)
    out.speedup_vs_static = out.static_throughput > 0 ? out.throughput / out.static_throughput
                                                      : std::numeric_limits<double>::infinity();
  const double latent = kv_bytes_per_token(in.model, bpp);
  if (latent != k)
    out.max_active_requests_exact = fitting(free, latent * paged.allocated, in.max_batch_size);
  return out;
}

namespace {

std::vector<std::string> remarks(const ContinuousBatchingIn& in, const ContinuousBatchingOut& out) {
  if (out.feasible && out.static_max_active_requests == 0)
    return {"not one static slot of max_seq_len fits: the speed-up has no bound"};
  if (out.feasible) return {};
  return {fmt::format("no request fits beside the weights in {:.4g} GB",
                      in.hardware.memory_capacity / 1e9)};
}

std::vector<InputSpec> batching_inputs() {
  using In = ContinuousBatchingIn;
  return {
      input<&In::model>("model", "", "a transformer", required),
      input<&In::hardware>("hardware", "", "the device", required),
      input<&In::max_seq_len>("max_seq_len", "1", "tokens of the longest request; needed"),
      input<&In::seq_len>("seq_len", "1", "the older name of max_seq_len"),
      input<&In::mean_request_tokens>("mean_request_tokens", "1",
                                      "tokens of a request on average; else max_seq_len"),
      input<&In::max_batch_size>("max_batch_size", "1", "requests that the scheduler admits"),
      input<&In::page_size>("page_size", "1", "tokens a page"),
      input<&In::precision>("precision", "", "of weights, keys and values"),
      input<&In::efficiency>("efficiency", "1", "share of the peak rate that prefill reaches"),
  };
}

std::vector<OutputSpec> batching_outputs() {
  using Out = ContinuousBatchingOut;
  return {
      output<&Out::feasible>("feasible", "", "whether one request fits"),
      output<&Out::throughput>("throughput_tokens_per_sec", "token/s", "tokens, paged"),
      output<&Out::max_active_requests>("max_active_requests", "1", "at once, paged"),
      output<&Out::static_throughput>("static_throughput_tokens_per_sec", "token/s",
                                      "tokens, static slots"),
      output<&Out::static_max_active_requests>("static_max_active_requests", "1",
                                               "at once, static slots"),
      output<&Out::mean_request_tokens>("mean_request_tokens", "1", "of a request"),
      output<&Out::paged_fragmentation>("paged_internal_fragmentation", "1", "of the pages unused"),
      output<&Out::paged_fragmentation>("memory_fragmentation_pct", "1",
                                        "the same by its older name: a fraction all the same"),
      output<&Out::static_fragmentation>("static_internal_fragmentation", "1",
                                         "of the slots unused"),
      output<&Out::paged_kv_cache_size>("paged_kv_cache_size", "GB", "pages held"),
      output<&Out::static_kv_cache_size>("static_kv_cache_size", "GB", "slots held"),
      output<&Out::ttft>("ttft", "ms", "prefill of all active requests"),
      output<&Out::itl>("itl", "ms", "one decode step"),
      output<&Out::speedup_vs_static>("speedup_vs_static", "1", "in throughput"),
      output<&Out::ttft_full_batch>("ttft_full_batch", "ms",
                                    "as older versions: max_batch_size of max_seq_len"),
      output<&Out::itl_exact>("itl_exact", "ms", "beside the book's: with the layers' launches"),
      output<&Out::max_active_requests_exact>("max_active_requests_exact", "1",
                                              "beside the book's: latent attention as it is"),
  };
}

}  // namespace

std::vector<Solver> batching_rows() {
  return {
      {.name = "ContinuousBatchingModel",
       .short_name = "continuous_batching",
       .kind = Solver::Kind::model,
       .title = "Requests at once and throughput, with paged memory and with static slots",
       .walls = {5},
       .equations = {"n_paged = floor(free / (k E[pages] page)); n_static = floor(free / (k M))",
                     "throughput = n BW / (W + n k m)"},
       .assumptions =
           {"request lengths are exponential, cut off at max_seq_len, with the mean given",
            "a step reads the tokens that are there, not the pages",
            "itl lacks the launches of layers that ServingModel adds; itl_exact has them",
            "latent attention is counted as if it kept all heads; "
            "max_active_requests_exact has it right"},
       .inputs = batching_inputs(),
       .outputs = batching_outputs(),
       .run = run_with_remarks<ContinuousBatchingIn, ContinuousBatchingOut, continuous_batching,
                               remarks>}};
}

}  // namespace fleetsim::analytic
