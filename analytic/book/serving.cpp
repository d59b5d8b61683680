#include "analytic/book/serving.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytic/book/constants.h"
#include "analytic/book/label.h"
#include "analytic/book/workload.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {

double tokens_per_round(double a) {
  const double a2 = a * a;
  return 1 + a * (1 + a + a2 + a2 * a);
}

namespace {

Arguments admitted(const ServingIn& in) {
  Arguments arguments("ServingModel");
  arguments.at_least_one("seq_len", in.tokens())
      .at_least_one("batch_size", in.batch_size)
      .need(in.efficiency > 0 && in.efficiency <= 1, "efficiency", in.efficiency,
            "above 0 and at most 1")
      .positive("network_bandwidth", in.network_bandwidth)
      .fraction("draft_acceptance_rate", in.draft_acceptance_rate);
  const auto cached = static_cast<double>(in.cached_prefix_len);
  arguments.need(cached >= 0 && cached < in.tokens(), "cached_prefix_len", cached,
                 "at least 0 and below seq_len");
  if (in.prefill_chunk_tokens)
    arguments.at_least_one("prefill_chunk_tokens", *in.prefill_chunk_tokens);
  admit_attention(arguments, in.model);
  admit_device(arguments, in.hardware, in.precision);
  if (in.decode_hardware) admit_device(arguments, *in.decode_hardware, in.precision);
  if (in.draft_model) admit_attention(arguments, *in.draft_model);
  return arguments;
}

// What a model is to a decode step, worked out once.
struct Shape {
  double parameters = 0, active = 0, layers = 1;
  double attention = 0;  // 4 L h d: flop a pair of tokens
  double weights = 0, kv = 0;
};

Result<Shape> shape_of(const Model& model, const ServingIn& in) {
  const Result<double> parameters = parameters_of(model);
  if (!parameters) return parameters.error();
  const double bpp = bytes_of(in.precision);
  const double active = model.active_parameters.value_or(0);
  Shape shape{.parameters = *parameters,
              .active = model.family == Family::moe && active > 0 ? active : *parameters,
              .layers = static_cast<double>(layers_of(model))};
  const std::int64_t width = heads_of(model) * head_dim_of(model);
  shape.attention = 4 * shape.layers * static_cast<double>(width);
  shape.weights = *parameters * bpp;
  shape.kv = kv_cache_bytes(model, in.tokens(), static_cast<double>(in.batch_size), bpp);
  return shape;
}

// A straight line over i = 0, 1, 2, ...
struct Line {
  double at = 0, step = 0;
  double sum(double from, double to) const {  // over from <= i < to
    return at * (to - from) + step * (to * (to - 1) - from * (from - 1)) / 2;
  }
};

// The sum of the larger of two over i < n; they change places at most once.
double sum_of_larger(Line x, Line y, double n) {
  if (x.at < y.at || (x.at == y.at && x.step < y.step)) std::swap(x, y);
  if (y.step <= x.step) return x.sum(0, n);
  const double meet = std::clamp(std::ceil((x.at - y.at) / (y.step - x.step)), 0.0, n);
  return x.sum(0, meet) + y.sum(meet, n);
}

// Chunk by chunk; none is faster than the weights, and what is known already, can be read.
double exact_prefill(const ServingIn& in, const Shape& shape, double fresh) {
  const auto batch = static_cast<double>(in.batch_size);
  const auto cached = static_cast<double>(in.cached_prefix_len);
  const double rate = in.hardware.flops_at(in.precision) * in.efficiency;
  const double key = shape.kv / in.tokens() / in.hardware.memory_bandwidth;
  const double weights = shape.weights / in.hardware.memory_bandwidth;
  const auto arithmetic = [&](double n, double known) {
    return (2 * shape.active * n + shape.attention * (n * known + n * (n + 1) / 2)) * batch / rate;
  };
  const double n = in.prefill_chunk_tokens
                       ? std::min(fresh, static_cast<double>(*in.prefill_chunk_tokens))
                       : fresh;
  const double whole = std::floor(fresh / n), rest = fresh - whole * n;
  const Line compute{arithmetic(n, cached), shape.attention * n * n * batch / rate};
  const Line read{weights + key * cached, key * n};
  const double known = cached + whole * n;
  return sum_of_larger(compute, read, whole) +
         (rest > 0 ? std::max(arithmetic(rest, known), weights + key * known) : 0);
}

void prefill(const ServingIn& in, const Shape& shape, ServingOut& out) {
  const auto batch = static_cast<double>(in.batch_size);
  const auto cached = static_cast<double>(in.cached_prefix_len);
  const double fresh = std::max(1.0, in.tokens() - cached);
  const double rate = in.hardware.flops_at(in.precision) * in.efficiency;
  const double tax = in.hardware.dispatch_tax;
  const double token_ops = (2 * shape.parameters + shape.attention * in.tokens()) * batch;
  if (in.prefill_chunk_tokens) {
    const auto chunk = static_cast<double>(*in.prefill_chunk_tokens);
    out.prefill_chunks = std::max<std::int64_t>(1, std::llround(std::ceil(fresh / chunk)));
    out.prefill_chunk_time = token_ops * std::min(chunk, fresh) / rate + tax;
    out.decode_stall_bound = out.prefill_chunk_time;
  }
  const double transfer = in.decode_hardware ? shape.kv / in.network_bandwidth : 0;
  const double fixed = static_cast<double>(out.prefill_chunks) * tax + transfer;
  out.ttft = token_ops * fresh / rate + fixed;
  out.ttft_exact = exact_prefill(in, shape, fresh) + fixed;
  out.prompt_cache_hit_ratio = cached / in.tokens();
}

void decode(const ServingIn& in, const Device& device, const Shape& shape, const Shape* draft,
            ServingOut& out) {
  const double read = (shape.weights + shape.kv) / device.memory_bandwidth;
  const double tax = shape.layers * calibration::layer_tax;
  const double token_ops =
      (2 * shape.active + shape.attention * in.tokens()) * static_cast<double>(in.batch_size);
  const double compute = token_ops / (device.flops_at(in.precision) * in.efficiency);
  out.itl = read + tax;
  out.itl_exact = std::max(read, compute) + tax;
  if (draft == nullptr) return;
  const double k = calibration::draft_tokens;
  const double tokens = tokens_per_round(in.draft_acceptance_rate);
  const double draft_read = (draft->weights + draft->kv) / device.memory_bandwidth;
  const double draft_tax = draft->layers * calibration::layer_tax;
  out.itl = (k * draft_read + out.itl) / tokens;
  out.itl_exact = (k * (draft_read + draft_tax) + std::max(read, (k + 1) * compute) + tax) / tokens;
}

}  // namespace

