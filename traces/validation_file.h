#pragma once
#include <span>
#include <string>
#include <vector>

#include "sim/result.h"

namespace fleetsim {

// What a metric of a case must meet.
struct ValidationCheck {
  std::string metric;
  double tolerance = 0.01;  // the interval's half-width, relative to the closed form, at most
  std::string bound;        // id of a formula that bounds the metric; empty: it must equal the twin
};

// A shipped scenario with some fields changed, and what its run must show.
struct ValidationCase {
  std::string id, title, scenario;
  std::vector<std::string> sets;
  std::vector<ValidationCheck> checks;
};

// The cases that a text of traces/validation.proto lists; `name` stands for it in messages.
Result<std::vector<ValidationCase>> parse_validation(const std::string& text,
                                                     const std::string& name);

}  // namespace fleetsim
