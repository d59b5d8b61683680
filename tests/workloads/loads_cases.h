#pragma once
#include <string>
#include <vector>

#include "workloads/loads/metrics.h"

// Loads on sites by the hour, and what a clock that ticks by the hour makes of them: written apart
// from the simulation, for tests to compare with.
namespace fleetsim::loads {

inline constexpr Duration hour = 3600_s;
inline Instant at_hour(std::int64_t h) {
  return Instant{} + h * hour;
}

// Sites of such carbon (kg/J) and price by the hour, with a PUE of 1.25.
inline Sites sites_of(const std::vector<std::vector<double>>& carbon,
                      const std::vector<std::vector<double>>& price = {},
                      std::optional<double> budget = std::nullopt) {
  Sites out;
  for (std::size_t i = 0; i < carbon.size(); ++i) {
    Grid grid{.carbon = StepSeries(carbon[i], hour), .price = 1};
    if (i < price.size()) grid.price = StepSeries(price[i], hour);
    auto site = Site::make(std::move(grid), {.per_it = 1.25, .budget = budget});
    out.regions.push_back(std::make_shared<const Site>(*std::move(site)));
  }
  return out;
}

inline Place place_of(std::uint32_t region, double watts) {
  Place out{.region = {region}};
  out.node.devices = 1;
  out.node.peak = watts;
  return out;
}

// A load of 1 kW at each of the regions.
inline LoadConfig load_of(Policy policy, std::uint32_t regions, std::int64_t needs,
                          std::int64_t deadline) {
  LoadConfig out{.name = "x"};
  for (std::uint32_t i = 0; i < regions; ++i) out.places.push_back(place_of(i, 1000));
  out.needs = *Law::constant(seconds(needs * hour));
  out.deadline = deadline * hour;
  out.policy = policy;
  out.pausable = true;
  out.moves.resize(std::size_t{regions} * regions);
  out.threshold.past = day;
  out.caps = *Polyline::make({{0.3, 1}, {0.7, 0.5}});
  return out;
}

inline std::vector<double> random_series(Stream& stream, std::size_t hours) {
  std::vector<double> out;
  for (std::size_t i = 0; i < hours; ++i) out.push_back(stream.uniform());
  return out;
}

}  // namespace fleetsim::loads