Result<ServingOut> serving(const ServingIn& in) {
  const Arguments arguments = admitted(in);
  if (!arguments.fine()) return arguments.error();
  const Result<Shape> shape = shape_of(in.model, in);
  if (!shape) return shape.error();
  const Device& device = in.decode_hardware ? *in.decode_hardware : in.hardware;

  ServingOut out;
  prefill(in, *shape, out);
  out.kv_cache_size = shape->kv;
  out.model_weights_size = shape->weights;
  out.total_memory_required = shape->weights + shape->kv;
  out.total_memory_exact = out.total_memory_required;
  if (in.draft_model) {
    const Result<Shape> draft = shape_of(*in.draft_model, in);
    if (!draft) return draft.error();
    decode(in, device, *shape, &*draft, out);
    out.total_memory_required += draft->weights;
    out.total_memory_exact += draft->weights + draft->kv;
  } else {
    decode(in, device, *shape, nullptr, out);
  }
  out.memory_utilization = out.total_memory_required / device.memory_capacity;
  out.feasible = out.total_memory_required <= device.memory_capacity;
  const bool prefill_fits = shape->weights + shape->kv <= in.hardware.memory_capacity;
  out.feasible_exact = prefill_fits && out.total_memory_exact <= device.memory_capacity;
  return out;
}

