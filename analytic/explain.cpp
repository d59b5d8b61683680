#include "analytic/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytic/search.h"
#include "sim/unit_text.h"

namespace fleetsim::analytic {
namespace {

// Where a solver tells its time, the parts of it, and the rate that a part runs at.
struct Part {
  std::string_view figure, name, rate;
};
struct Anatomy {
  std::string_view solver, time;
  std::vector<Part> parts;
};

const std::vector<Anatomy>& anatomies() {
  static const std::vector<Anatomy> all = {
      {"SingleNodeModel",
       "latency",
       {{"latency_memory", "memory", "peak_bw_actual"},
        {"latency_compute", "compute", "peak_flops_actual"},
        {"latency_overhead", "launching", ""}}},
      {"NetworkRooflineModel",
       "latency",
       {{"latency_network", "network", "peak_bw_actual"},
        {"latency_compute", "compute", "peak_flops_actual"}}},
      {"DistributedModel",
       "step_latency_total",
       {{"node_latency", "compute", ""},
        {"tp_communication_latency", "tensor-parallel communication", ""},
        {"exposed_dp", "data-parallel communication", ""},
        {"ep_communication_latency", "expert exchange", ""},
        {"pipeline_bubble_latency", "pipeline bubble", ""}}},
      {"ServingModel", "itl", {{"itl", "decode", ""}}},
  };
  return all;
}

// In SI base units.
std::optional<double> figure(const Answer& answer, std::string_view name) {
  std::string_view unit;
  const Value* value = find_figure(answer, name, &unit);
  const double* number = value != nullptr ? value->as_number() : nullptr;
  const Result<Unit> one = parse_unit(unit);
  if (number == nullptr || !one) return std::nullopt;
  return *number * one->numerator / one->denominator;
}

std::vector<TimePart> parts_of(const Anatomy& anatomy, const Answer& answer) {
  std::vector<TimePart> parts;
  for (const Part& part : anatomy.parts)
    if (const auto time = figure(answer, part.figure); time && *time > 0)
      parts.push_back({std::string(part.name), *time});
  std::stable_sort(parts.begin(), parts.end(),
                   [](const TimePart& a, const TimePart& b) { return a.time > b.time; });
  return parts;
}

std::string factor(double before, double after) {
  return after >= before ? fmt::format("{:.2f} times as high", after / before)
                         : fmt::format("{:.2f} times as low", before / after);
}

// What the part that binds did, and the rate behind it.
void explain_part(const Anatomy& anatomy, const std::string& name, const Answer& before,
                  const Answer& after, std::vector<std::string>& reasons) {
  for (const Part& part : anatomy.parts) {
    if (part.name != name) continue;
    const auto was = figure(before, part.figure), is = figure(after, part.figure);
    if (!was || !is || *was <= 0 || *is <= 0) continue;
    reasons.push_back(fmt::format("{} takes {} instead of {} ({:.2f}x)", name,
                                  format_measure(*is, "s"), format_measure(*was, "s"), *was / *is));
    const auto rate_was = figure(before, part.rate), rate_is = figure(after, part.rate);
    if (part.rate.empty() || !rate_was || !rate_is || *rate_was <= 0) continue;
    const std::string_view unit = part.rate == "peak_flops_actual" ? "FLOP/s" : "B/s";
    reasons.push_back(fmt::format("its rate is {} ({}, was {})", factor(*rate_was, *rate_is),
                                  format_measure(*rate_is, unit), format_measure(*rate_was, unit)));
  }
}

}  // namespace

Result<Explanation> explain_change(const Solver& solver, const Answer& before,
                                   const Answer& after) {
  const auto& all = anatomies();
  const auto anatomy = std::find_if(all.begin(), all.end(), [&](const Anatomy& candidate) {
    return candidate.solver == solver.name;
  });
  if (anatomy == all.end())
    return Error{fmt::format("{} tells no time that could be explained", solver.name)};
  const auto was = figure(before, anatomy->time), is = figure(after, anatomy->time);
  if (!was || !is || !(*was > 0) || !(*is > 0))
    return Error{fmt::format("{} gives no {} above zero to compare", solver.name, anatomy->time)};
  Explanation out{.before = *was,
                  .after = *is,
                  .speedup = *was / *is,
                  .parts_before = parts_of(*anatomy, before),
                  .parts_after = parts_of(*anatomy, after),
                  .reasons = {}};
  if (out.parts_before.empty() || out.parts_after.empty()) return out;
  const std::string& bound_before = out.parts_before.front().name;
  const std::string& bound_after = out.parts_after.front().name;
  if (bound_before == bound_after)
    out.reasons.push_back(fmt::format("{} binds before and after", bound_before));
  else
    out.reasons.push_back(
        fmt::format("{} bound before, {} binds now: more of what {} needs helps no longer",
                    bound_before, bound_after, bound_before));
  explain_part(*anatomy, bound_before, before, after, out.reasons);
  if (bound_before != bound_after) explain_part(*anatomy, bound_after, before, after, out.reasons);
  if (!before.feasible) out.reasons.push_back("before, it does not fit: weights are offloaded");
  if (!after.feasible) out.reasons.push_back("after, it does not fit: weights are offloaded");
  return out;
}

}  // namespace fleetsim::analytic
