#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "sim/result.h"
#include "sim/units.h"

namespace fleetsim {

// A quantity over time that keeps its value for a step and then changes: what an hour costs, how
// dirty it is, how warm. After its last step it begins anew, so a year may follow itself; one value
// for all time is a series as well. Sums from the first step on make an integral over any span as
// cheap as over one step. Copies share their values.
class StepSeries {
 public:
  StepSeries(double constant = 0) : scale_(constant) {}

  // `at_zero`: how far into the series time 0 lies. REQUIRES: a value, all finite; a step above 0;
  // 0 <= at_zero < the period, which is less than 150 years.
  StepSeries(std::vector<double> values, Duration step, Duration at_zero = {});

  bool constant() const { return !cells_; }
  Duration period() const;  // 0 for a constant
  double at(Instant time) const;
  double integral(Instant from, Instant to) const;  // of value times seconds; from <= to
  double mean() const;                              // over the period
  double least() const;

  // Where the next step begins; empty for a constant.
  std::optional<Instant> next_change(Instant after) const;

  // The series of f(value).
  StepSeries mapped(const std::function<double(double)>& f) const;

  // The product at every instant. An error where it would take too many steps, as when one begins
  // a nanosecond after the other, or too long until both begin anew together, as a year and a leap
  // year do after 366 years.
  friend Result<StepSeries> product(const StepSeries& a, const StepSeries& b);

 private:
  struct Cells {
    std::vector<double> values, sums;  // sums[i]: of the values before i
    Duration step{};
  };
  struct Place {
    std::int64_t round = 0;  // how often the series has begun anew
    std::size_t cell = 0;
    Duration into{};  // the cell
  };
  Place place(Instant time) const;

  std::shared_ptr<const Cells> cells_;
  Duration at_zero_{};
  double scale_ = 1;  // of all values; of a constant, the value
};

}  // namespace fleetsim
