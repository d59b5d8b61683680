#include <fmt/format.h>

#include "analytic/name.h"
#include "analytic/rows.h"
#include "sim/nearest.h"
#include "sim/printable.h"

namespace fleetsim::analytic {
namespace {

// One line a file of solvers, in the order of the documents.
std::vector<Solver> all_rows() {
  const std::vector<std::vector<Solver> (*)()> parts = {
      single_node_rows,   roofline_rows,         serving_rows,
      batching_rows,      serving_capacity_rows, weight_streaming_rows,
      tail_latency_rows,  training_memory_rows,  analysis_rows,
      performance_rows,   memory_rows,           paging_rows,
      data_rows,          scaling_rows,          compression_rows,
      distributed_rows,   parallelism_rows,      reliability_rows,
      orchestration_rows, operations_rows,       communication_rows,
      networking_rows,    statistics_rows,       agents_rows,
      robot_motion_rows,  robot_drive_rows,      robot_control_rows,
      robot_safety_rows,  exact_checkpoint_rows, exact_failures_rows,
      exact_network_rows, exact_execution_rows,  exact_fleet_rows,
      exact_parts_rows,   evaluation_rows,
  };
  std::vector<Solver> all;
  for (const auto rows : parts)
    for (Solver& row : rows()) all.push_back(std::move(row));
  return all;
}

// Other names of solvers that the book's package has, or has had.
constexpr std::pair<std::string_view, std::string_view> aliases[] = {
    {"dTime", "calc_training_time"},
    {"Engine", "SingleNodeModel"},
    {"Engine.solve", "SingleNodeModel"},
    {"SystemEvaluator", "SystemEvaluation"},
};

}  // namespace

std::span<const Solver> solvers() {
  static const std::vector<Solver> all = all_rows();
  return all;
}

Result<const Solver*> solver_named(std::string_view name) {
  for (const auto& [other, meant] : aliases)
    if (same_name(other, name)) return solver_named(meant);
  std::vector<std::string> names;
  for (const Solver& solver : solvers()) {
    if (same_name(solver.name, name) || same_name(solver.short_name, name)) return &solver;
    names.emplace_back(solver.name);
    names.emplace_back(solver.short_name);
  }
  return Error{fmt::format("no solver {}{}; solve --list lists them", in_quotes(name),
                           did_you_mean(name, names))};
}

const InputSpec* find_input(const Solver& solver, std::string_view name) {
  constexpr std::string_view size = "_size";
  for (const InputSpec& spec : solver.inputs)
    if (same_name(spec.name, name)) return &spec;
  for (const InputSpec& spec : solver.inputs)
    if (!spec.alias.empty() && same_name(spec.alias, name)) return &spec;
  for (const InputSpec& spec : solver.inputs) {
    const bool longer = spec.name.size() > name.size();
    const std::string_view more = longer ? spec.name : name;
    const std::string_view less = longer ? name : spec.name;
    if (more.ends_with(size) && same_name(more.substr(0, more.size() - size.size()), less))
      return &spec;
  }
  return nullptr;
}

}  // namespace fleetsim::analytic
