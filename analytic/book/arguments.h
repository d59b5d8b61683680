#pragma once
#include <cmath>
#include <cstdint>
#include <string_view>

#include "sim/result.h"

namespace fleetsim::analytic {

// The domain of a solver's arguments, checked without building text unless one is wrong. The first
// that fails is the one reported: by name, with what was found and what is valid.
//
//   Arguments in("DistributedModel");
//   in.at_least("tp_size", tp, 1).fraction("efficiency", e);
//   if (!in.fine()) return in.error();
//
// NaN and infinity fail every check.
class Arguments {
 public:
  explicit Arguments(std::string_view solver) : solver_(solver) {}

  // What no other method says: `rule` completes "must be ...".
  Arguments& need(bool ok, std::string_view name, double value, std::string_view rule) {
    if (!ok && fine_) fine_ = false, name_ = name, value_ = value, rule_ = rule;
    return *this;
  }
  Arguments& positive(std::string_view name, double value) {
    return need(value > 0 && std::isfinite(value), name, value, "above zero and finite");
  }
  Arguments& nonnegative(std::string_view name, double value) {
    return need(value >= 0 && std::isfinite(value), name, value, "zero or more and finite");
  }
  Arguments& fraction(std::string_view name, double value) {
    return need(value >= 0 && value <= 1, name, value, "between 0 and 1");
  }
  // The share of the peak that kernels reach; the book allows no less than 1e-9.
  Arguments& efficiency(double value) {
    return need(value >= 1e-9 && value <= 1, "efficiency", value, "between 1e-9 and 1");
  }
  Arguments& at_least_one(std::string_view name, double value) {
    return need(value >= 1 && std::isfinite(value), name, value, "at least 1");
  }
  Arguments& at_least_one(std::string_view name, std::int64_t value) {
    return need(value >= 1, name, static_cast<double>(value), "at least 1");
  }

  bool fine() const { return fine_; }
  Error error() const;

 private:
  std::string_view solver_, name_, rule_;
  double value_ = 0;
  bool fine_ = true;
};

}  // namespace fleetsim::analytic
