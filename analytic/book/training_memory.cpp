#include "analytic/book/training_memory.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytic/book/label.h"
#include "analytic/book/workload.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {

namespace {

Arguments admitted(const TrainingMemoryIn& in) {
  Arguments arguments("TrainingMemoryModel");
  arguments.at_least_one("batch_size", in.batch_size)
      .at_least_one("seq_len", in.seq_len)
      .at_least_one("tp_size", in.tp_size)
      .at_least_one("pp_size", in.pp_size)
      .at_least_one("dp_size", in.dp_size)
      .at_least_one("ep_size", in.ep_size)
      .at_least_one("gradient_accumulation_steps", in.gradient_accumulation_steps)
      .need(in.zero_stage >= 0 && in.zero_stage <= 3, "zero_stage",
            static_cast<double>(in.zero_stage), "0, 1, 2 or 3")
      .fraction("trainable_fraction", in.trainable_fraction)
      .fraction("communication_buffer_fraction", in.communication_buffer_fraction);
  admit_attention(arguments, in.model);
  admit_device(arguments, in.hardware, in.precision);
  return arguments;
}

// Rounded up, for a whole of at least one.
std::int64_t divided(std::int64_t whole, std::int64_t parts) {
  return (whole - 1) / parts + 1;
}

// Weights, gradients and optimizer state of one device.
void add_state(const TrainingMemoryIn& in, double parameters, double state_bytes,
               TrainingMemoryOut& out) {
  const auto tp = static_cast<double>(in.tp_size);
  const auto pp = static_cast<double>(in.pp_size);
  const auto dp = static_cast<double>(in.dp_size);
  const double own = parameters / (tp * pp * static_cast<double>(in.ep_size));
  const double trained = own * in.trainable_fraction;
  const double bpp = bytes_of(in.precision);
  out.weights = own * bpp;
  out.gradients = trained * bpp;
  out.optimizer_state = trained * state_bytes;
  if (in.zero_stage >= 1) out.optimizer_state /= dp;
  if (in.zero_stage >= 2) out.gradients /= dp;
  if (in.zero_stage >= 3) out.weights /= dp;
}

}  // namespace

Result<TrainingMemoryOut> training_memory_model(const TrainingMemoryIn& in) {
  const Arguments arguments = admitted(in);
  if (!arguments.fine()) return arguments.error();
  const Result<double> state = optimizer_bytes(in.optimizer);
  if (!state) return state.error();
  const Result<Recompute> strategy = recompute_named(in.activation_checkpointing);
  if (!strategy) return strategy.error();
  const Result<double> parameters = parameters_of(in.model);
  if (!parameters) return parameters.error();

  TrainingMemoryOut out{.tp = in.tp_size, .pp = in.pp_size, .dp = in.dp_size, .ep = in.ep_size};
  add_state(in, *parameters, *state, out);
  const double bpp = bytes_of(in.precision);
  const auto local = static_cast<double>(
      divided(divided(in.batch_size, in.dp_size), in.gradient_accumulation_steps));
  const Result<double> activations =
      activation_bytes({.layers = divided(layers_of(in.model), in.pp_size),
                        .hidden_dim = hidden_dim_of(in.model),
                        .heads = in.model.heads,
                        .seq_len = static_cast<double>(in.seq_len),
                        .batch = local,
                        .bytes_per_element = bpp},
                       *strategy);
  if (!activations) return activations.error();
  const double sequence_shards = in.sequence_parallel ? static_cast<double>(in.tp_size) : 1;
  out.activations = *activations / sequence_shards;
  const double boundary = in.pp_size == 1 ? 0
                                          : 2 * local * static_cast<double>(in.seq_len) *
                                                static_cast<double>(hidden_dim_of(in.model)) * bpp;
  const double buckets = in.communication_buffer_fraction * out.gradients;
  out.communication_buffers = buckets + boundary;
  const double held = out.weights + out.gradients + out.optimizer_state;
  out.total_memory = held + out.activations + out.communication_buffers;
  out.available_memory = in.hardware.memory_capacity;
  out.memory_utilization = out.total_memory / out.available_memory;
  out.feasible = out.total_memory <= out.available_memory;

  const std::int64_t in_flight = std::min(in.pp_size, in.gradient_accumulation_steps);
  out.activations_in_flight = out.activations * static_cast<double>(in_flight);
  out.total_memory_exact = held + out.activations_in_flight + buckets + boundary / sequence_shards;
  out.feasible_exact = out.total_memory_exact <= out.available_memory;
  return out;
}

