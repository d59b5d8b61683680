#pragma once
#include <string>
#include <vector>

#include "sim/result.h"
#include "workloads/serving/calibration.h"

namespace fleetsim::requests {

// What an engine did with each request, as LLMServingSim publishes it of vLLM: JSON lines with
// input_toks, output_toks, queued_ts, first_token_ts, last_token_ts, in seconds. Sorted by
// queued_ts, from which times count. A fit is told of every other one.
Result<std::vector<serving::MeasuredRequest>> load_measured(const std::string& path);

}  // namespace fleetsim::requests
