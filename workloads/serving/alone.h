#pragma once
#include "workloads/serving/config.h"

namespace fleetsim::serving {

// What a request costs on a replica that has nothing else to do, by the same passes.
struct Alone {
  double ttft = 0, e2e = 0;  // s
};
Alone alone(const GroupConfig& group, std::uint32_t prompt, std::uint32_t output);

}  // namespace fleetsim::serving
