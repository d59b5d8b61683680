#pragma once
#include <string>

#include "sim/results.h"

namespace fleetsim {

// Colours only where a person looks: a terminal, and NO_COLOR is not set.
bool colours_wanted();

// A value with as many decimals as its half-width makes meaningful (two digits of it), in the unit
// that suits the value: 10.012 s, 88.41 d.
struct ReadableInterval {
  std::string mean, half_width;
};
ReadableInterval readable(double mean, double half_width, const std::string& unit);
// Another value of the same metric, written alike.
std::string readable_beside(double value, double mean, double half_width, const std::string& unit);

// The table that a person reads: simulated ± 95 %, closed form, verdict; then the findings.
std::string results_text(const Results& results, bool colours);

}  // namespace fleetsim
