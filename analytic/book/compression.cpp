#include "analytic/book/compression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "analytic/book/arguments.h"
#include "analytic/book/constants.h"
#include "analytic/book/workload.h"
#include "analytic/name.h"
#include "sim/printable.h"

namespace fleetsim::analytic {
namespace {

enum class Method : std::uint8_t { quantization, pruning, distillation };
enum class Sparsity : std::uint8_t { unstructured, structured, n_m };

Result<Method> method_named(std::string_view name) {
  if (same_name(name, "quantization")) return Method::quantization;
  if (same_name(name, "pruning")) return Method::pruning;
  if (same_name(name, "distillation")) return Method::distillation;
  return Error{fmt::format("method is {}, but must be quantization, pruning or distillation",
                           in_quotes(name))};
}

Result<Sparsity> sparsity_named(std::string_view name) {
  if (same_name(name, "unstructured")) return Sparsity::unstructured;
  if (same_name(name, "structured")) return Sparsity::structured;
  for (const std::string_view alias : {"n_m", "n:m", "nm", "2_4", "2:4"})
    if (same_name(name, alias)) return Sparsity::n_m;
  return Error{fmt::format("sparsity_type is {}, but must be unstructured, structured or n_m",
                           in_quotes(name))};
}

// The rate that the device lists for whole or floating numbers of so many bits.
std::optional<double> listed_rate(const Device& device, std::int64_t bits) {
  std::optional<Precision> precision;
  if (bits == 4) precision = Precision::int4;
  if (bits == 8) precision = Precision::int8;
  if (bits == 16) precision = Precision::fp16;
  if (bits == 32) precision = Precision::fp32;
  if (!precision) return std::nullopt;
  return device.precision_flops[static_cast<std::size_t>(*precision)];
}

bool lists(const Device& device, Precision precision) {
  return device.precision_flops[static_cast<std::size_t>(precision)].has_value();
}

double quantization_loss(std::int64_t bits) {
  if (bits >= 16) return 0;
  if (bits == 8) return calibration::fp8_accuracy;
  return bits >= 4 ? calibration::int4_accuracy : calibration::below_int4_accuracy;
}

double pruning_loss(double sparsity) {
  if (sparsity <= calibration::mild_pruning_limit) return calibration::mild_pruning_accuracy;
  return -calibration::steep_pruning_coefficient *
         std::exp(calibration::steep_pruning_exponent * sparsity);
}

void quantize(CompressionOut& out, const CompressionIn& in, double ops) {
  const double baseline_bits = 8 * bytes_of(in.baseline_precision);
  const double ratio = baseline_bits / static_cast<double>(in.target_bitwidth);
  const double peak = in.hardware.peak_flops;
  const bool memory_bound = out.original_size_gb / in.hardware.memory_bandwidth > ops / peak;
  const std::optional<double> rate = listed_rate(in.hardware, in.target_bitwidth);
  out.compression_ratio = ratio;
  out.bottleneck = memory_bound ? "Memory" : "Compute";
  out.hardware_support = in.target_bitwidth >= 16 || rate.has_value();
  out.estimated_accuracy_delta = quantization_loss(in.target_bitwidth);
  out.estimated_accuracy_delta_exact =
      in.target_bitwidth == 8 ? calibration::int8_accuracy : out.estimated_accuracy_delta;
  if (memory_bound)
    out.inference_speedup = ratio;
  else
    out.inference_speedup = rate ? std::min(*rate / peak, ratio) : 1;
}

void prune(CompressionOut& out, const CompressionIn& in, Sparsity type) {
  const double ratio = in.sparsity < 1 ? 1 / (1 - in.sparsity) : 100;
  out.compression_ratio = ratio;
  out.estimated_accuracy_delta = pruning_loss(in.sparsity);
  out.estimated_accuracy_delta_exact = in.sparsity > 0 ? out.estimated_accuracy_delta : 0;
  if (type == Sparsity::structured) out.inference_speedup = ratio;
  out.hardware_support = type == Sparsity::structured;  // nothing skips scattered zeros
  if (type != Sparsity::n_m) return;
  out.inference_speedup = std::fabs(in.sparsity - 0.5) < 0.05 ? 2 : 1;
  out.hardware_support = lists(in.hardware, Precision::int8) ||
                         lists(in.hardware, Precision::fp8) || lists(in.hardware, Precision::tf32);
}

}  // namespace

Result<CompressionOut> compression(const CompressionIn& in) {
  Arguments arguments("CompressionModel");
  arguments.at_least_one("target_bitwidth", in.target_bitwidth)
      .fraction("sparsity", in.sparsity)
      .positive("hardware: peak_flops", in.hardware.peak_flops)
      .positive("hardware: memory_bandwidth", in.hardware.memory_bandwidth);
  if (!arguments.fine()) return arguments.error();
  const Result<Method> method = method_named(in.method);
  if (!method) return method.error();
  const Result<Sparsity> type = sparsity_named(in.sparsity_type);
  if (!type) return type.error();
  const Result<double> size = weight_bytes(in.model, bytes_of(in.baseline_precision));
  if (!size) return size.error();
  const Result<double> ops = total_ops(in.model);
  if (!ops) return ops.error();

  CompressionOut out{.baseline_precision = in.baseline_precision, .original_size_gb = *size};
  if (*method == Method::quantization) quantize(out, in, *ops);
  if (*method == Method::pruning) prune(out, in, *type);
  out.compressed_size_gb = out.original_size_gb / out.compression_ratio;
  out.memory_savings_pct = 1 - 1 / out.compression_ratio;
  return out;
}

namespace {

std::string default_label(const CompressionIn& in) {
  if (same_name(in.method, "quantization"))
    return fmt::format("{}{} quantization", in.target_bitwidth > 8 ? "FP" : "INT",
                       in.target_bitwidth);
  if (same_name(in.method, "pruning"))
    return fmt::format("{} pruning {:.0f}%", in.sparsity_type, in.sparsity * 100);
  return "Distillation";
}

void judge(CompressionCandidate& candidate, const CompressionLimits& limits) {
  const CompressionOut& result = candidate.result;
  const double drop = std::fabs(result.estimated_accuracy_delta);
  const auto violated = [&](bool is, std::string text) {
    if (is) candidate.violations.push_back(std::move(text));
  };
  if (limits.size_limit)
    violated(result.compressed_size_gb > *limits.size_limit,
             fmt::format("model_size: {:.4g} GB is above {:.4g} GB",
                         result.compressed_size_gb / 1e9, *limits.size_limit / 1e9));
  if (limits.max_accuracy_drop)
    violated(
        drop > *limits.max_accuracy_drop,
        fmt::format("quality: a drop of {:.4g} is above {:.4g}", drop, *limits.max_accuracy_drop));
  if (limits.min_speedup)
    violated(result.inference_speedup < *limits.min_speedup,
             fmt::format("speedup: {:.4g} is below {:.4g}", result.inference_speedup,
                         *limits.min_speedup));
  violated(limits.require_hardware_support && !result.hardware_support,
           "hardware_support: the device does not list the format");
  candidate.feasible = candidate.violations.empty();
  if (candidate.feasible) return;
  const std::string& first = candidate.violations.front();
  candidate.binding_constraint = first.substr(0, first.find(':'));
}

// Whether `a` is at least as good as `b` in size, speedup and accuracy, and better in one.
bool dominates(const CompressionOut& a, const CompressionOut& b) {
  const bool none_worse = a.compressed_size_gb <= b.compressed_size_gb &&
                          a.inference_speedup >= b.inference_speedup &&
                          a.estimated_accuracy_delta >= b.estimated_accuracy_delta;
  const bool one_better = a.compressed_size_gb < b.compressed_size_gb ||
                          a.inference_speedup > b.inference_speedup ||
                          a.estimated_accuracy_delta > b.estimated_accuracy_delta;
  return none_worse && one_better;
}

}  // namespace

Result<CompressionCandidate> compression_candidate(const CompressionCandidateIn& in) {
  const CompressionLimits& limits = in.limits;
  Arguments arguments("CompressionModel.candidate");
  arguments.nonnegative("size_limit", limits.size_limit.value_or(0))
      .nonnegative("max_accuracy_drop", limits.max_accuracy_drop.value_or(0))
      .nonnegative("min_speedup", limits.min_speedup.value_or(0));
  if (!arguments.fine()) return arguments.error();
  const Result<CompressionOut> result = compression(in.config);
  if (!result) return result.error();
  CompressionCandidate candidate;
  candidate.label = in.label.empty() ? default_label(in.config) : in.label;
  candidate.method = in.config.method;
  if (same_name(candidate.method, "quantization"))
    candidate.target_bitwidth = in.config.target_bitwidth;
  candidate.result = *result;
  judge(candidate, limits);
  return candidate;
}

Result<CompressionSweep> compression_sweep(const std::vector<CompressionCandidateIn>& configs) {
  CompressionSweep sweep;
  for (const CompressionCandidateIn& config : configs) {
    Result<CompressionCandidate> candidate = compression_candidate(config);
    if (!candidate) return candidate.error();
    sweep.candidates.push_back(*std::move(candidate));
  }
  const auto cost = [](const CompressionCandidate& c) {
    return std::tuple(std::fabs(c.result.estimated_accuracy_delta),
                      c.result.compressed_size_gb / std::max(c.result.inference_speedup, 1e-9));
  };
  const CompressionCandidate* best = nullptr;
  for (CompressionCandidate& candidate : sweep.candidates) {
    const bool dominated = std::any_of(sweep.candidates.begin(), sweep.candidates.end(),
                                       [&](const CompressionCandidate& other) {
                                         return dominates(other.result, candidate.result);
                                       });
    candidate.pareto_status = dominated ? "dominated" : "frontier";
    (dominated ? sweep.dominated_labels : sweep.frontier_labels).push_back(candidate.label);
    if (dominated || !candidate.feasible) continue;
    if (best == nullptr || cost(candidate) < cost(*best)) best = &candidate;
  }
  if (best != nullptr) sweep.best_candidate_label = best->label;
  return sweep;
}

}  // namespace fleetsim::analytic
