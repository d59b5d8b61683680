#include "analytic/evaluation.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytic/bind.h"
#include "analytic/book/distributed.h"
#include "analytic/book/operations.h"
#include "analytic/book/single_node.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

constexpr double giga = 1e9;

void tell_memory(SystemEvaluation& out, double used, double capacity, bool feasible) {
  out.feasible = feasible;
  out.memory_used = used;
  out.memory_capacity = capacity;
  out.memory_utilization = used / capacity;
  out.feasibility = {feasible ? LevelStatus::pass : LevelStatus::fail,
                     fmt::format("{:.1f} GB / {:.1f} GB used", used / giga, capacity / giga)};
}

Status evaluate_one(const EvaluationIn& in, SystemEvaluation& out) {
  const Result<SingleNodeOut> node = single_node({.model = in.model,
                                                  .hardware = in.hardware,
                                                  .batch_size = in.batch_size,
                                                  .precision = in.precision,
                                                  .efficiency = in.efficiency,
                                                  .seq_len = in.seq_len});
  if (!node) return node.error();
  tell_memory(out, node->memory_footprint, in.hardware.memory_capacity, node->feasible);
  out.latency = node->latency;
  out.throughput = node->throughput;
  out.mfu = node->mfu;
  out.bottleneck = node->bottleneck;
  out.performance = {out.feasibility.status, fmt::format("{} Bound{}", node->bottleneck,
                                                         node->feasible ? "" : " (infeasible)")};
  return Done{};
}

Status evaluate_fleet(const EvaluationIn& in, const Fleet& fleet, SystemEvaluation& out) {
  const Result<DistributedOut> step = distributed({.model = in.model,
                                                   .fleet = fleet,
                                                   .batch_size = in.batch_size,
                                                   .precision = in.precision,
                                                   .efficiency = in.efficiency,
                                                   .seq_len = in.seq_len});
  if (!step) return step.error();
  tell_memory(out, step->memory_footprint, fleet.node.accelerator.memory_capacity, step->feasible);
  out.latency = step->step_latency_total;
  out.throughput = step->effective_throughput;
  out.mfu = step->fleet_mfu;
  out.bottleneck = step->bottleneck;
  out.step_latency = step->step_latency_total;
  out.fleet_throughput = step->effective_throughput;
  out.comm_overhead = step->communication_latency;
  out.node_mfu = step->node_mfu;
  out.scaling_efficiency = step->scaling_efficiency;
  out.performance = {out.feasibility.status,
                     fmt::format("Scaling Efficiency: {:.1f}%", step->scaling_efficiency * 100)};
  return Done{};
}

Result<double> tco_of(const EconomicsIn& in) {
  const Result<EconomicsOut> money = economics(in);
  if (!money) return money.error();
  return money->tco_usd;
}

Status evaluate_money(const EvaluationIn& in, const Fleet& fleet, bool one, SystemEvaluation& out) {
  EconomicsIn money_in{.fleet = fleet, .duration_days = *in.duration_days, .grid = in.region};
  if (one) money_in.mfu = out.mfu;  // as the book's pipeline passes it on
  const Result<EconomicsOut> money = economics(money_in);
  if (!money) return money.error();
  out.tco = money->tco_usd;
  out.carbon = money->energy.carbon_footprint_kg;
  out.energy_cost = money->opex_energy_usd;
  out.capex = money->capex_usd;
  money_in.mfu = out.mfu;
  const Result<double> at_mfu = tco_of(money_in);
  if (!at_mfu) return at_mfu.error();
  out.tco_at_mfu = *at_mfu;
  out.macro = {LevelStatus::pass, fmt::format("TCO: ${:.0f}", *out.tco)};
  return Done{};
}

std::string level_line(int number, std::string_view name, const SystemEvaluation::Level& level) {
  return fmt::format("Level {}: {} [{}]\n  {}\n", number, name, name_of(level.status),
                     level.summary);
}

// A status or a summary of a level, as an output.
template <SystemEvaluation::Level SystemEvaluation::*Level>
OutputSpec status_of(std::string_view name, std::string_view help) {
  return {name, "", help, [](const void* out, const OutputSpec&) {
            const auto& level = static_cast<const SystemEvaluation*>(out)->*Level;
            return Value(std::string(name_of(level.status)));
          }};
}
template <SystemEvaluation::Level SystemEvaluation::*Level>
OutputSpec summary_of(std::string_view name, std::string_view help) {
  return {name, "", help, [](const void* out, const OutputSpec&) {
            return Value((static_cast<const SystemEvaluation*>(out)->*Level).summary);
          }};
}

std::vector<InputSpec> inputs() {
  using In = EvaluationIn;
  return {
      input<&In::scenario_name>("scenario_name", "", "what the answer is called"),
      input<&In::model>("model", "", "the workload", required),
      input<&In::hardware>("hardware", "", "the device", required),
      input<&In::batch_size>("batch_size", "1", "samples at once, of all devices together"),
      input<&In::seq_len>("seq_len", "1", "tokens a sample"),
      input<&In::precision>("precision", "", "how numbers are stored"),
      input<&In::efficiency>("efficiency", "1", "share of the peak rate reached"),
      input<&In::fleet>("fleet", "", "several devices, instead of `nodes` of them"),
      input<&In::nodes>("nodes", "1", "accelerators in all, as plans call them"),
      input<&In::accelerators_per_node>("accelerators_per_node", "1", "in one chassis"),
      input<&In::intra_node_bw>("intra_node_bw", "GB/s", "between them, one way"),
      input<&In::fabric_bandwidth>("fabric_bandwidth", "GB/s", "between nodes"),
      input<&In::region>("region", "", "the grid that feeds it"),
      input<&In::duration_days>("duration_days", "day", "for money and carbon"),
  };
}

