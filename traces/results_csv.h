#pragma once
#include <string>

#include "sim/results.h"

namespace fleetsim {

// The metrics as a table for spreadsheets: a heading, then one row a metric. Cells are quoted as
// RFC 4180 says where they must be; lines end in a bare newline, which every reader takes and a
// shell's tools prefer. Numbers read back to the same bits; what is missing is an empty cell.
std::string results_csv(const Results& results);

// Its heading and a row of it, for tables with more columns in front; both end their line.
inline constexpr const char* metric_csv_heading =
    "metric,unit,mean,ci_low,ci_high,closed_form,formula,agrees,note\n";
std::string metric_csv(const MetricResult& metric);

}  // namespace fleetsim
