#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "topology/step_series.h"

namespace fleetsim {

// What carbon is charged to a kilowatt-hour. Figures of different kinds are never mixed, for they
// differ by more than most decisions gain: the first two are means over all that generates, with
// what power stations emit or also with their building and fuel; marginal is what one more
// kilowatt-hour makes the grid emit.
enum class CarbonKind : std::uint8_t { not_said, direct, lifecycle, marginal };

constexpr std::string_view name_of(CarbonKind kind) {
  constexpr std::string_view names[] = {"average", "direct average", "lifecycle average",
                                        "marginal"};
  return names[static_cast<std::size_t>(kind)];
}

// The electricity of a place, as its meter is charged for it.
struct Grid {
  StepSeries carbon{};                          // kg/J
  CarbonKind kind = CarbonKind::not_said;       // of that
  StepSeries price{};                           // $/J; below 0 one is paid for taking it
  double demand_charge = 0;                     // $/W of each month's peak
  std::string carbon_source{}, price_source{};  // where the figures come from, for a person
};

// A month for demand charges: a twelfth of a year of 365 days, from time 0 on.
inline constexpr Duration billing_month = 2'628'000_s;

}  // namespace fleetsim