std::vector<OutputSpec> outputs() {
  using Out = SystemEvaluation;
  return {
      output<&Out::scenario>("scenario", "", "its name"),
      status_of<&Out::feasibility>("f_status", "PASS or FAIL"),
      summary_of<&Out::feasibility>("f_summary", "in words"),
      output<&Out::memory_used>("f_memory_used_gb", "GB", "of one accelerator"),
      output<&Out::memory_capacity>("f_memory_capacity_gb", "GB", "that it has"),
      output<&Out::memory_utilization>("f_memory_utilization", "1", "their ratio"),
      status_of<&Out::performance>("p_status", "PASS or FAIL"),
      summary_of<&Out::performance>("p_summary", "in words"),
      output<&Out::latency>("p_latency", "ms", "of a batch, or of a step of the fleet"),
      output<&Out::throughput>("p_throughput", "1/s", "samples a second"),
      output<&Out::mfu>("p_mfu", "1", "of the fleet"),
      output<&Out::step_latency>("p_step_latency", "ms", "p_latency of a fleet"),
      output<&Out::fleet_throughput>("p_fleet_throughput", "1/s", "p_throughput of a fleet"),
      output<&Out::comm_overhead>("p_comm_overhead", "ms", "communication of a step"),
      output<&Out::node_mfu>("p_node_mfu", "1", "of one replica alone"),
      output<&Out::scaling_efficiency>("p_scaling_efficiency", "1", "compute over step"),
      status_of<&Out::macro>("m_status", "PASS, or SKIPPED without a duration"),
      summary_of<&Out::macro>("m_summary", "in words"),
      output<&Out::tco>("m_tco_usd", "$", "as the book has it: energy of a fleet at MFU 1"),
      output<&Out::carbon>("m_carbon_footprint", "t", "of its energy"),
      output<&Out::energy_cost>("m_energy_cost", "$", "of the same energy"),
      output<&Out::capex>("m_capex", "$", "share of the purchase"),
      output<&Out::tco_at_mfu>("m_tco_usd_at_mfu", "$", "energy at the MFU that it has"),
      {"passed_all", "", "no level fails or warns",
       [](const void* out, const OutputSpec&) {
         return Value(static_cast<const SystemEvaluation*>(out)->passed_all());
       }},
  };
}

}  // namespace

std::string_view name_of(LevelStatus status) {
  constexpr std::string_view names[] = {"PASS", "FAIL", "WARNING", "SKIPPED"};
  return names[static_cast<std::size_t>(status)];
}

bool SystemEvaluation::passed_all() const {
  const auto fine = [](const Level& level) {
    return level.status == LevelStatus::pass || level.status == LevelStatus::skipped;
  };
  return fine(feasibility) && fine(performance) && fine(macro);
}

std::string SystemEvaluation::scorecard() const {
  const std::string border(60, '=');
  return border + "\n" + scenario + "\n" + border + "\n" +
         level_line(1, "Feasibility", feasibility) + level_line(2, "Performance", performance) +
         level_line(3, "Macro", macro) + border + "\n";
}

Result<Fleet> planned_fleet(const EvaluationIn& in) {
  const auto held = static_cast<std::int64_t>(in.hardware.accelerator_count);
  const std::int64_t each = in.accelerators_per_node.value_or(std::max<std::int64_t>(1, held));
  if (in.nodes < 1 || each < 1 || in.nodes % each != 0)
    return Error{
        fmt::format("nodes: {} accelerators do not make whole nodes of {}", in.nodes, each)};
  double intra = in.fabric_bandwidth;
  if (in.hardware.host_link) intra = in.hardware.host_link->bandwidth;
  if (in.hardware.device_link) intra = in.hardware.device_link->bandwidth;
  Fleet fleet;
  fleet.name = in.scenario_name;
  fleet.node = {.name = in.hardware.name,
                .accelerator = in.hardware,
                .accelerators = each,
                .intra_node_bandwidth = in.intra_node_bw.value_or(intra)};
  fleet.nodes = in.nodes / each;
  fleet.fabric = {.name = "fabric", .bandwidth = in.fabric_bandwidth};
  fleet.region = in.region;
  return fleet;
}

Result<SystemEvaluation> evaluate_system(const EvaluationIn& in) {
  SystemEvaluation out;
  out.scenario = in.scenario_name;
  std::optional<Fleet> fleet = in.fleet;
  if (!fleet) {
    Result<Fleet> planned = planned_fleet(in);
    if (!planned) return planned.error();
    fleet = *std::move(planned);
  }
  const bool one = fleet->accelerators() == 1;
  const Status speed = one ? evaluate_one(in, out) : evaluate_fleet(in, *fleet, out);
  if (!speed) return speed.error();
  out.macro.summary = "No Ops config provided";
  if (!in.duration_days) return out;
  const Status money = evaluate_money(in, *fleet, one, out);
  if (!money) return money.error();
  return out;
}

std::vector<Solver> evaluation_rows() {
  Solver row;
  row.name = "SystemEvaluation", row.short_name = "evaluation";
  row.title = "A system on three levels: does it fit, how fast is it, what does it cost";
  row.walls = {1, 2, 14, 17, 18};
  row.equations = {"one accelerator: SingleNodeModel; more: DistributedModel with tp = pp = 1",
                   "over duration_days: EconomicsModel"};
  row.assumptions = {
      "a fleet fits or not as DistributedModel says (the book passes all of them)",
      "the book prices energy of a fleet at MFU 1; m_tco_usd_at_mfu at the MFU that it has"};
  row.inputs = inputs();
  row.outputs = outputs();
  row.run = run_as<EvaluationIn, SystemEvaluation, evaluate_system>;
  return {row};
}

}  // namespace fleetsim::analytic