namespace {

Fields parallelism(const TrainingMemoryOut& out) {
  return {{"tp", out.tp}, {"pp", out.pp}, {"dp", out.dp}, {"ep", out.ep}};
}

std::vector<std::string> remarks(const TrainingMemoryIn& in, const TrainingMemoryOut& out) {
  if (!out.feasible)
    return {fmt::format(
        "does not fit: {:.4g} GB are required and {:.4g} GB available; shard more "
        "(tp_size, pp_size, zero_stage with dp_size) or checkpoint activations "
        "(now {})",
        out.total_memory / 1e9, out.available_memory / 1e9, in.activation_checkpointing)};
  if (!out.feasible_exact)
    return {"fits one microbatch a stage, but not those that a pipeline keeps in flight"};
  return {};
}

std::vector<InputSpec> inputs() {
  using In = TrainingMemoryIn;
  return {
      input<&In::model>("model", "", "a transformer", required),
      input<&In::hardware>("hardware", "", "the device", required),
      input<&In::batch_size>("batch_size", "1", "samples of a step, of all replicas"),
      input<&In::seq_len>("seq_len", "1", "tokens a sample"),
      input<&In::precision>("precision", "", "of weights, gradients and activations"),
      input<&In::optimizer>("optimizer", "", "adam, adamw, sgd or none"),
      input<&In::activation_checkpointing>("activation_checkpointing", "",
                                           "none, selective or full"),
      input<&In::tp_size>("tp_size", "1", "tensor parallelism"),
      input<&In::pp_size>("pp_size", "1", "pipeline stages"),
      input<&In::dp_size>("dp_size", "1", "replicas"),
      input<&In::ep_size>("ep_size", "1", "expert parallelism"),
      input<&In::zero_stage>("zero_stage", "1", "ZeRO sharding, 0 to 3"),
      input<&In::gradient_accumulation_steps>("gradient_accumulation_steps", "1",
                                              "microbatches of a replica's step"),
      input<&In::trainable_fraction>("trainable_fraction", "1", "of the parameters"),
      input<&In::communication_buffer_fraction>("communication_buffer_fraction", "1",
                                                "of the gradients"),
      input<&In::sequence_parallel>("sequence_parallel", "",
                                    "whether tensor parallelism shards activations too"),
  };
}

std::vector<OutputSpec> outputs() {
  using Out = TrainingMemoryOut;
  return {
      output<&Out::feasible>("feasible", "", "whether it fits the device"),
      output<&Out::total_memory>("total_memory", "GB", "all of it"),
      output<&Out::available_memory>("available_memory", "GB", "of the device"),
      output<&Out::weights>("weights", "GB", "of it"),
      output<&Out::gradients>("gradients", "GB", "of it"),
      output<&Out::optimizer_state>("optimizer_state", "GB", "of it"),
      output<&Out::activations>("activations", "GB", "of it: one microbatch"),
      output<&Out::communication_buffers>("communication_buffers", "GB", "of it"),
      output<&Out::memory_utilization>("memory_utilization", "1", "total over available"),
      object<Out, parallelism>("parallelism", "1", "as given"),
      output<&Out::activations_in_flight>("activations_in_flight", "GB",
                                          "beside the book's: what the first stage keeps"),
      output<&Out::total_memory_exact>("total_memory_exact", "GB", "beside the book's: with those"),
      output<&Out::feasible_exact>("feasible_exact", "", "whether that fits"),
  };
}

}  // namespace

std::vector<Solver> training_memory_rows() {
  return {
      {.name = "TrainingMemoryModel",
       .short_name = "training_memory",
       .kind = Solver::Kind::model,
       .title = "What one device holds in sharded training",
       .walls = {2},
       .equations = {"p (bpp + f bpp + f opt) / ZeRO + activations(L/pp, S, b) / tp + buffers",
                     "p = P / (tp pp ep), b = ceil(B / (dp accumulation))"},
       .assumptions = {"experts shard all parameters, attention too",
                       "a stage keeps one microbatch and the pipeline's buffers are not "
                       "sharded; total_memory_exact keeps those in flight",
                       "optimizer state is 12 bytes a parameter for adam in any precision"},
       .inputs = inputs(),
       .outputs = outputs(),
       .run =
           run_with_remarks<TrainingMemoryIn, TrainingMemoryOut, training_memory_model, remarks>}};
}

}  // namespace fleetsim::analytic