namespace {

std::vector<std::string> remarks(const ServingIn& in, const ServingOut& out) {
  const Device& device = in.decode_hardware ? *in.decode_hardware : in.hardware;
  if (!out.feasible)
    return {
        fmt::format("does not fit: {:.4g} GB are required and {:.4g} GB available; the times "
                    "are as if it did",
                    out.total_memory_required / 1e9, device.memory_capacity / 1e9)};
  if (!out.feasible_exact)
    return {
        "fits by the book's count only: the draft's keys and values or the prefill device's "
        "memory do not"};
  return {};
}

std::vector<InputSpec> serving_inputs() {
  using In = ServingIn;
  return {
      input<&In::model>("model", "", "a transformer", required),
      input<&In::hardware>("hardware", "", "the device; of prefill, if decode has its own",
                           required),
      input<&In::seq_len>("seq_len", "1", "tokens of a prompt", required),
      input<&In::batch_size>("batch_size", "1", "requests at once"),
      input<&In::precision>("precision", "", "of weights, keys and values"),
      input<&In::efficiency>("efficiency", "1", "share of the peak rate that prefill reaches"),
      input<&In::decode_hardware>("decode_hardware", "", "another device for decode"),
      input<&In::network_bandwidth>("network_bandwidth", "GB/s", "between the two devices"),
      input<&In::draft_model>("draft_model", "", "speculates 4 tokens a round"),
      input<&In::draft_acceptance_rate>("draft_acceptance_rate", "1",
                                        "probability that a draft token is accepted"),
      input<&In::cached_prefix_len>("cached_prefix_len", "1",
                                    "tokens of the prompt that are in the cache"),
      input<&In::prefill_chunk_tokens>("prefill_chunk_tokens", "1", "prefill in chunks of"),
  };
}

std::vector<OutputSpec> serving_outputs() {
  using Out = ServingOut;
  return {
      output<&Out::feasible>("feasible", "", "whether the decode device holds it"),
      output<&Out::ttft>("ttft", "ms", "time to first token"),
      output<&Out::itl>("itl", "ms", "time between tokens"),
      output<&Out::kv_cache_size>("kv_cache_size", "GB", "keys and values"),
      output<&Out::model_weights_size>("model_weights_size", "GB", "weights"),
      output<&Out::total_memory_required>("total_memory_required", "GB", "both, and a draft"),
      output<&Out::memory_utilization>("memory_utilization", "1", "of the decode device"),
      output<&Out::prompt_cache_hit_ratio>("prompt_cache_hit_ratio", "1", "cached of seq_len"),
      output<&Out::prefill_chunks>("prefill_chunks", "1", "chunks of prefill"),
      output<&Out::prefill_chunk_time>("prefill_chunk_time", "ms", "the longest of them"),
      output<&Out::decode_stall_bound>("decode_stall_bound", "ms",
                                       "how long a decode step may wait for one"),
      output<&Out::ttft_exact>("ttft_exact", "ms",
                               "beside the book's: causal attention, active experts"),
      output<&Out::itl_exact>("itl_exact", "ms",
                              "beside the book's: decode with a ceiling of arithmetic"),
      output<&Out::total_memory_exact>("total_memory_exact", "GB",
                                       "beside the book's: with the draft's keys and values"),
      output<&Out::feasible_exact>("feasible_exact", "",
                                   "whether that fits, on the prefill device too"),
  };
}

}  // namespace

std::vector<Solver> serving_rows() {
  return {{.name = "ServingModel",
           .short_name = "serving",
           .kind = Solver::Kind::model,
           .title = "Time to first token, time between tokens and memory of a batch of requests",
           .walls = {4},
           .equations = {"ttft = (2 P n B + 4 L h d n S B) / (F eta) + chunks dispatch_tax",
                         "itl = (W + KV) / BW + L 10 us",
                         "speculative: itl = (4 t_draft + itl) (1 - a) / (1 - a^5)"},
           .assumptions =
               {"decode is bound by memory at any batch; itl_exact has a ceiling of arithmetic",
                "each new token attends to all S, and all experts work in prefill; ttft_exact "
                "has the causal half and active parameters",
                "keys and values are those of the full prompt for each token generated",
                "the draft launches for free and its keys and values take no memory; checking "
                "4 tokens costs one step; itl_exact and total_memory_exact count them",
                "the prefill device's memory is not checked; feasible_exact does; the transfer "
                "adds no latency and does not overlap"},
           .inputs = serving_inputs(),
           .outputs = serving_outputs(),
           .run = run_with_remarks<ServingIn, ServingOut, serving, remarks>}};
}

}  // namespace fleetsim::analytic
