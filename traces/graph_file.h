#pragma once
#include <string>

#include "sim/result.h"
#include "topology/graph_fabric.h"

namespace fleetsim {

// The cables of a fabric from a CSV file: a header with the columns a and b, the names of what a
// cable joins, and cables when wanted, how many lie side by side; further columns are left alone.
// Errors name file:line:column. What the rules of a graph say against the cables is left to
// GraphFabric::make, which names file:line.
Result<GraphPlan> read_graph(const std::string& path);

}  // namespace fleetsim
