#pragma once
#include <span>
#include <vector>

#include "sim/results.h"
#include "traces/hdf5_file.h"

namespace fleetsim {

// Metrics as the columns of a table in HDF5: name, unit, mean, ci_low, ci_high, closed_form,
// formula, agrees, note; NaN where a number is missing.
std::vector<Hdf5Field> metric_rows(std::span<const MetricResult* const> metrics);

}  // namespace fleetsim
