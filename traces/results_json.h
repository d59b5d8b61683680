#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sim/results.h"

namespace fleetsim {

// A run as the JSON that CONTRACT promises: its keys, their order, null where there is nothing.
// Numbers read back to the same bits; what is not finite is null, for JSON has no word for it.
// REQUIRES: every interval has the level 0.95 that the key "ci95" says.
std::string results_json(const Results& results);

// What stands behind the key "metrics" there. REQUIRES: as above.
nlohmann::ordered_json metrics_json(const std::vector<MetricResult>& metrics);

}  // namespace fleetsim
