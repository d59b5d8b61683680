#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/result.h"

namespace fleetsim::analytic {

// The domain of a formula. Each function returns what is wrong, as one line that names the broken
// assumption, or nothing:
//
//   if (auto wrong = unstable("M/M/1", utilization)) return *wrong;

// A rate, a mean time: above zero and finite.
std::optional<Error> not_positive(std::string_view model, std::string_view what, double value);
// A count such as servers or customers: at least one.
std::optional<Error> not_counted(std::string_view model, std::string_view what,
                                 std::uint64_t value);
// No steady state: more work comes than the station can do.
std::optional<Error> unstable(std::string_view model, double utilization);
// The level of a quantile: 0 <= p < 1.
std::optional<Error> not_a_level(double p);

}  // namespace fleetsim::analytic
