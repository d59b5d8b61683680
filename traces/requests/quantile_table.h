#pragma once
#include <vector>

#include "sim/result.h"

namespace fleetsim::requests {

// Of the figures that a fit keeps: so many significant digits.
double rounded(double value, int digits);

// A distribution by its quantiles, straight lines between them.
class QuantileTable {
 public:
  // An error unless percents rise from 0 to 100 and values, as many, never fall below `least`.
  static Result<QuantileTable> make(std::vector<double> percent, std::vector<double> value,
                                    double least);
  // Of observations in any order: quantile 7 of Hyndman and Fan at the percents that a fit keeps.
  // REQUIRES: there are some.
  static QuantileTable of(std::vector<double> observations);
  static const std::vector<double>& fitted_percents();

  double value(double u) const;  // REQUIRES: 0 <= u <= 1
  double mean() const;
  const std::vector<double>& percents() const { return percent_; }
  const std::vector<double>& values() const { return value_; }

 private:
  QuantileTable(std::vector<double> percent, std::vector<double> value)
      : percent_(std::move(percent)),
        value_(std::move(value)) {}

  std::vector<double> percent_, value_;
};

}  // namespace fleetsim::requests
