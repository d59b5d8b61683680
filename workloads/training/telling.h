#pragma once
#include <string>

#include "workloads/model.h"

namespace fleetsim::training {

// Predicts `metric`, or says what breaks the formula and keeps the value as what people would use.
void tell(Twin& twin, const std::string& metric, double value, const char* formula,
          const std::string& broken);

// The same without a rival: so that a table of ten ratios has one finding, not ten.
void tell_quietly(Twin& twin, const std::string& metric, double value, const char* formula,
                  const std::string& broken);

}  // namespace fleetsim::training
