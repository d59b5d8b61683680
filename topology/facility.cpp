#include "topology/facility.h"

#include <fmt/format.h>

namespace fleetsim {

Result<Facility> facility_of(StepSeries pue, double fixed_share, std::optional<double> budget) {
  if (fixed_share > 0 && !budget)
    return Error{"a fixed overhead is a share of the power budget; expected that as well"};
  if (!(pue.least() - fixed_share >= 1))
    return Error{fmt::format("found a PUE of {} with {} of it fixed; expected at least 1 beside it",
                             pue.least(), fixed_share)};
  Facility facility{.per_it = std::move(pue), .budget = budget};
  if (fixed_share > 0) {
    facility.per_it = facility.per_it.mapped([&](double all) { return all - fixed_share; });
    facility.fixed = fixed_share * *budget;
  }
  return facility;
}

StepSeries pue_by_temperature(const StepSeries& celsius, const Polyline& curve) {
  return celsius.mapped([&](double temperature) { return curve.at(temperature); });
}

}  // namespace fleetsim
