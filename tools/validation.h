#pragma once
#include <string>
#include <vector>

#include "sim/results.h"
#include "tools/experiment.h"
#include "traces/validation_file.h"

namespace fleetsim {

// A verdict on one metric of one case.
struct ValidationRow {
  std::string id{}, metric{}, unit{}, formula{};
  double mean = 0, low = 0, high = 0;
  double closed_form = 0;
  double tolerance = 0;
  bool is_bound = false;  // the closed form must only not be exceeded
  bool agrees = false;
  std::string why{};  // it does not agree
};

// The level of each interval: with about 50 cases at once, a suite that is right raises a false
// alarm in less than 5 % of seeds (Bonferroni); and seeds are fixed.
inline constexpr double validation_level = agreement_level;

// All cases that ship with the program.
Result<std::vector<ValidationCase>> shipped_cases();

// Whether `name` fits `glob`, in which * stands for any letters and ? for one.
bool fits(const std::string& glob, const std::string& name);

// Runs a case and judges each of its metrics: the closed form must lie inside the interval, and the
// interval must be narrow enough to mean something. `predict` says what is expected of a system.
Result<std::vector<ValidationRow>> validate_case(const ValidationCase& test, Predict predict,
                                                 Crew& crew, Progress& progress);

}  // namespace fleetsim
