#pragma once
#include <vector>

#include "workloads/model.h"
#include "workloads/serving/config.h"

namespace fleetsim::serving {

// What theory says of requests that never meet: all alike, and further apart than one takes. Each
// pass is then a roofline (s.roofline)
//
//   max(FLOP / (peak efficiency), bytes / bandwidth) + overhead
//
// and a request is one pass for each piece of its prompt, and one for each token beyond the first
// (s.prefill_decode). Written out pass by pass, in doubles: nothing is shared with the sums in
// closed form that replicas go by. Nothing where requests may meet, or wait.
std::vector<Prediction> predictions_alone(const ServingConfig& config);

}  // namespace fleetsim::serving
