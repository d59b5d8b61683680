#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/results.h"
#include "traces/hdf5_file.h"

namespace fleetsim {

// Metrics as the columns of a table in HDF5: name, unit, mean, ci_low, ci_high, closed_form,
// formula, agrees, note, rivals; NaN where a number is missing. Rivals are "FORMULA = VALUE", in
// lines.
std::vector<Hdf5Field> metric_rows(std::span<const MetricResult* const> metrics);

// The last column read back; nothing if it is not one that metric_rows wrote.
std::optional<std::vector<RivalValue>> rivals_of(const std::string& text);

}  // namespace fleetsim
