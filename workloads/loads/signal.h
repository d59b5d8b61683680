#pragma once
#include <vector>

#include "workloads/loads/config.h"

namespace fleetsim::loads {

// What running at one of a load's places comes to, as its policy sees it: kg or $ for a span. The
// sums behind a series make that O(1) however long the span is; of a forecast, O(steps).
class Signal {
 public:
  enum class Of : std::uint8_t { carbon, cost };

  // `known_until`: what begins there or later is taken to be as it was at the same time of the last
  // day before that; none: all is known.
  Signal(const LoadConfig& load, const Sites& sites, Of of,
         std::optional<Instant> known_until = std::nullopt);

  double of(std::uint32_t place, Instant from, Instant to) const;

  double rate(std::uint32_t place, Instant now) const;  // of value by second

  // Where the value at a place changes: from, each change, to.
  std::vector<Instant> cells(std::uint32_t place, Instant from, Instant to) const;
  std::optional<Instant> next_change(std::uint32_t place, Instant after) const;

 private:
  struct Priced {
    StepSeries per_joule;
    double watts = 0;
  };
  Instant seen(const StepSeries& series, Instant time) const;
  double of_cell(std::uint32_t place, Instant from, Instant to) const;

  std::vector<Priced> places_;
  std::optional<Instant> known_until_;
};

// `past` or more before 0 a series that repeats is what it will be: the same instant of it, late
// enough. REQUIRES: a period, or a constant.
Instant late_enough(const StepSeries& series, Instant time, Duration past);

}  // namespace fleetsim::loads
