#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analytic/catalogue.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// The data domain: walls 8, 9 and 10 (book sections 5.11 to 5.13).

// DataModel, wall 8. Supply is the slower of the device's storage and host link, of those that the
// catalogue knows (storage on ties; 0 and "Unknown" where it knows neither):
//
//   utilization = demand/supply, infinite without supply      margin = supply - demand
//
// The device stalls where utilization > 1; supply_known tells a slow device from an unknown one.
struct DataIn {
  double workload_data_rate = 0;  // byte/s
  Device hardware{};
};
struct DataOut {
  double demand_bw = 0, supply_bw = 0, utilization = 0;
  bool is_stalled = false;
  std::string_view bottleneck = "Unknown";
  double margin = 0;
  bool supply_known = false;
};
Result<DataOut> data_model(const DataIn& in);

// TransformationModel, wall 9. The CPU prepares the next batch while the accelerator works on this:
//
//   t = batch sample / cpu      step = max(t, accel)
//   accelerator_utilization = accel/step      slowdown_factor = step/accel
//
// Utilization is 0 for an empty step, slowdown infinite for an empty accelerator step.
struct TransformationIn {
  std::int64_t batch_size = 1;
  double sample_size_bytes = 0;
  double cpu_throughput = 0;         // byte/s
  double accelerator_step_time = 0;  // s
};
struct TransformationOut {
  double transform_time = 0, accelerator_step_time = 0;
  bool is_bottleneck = false;
  double accelerator_utilization = 0, slowdown_factor = 1;
};
Result<TransformationOut> transformation(const TransformationIn& in);

// TopologyModel, wall 10. With N nodes and o the oversubscription:
//
//   effective = link b/o      bisection = link b N/(2 o)
//
//   ring       b = 2/N          hops N/4
//   torus_3d   b = 2 N^(-1/3)   hops 0.75 N^(1/3)
//   fat_tree   b = 1            hops 4
//   dragonfly  b = 0.85         hops 3
//
// b is not clamped: a torus of fewer than 8 nodes has b > 1. Beside the book's, counted on the
// graph where it is one (a ring of 3 or more; a torus whose side is a whole number, 3 or more):
//
//   bisection_bw_exact   links through the narrowest halving cut, both ways round: for even sides
//                        2 of a ring and 2 N^(2/3) of a torus, twice the book's; N/2 of a fat tree
//   hops_avg_exact       links between two different nodes, the mean over pairs: with k the side
//                        and d the dimensions, d floor(k^2/4)/k N/(N-1)
struct TopologyIn {
  Fabric fabric{};
  std::optional<std::string> topology{};  // else the fabric's own
  std::int64_t num_nodes = 64;
};
struct TopologyOut {
  double effective_bw = 0, bisection_bw = 0, bisection_bw_fraction = 0, hops_avg = 0;
  std::string_view topology = "fat_tree";
  std::int64_t num_nodes = 0;
  std::optional<double> bisection_bw_exact{}, hops_avg_exact{};
};
Result<TopologyOut> topology_model(const TopologyIn& in);

}  // namespace fleetsim::analytic
