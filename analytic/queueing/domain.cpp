#include "analytic/queueing/domain.h"

#include <fmt/format.h>

#include <cmath>

namespace fleetsim::analytic {

std::optional<Error> not_positive(std::string_view model, std::string_view what, double value) {
  if (value > 0 && std::isfinite(value)) return std::nullopt;
  return Error{fmt::format("{} needs {} > 0 and finite, not {:.6g}", model, what, value)};
}

std::optional<Error> not_counted(std::string_view model, std::string_view what,
                                 std::uint64_t value) {
  if (value >= 1) return std::nullopt;
  return Error{fmt::format("{} needs at least one {}", model, what)};
}

std::optional<Error> unstable(std::string_view model, double utilization) {
  if (utilization < 1) return std::nullopt;
  return Error{fmt::format("{} has no steady state: utilisation {:.6g} >= 1", model, utilization)};
}

std::optional<Error> not_a_level(double p) {
  if (p >= 0 && p < 1) return std::nullopt;
  return Error{fmt::format("a quantile needs a level in [0, 1), not {:.6g}", p)};
}

}  // namespace fleetsim::analytic
