#include "analytic/book/data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "analytic/book/arguments.h"
#include "analytic/book/label.h"
#include "analytic/name.h"
#include "analytic/rows.h"
#include "sim/nearest.h"
#include "sim/printable.h"

namespace fleetsim::analytic {

Result<DataOut> data_model(const DataIn& in) {
  Arguments arguments("DataModel");
  arguments.nonnegative("workload_data_rate", in.workload_data_rate);
  if (!arguments.fine()) return arguments.error();
  const double storage = in.hardware.storage_bandwidth.value_or(0);
  const double link = in.hardware.host_link ? in.hardware.host_link->bandwidth : 0;
  DataOut out;
  out.demand_bw = in.workload_data_rate;
  if (storage > 0 && (link <= 0 || storage <= link))
    out.supply_bw = storage, out.bottleneck = "Storage";
  else if (link > 0)
    out.supply_bw = link, out.bottleneck = "Interconnect";
  out.supply_known = out.supply_bw > 0;
  out.utilization =
      out.supply_known ? out.demand_bw / out.supply_bw : std::numeric_limits<double>::infinity();
  out.is_stalled = out.utilization > 1;
  out.margin = out.supply_bw - out.demand_bw;
  return out;
}

Result<TransformationOut> transformation(const TransformationIn& in) {
  Arguments arguments("TransformationModel");
  arguments.at_least_one("batch_size", in.batch_size)
      .nonnegative("sample_size_bytes", in.sample_size_bytes)
      .positive("cpu_throughput", in.cpu_throughput)
      .nonnegative("accelerator_step_time", in.accelerator_step_time);
  if (!arguments.fine()) return arguments.error();
  const double accelerator = in.accelerator_step_time;
  const double cpu = static_cast<double>(in.batch_size) * in.sample_size_bytes / in.cpu_throughput;
  const double step = std::max(cpu, accelerator);
  return TransformationOut{.transform_time = cpu,
                           .accelerator_step_time = accelerator,
                           .is_bottleneck = cpu > accelerator,
                           .accelerator_utilization = step > 0 ? accelerator / step : 0,
                           .slowdown_factor = accelerator > 0
                                                  ? step / accelerator
                                                  : std::numeric_limits<double>::infinity()};
}

namespace {

enum class Shape : std::uint8_t { fat_tree, dragonfly, torus_3d, ring };
constexpr std::array<std::string_view, 4> shape_names = {"fat_tree", "dragonfly", "torus_3d",
                                                         "ring"};

Result<Shape> shape_named(std::string_view name) {
  for (std::size_t i = 0; i < shape_names.size(); ++i)
    if (same_name(name, shape_names[i])) return static_cast<Shape>(i);
  const std::vector<std::string> names(shape_names.begin(), shape_names.end());
  return Error{fmt::format("topology is {}, but must be one of {}{}", in_quotes(name),
                           fmt::join(names, ", "), did_you_mean(name, names))};
}

// The side of a graph of `dimensions` and n nodes, if it is whole and has no double links.
std::optional<double> whole_side(double n, int dimensions) {
  const double side = dimensions == 1 ? n : std::round(std::cbrt(n));
  if (side < 3 || std::pow(side, dimensions) != n) return std::nullopt;
  return side;
}

// Counted on a ring or a torus.
void count_links(TopologyOut& out, double link, int dimensions) {
  const auto n = static_cast<double>(out.num_nodes);
  const std::optional<double> side = whole_side(n, dimensions);
  if (!side) return;
  const double distance = std::floor(*side * *side / 4) / *side;
  out.hops_avg_exact = dimensions * distance * n / (n - 1);
  // Halving an odd side takes a step in the cut: counted for even sides only.
  if (std::fmod(*side, 2) == 0) out.bisection_bw_exact = link * 2 * n / *side;
}

}  // namespace

Result<TopologyOut> topology_model(const TopologyIn& in) {
  const double bandwidth = in.fabric.bandwidth, oversubscription = in.fabric.oversubscription;
  Arguments arguments("TopologyModel");
  arguments.positive("fabric: bandwidth", bandwidth)
      .positive("fabric: oversubscription_ratio", oversubscription)
      .at_least_one("num_nodes", in.num_nodes);
  if (!arguments.fine()) return arguments.error();
  const Result<Shape> shape = shape_named(in.topology ? *in.topology : in.fabric.topology);
  if (!shape) return shape.error();

  const auto n = static_cast<double>(in.num_nodes);
  const double side = std::cbrt(n);
  double fraction = 1, hops = 4;
  if (*shape == Shape::dragonfly) fraction = 0.85, hops = 3;
  if (*shape == Shape::torus_3d) fraction = 2 / side, hops = 0.75 * side;
  if (*shape == Shape::ring) fraction = 2 / n, hops = n / 4;

  const double link = bandwidth / oversubscription;
  TopologyOut out{.effective_bw = bandwidth * fraction / oversubscription,
                  .bisection_bw = bandwidth * fraction * n / 2 / oversubscription,
                  .bisection_bw_fraction = fraction,
                  .hops_avg = hops,
                  .topology = shape_names[static_cast<std::size_t>(*shape)],
                  .num_nodes = in.num_nodes};
  if (*shape == Shape::ring) count_links(out, link, 1);
  if (*shape == Shape::torus_3d) count_links(out, link, 3);
  if (*shape == Shape::fat_tree && in.num_nodes % 2 == 0) out.bisection_bw_exact = link * n / 2;
  return out;
}

namespace {

Solver data_row() {
  using In = DataIn;
  using Out = DataOut;
  return {.name = "DataModel",
          .short_name = "data",
          .kind = Solver::Kind::model,
          .title = "Whether storage and host link feed the device fast enough",
          .walls = {8},
          .equations = {"utilization = demand / min(storage, host link)"},
          .assumptions = {"bandwidths only: no IOPS, caches, shuffling or sharing",
                          "a device of which neither is known has no supply, and stalls"},
          .inputs = {input<&In::workload_data_rate>("workload_data_rate", "GB/s",
                                                    "what the workload reads", required),
                     input<&In::hardware>("hardware", "", "the device", required)},
          .outputs = {output<&Out::demand_bw>("demand_bw", "GB/s", "what the workload reads"),
                      output<&Out::supply_bw>("supply_bw", "GB/s", "what the slower path brings"),
                      output<&Out::utilization>("utilization", "1", "demand over supply"),
                      output<&Out::is_stalled>("is_stalled", "", "demand is above supply"),
                      label<&Out::bottleneck>("bottleneck", "Storage, Interconnect or Unknown"),
                      output<&Out::margin>("margin", "GB/s", "supply less demand"),
                      output<&Out::supply_known>("supply_known", "",
                                                 "the catalogue knows storage or host link")},
          .run = run_as<In, Out, data_model>};
}

Solver transformation_row() {
  using In = TransformationIn;
  using Out = TransformationOut;
  return {
      .name = "TransformationModel",
      .short_name = "transformation",
      .kind = Solver::Kind::model,
      .title = "Whether CPUs prepare samples as fast as the accelerator takes them",
      .walls = {9},
      .equations = {"T = B S / throughput", "step = max(T, accelerator)"},
      .assumptions = {"preparing the next batch overlaps the step wholly"},
      .inputs = {input<&In::batch_size>("batch_size", "1", "samples a step", required),
                 input<&In::sample_size_bytes>("sample_size_bytes", "B", "of one", required),
                 input<&In::cpu_throughput>("cpu_throughput", "GB/s", "of all workers", required),
                 input<&In::accelerator_step_time>("accelerator_step_time", "ms", "of a step alone",
                                                   required)},
      .outputs = {output<&Out::transform_time>("transform_time", "ms", "of a batch"),
                  output<&Out::accelerator_step_time>("accelerator_step_time", "ms", "alone"),
                  output<&Out::is_bottleneck>("is_bottleneck", "", "the CPUs are slower"),
                  output<&Out::accelerator_utilization>("accelerator_utilization", "1",
                                                        "of the step, the accelerator works"),
                  output<&Out::slowdown_factor>("slowdown_factor", "1",
                                                "the step over the accelerator's")},
      .run = run_as<In, Out, transformation>};
}

Solver topology_row() {
  using In = TopologyIn;
  using Out = TopologyOut;
  return {.name = "TopologyModel",
          .short_name = "topology",
          .kind = Solver::Kind::model,
          .title = "What a topology leaves of its links' bandwidth, and how far nodes are apart",
          .walls = {10},
          .equations = {"BW_eff = BW_link beta / oversubscription",
                        "BW_bisection = BW_link beta N / (2 oversubscription)",
                        "beta: ring 2/N, torus_3d 2 N^(-1/3), fat_tree 1, dragonfly 0.85"},
          .assumptions = {"hops of a fat tree and a dragonfly do not grow with N",
                          "beta is above 1 for a torus below 8 nodes and a ring of one",
                          "rings and tori have twice this bisection: bisection_bw_exact counts"},
          .inputs = {input<&In::fabric>("fabric", "", "the links", required),
                     input<&In::topology>("topology", "",
                                          "fat_tree, dragonfly, torus_3d or ring; the fabric's"),
                     input<&In::num_nodes>("num_nodes", "1", "N")},
          .outputs = {output<&Out::effective_bw>("effective_bw", "GB/s", "of a node, all at once"),
                      output<&Out::bisection_bw>("bisection_bw", "GB/s", "between halves"),
                      output<&Out::bisection_bw_fraction>("bisection_bw_fraction", "1", "beta"),
                      output<&Out::hops_avg>("hops_avg", "1", "between two nodes"),
                      label<&Out::topology>("topology", "as resolved"),
                      output<&Out::num_nodes>("num_nodes", "1", "N"),
                      output<&Out::bisection_bw_exact>("bisection_bw_exact", "GB/s",
                                                       "links counted; not for odd sides"),
                      output<&Out::hops_avg_exact>("hops_avg_exact", "1",
                                                   "of a ring or a cubic torus, counted")},
          .run = run_as<In, Out, topology_model>};
}

}  // namespace

std::vector<Solver> data_rows() {
  return {data_row(), transformation_row(), topology_row()};
}

}  // namespace fleetsim::analytic
