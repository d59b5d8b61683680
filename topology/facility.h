#pragma once
#include <optional>
#include <string>

#include "topology/polyline.h"
#include "topology/step_series.h"

namespace fleetsim {

// The building around the IT: cooling, conversion, light. Its meter shows
//
//   facility power = IT power * per_it(t) + fixed
//
// of which the fixed part is drawn whatever the load: PUE(load) = per_it + fixed/load, so an empty
// hall has no PUE but a bill. With fixed = 0, the default, the PUE is per_it at every load.
struct Facility {
  StepSeries per_it = 1.12;  // W/W
  double fixed = 0;          // W
  double wue = 0;            // L/J of IT: the definition, not the book's, which is of facility
  std::optional<double> budget{};  // W that its IT may draw
  std::string source{};            // where the figures come from, for a person

  double power(Instant now, double it) const { return it * per_it.at(now) + fixed; }
};

// A facility of such a PUE at full load, of which `fixed_share` of the full load is drawn at any:
// PUE(load share s) = 1 + fixed_share/s + rest. An error where pue - fixed_share falls below 1, or
// where there is a share of no budget.
Result<Facility> facility_of(StepSeries pue, double fixed_share, std::optional<double> budget);

// The PUE over time by the temperature outside.
StepSeries pue_by_temperature(const StepSeries& celsius, const Polyline& curve);

}  // namespace fleetsim
