#pragma once
#include <vector>

#include "analytic/solver.h"

namespace fleetsim::analytic {

// The rows of each file of solvers; registry.cpp puts them together. Adding a file of solvers adds
// a line here and one there.

std::vector<Solver> single_node_rows();
std::vector<Solver> roofline_rows();
std::vector<Solver> serving_rows();
std::vector<Solver> batching_rows();
std::vector<Solver> serving_capacity_rows();
std::vector<Solver> weight_streaming_rows();
std::vector<Solver> tail_latency_rows();
std::vector<Solver> training_memory_rows();
std::vector<Solver> analysis_rows();
std::vector<Solver> performance_rows();
std::vector<Solver> memory_rows();
std::vector<Solver> paging_rows();
std::vector<Solver> data_rows();
std::vector<Solver> scaling_rows();
std::vector<Solver> compression_rows();
std::vector<Solver> distributed_rows();
std::vector<Solver> parallelism_rows();
std::vector<Solver> reliability_rows();
std::vector<Solver> orchestration_rows();
std::vector<Solver> operations_rows();
std::vector<Solver> communication_rows();
std::vector<Solver> networking_rows();
std::vector<Solver> statistics_rows();
std::vector<Solver> agents_rows();
std::vector<Solver> robot_motion_rows();
std::vector<Solver> robot_drive_rows();
std::vector<Solver> robot_control_rows();
std::vector<Solver> robot_safety_rows();
std::vector<Solver> exact_checkpoint_rows();
std::vector<Solver> exact_failures_rows();
std::vector<Solver> exact_network_rows();
std::vector<Solver> exact_execution_rows();
std::vector<Solver> exact_fleet_rows();
std::vector<Solver> exact_parts_rows();
std::vector<Solver> evaluation_rows();

}  // namespace fleetsim::analytic
