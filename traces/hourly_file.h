#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/result.h"
#include "sim/units.h"
#include "topology/grid.h"

namespace fleetsim {

// Series by the hour, or by any other equal step, as grid operators and those who collect from them
// publish them. What a file is, is told by what it holds:
//
//   long  a row a time (and zone), the column of the value named by what it is:
//         Datetime (UTC), Zone Id, Carbon Intensity gCO2eq/kWh (direct), ..., Data Estimated
//   wide  utc, ZONE, ZONE, ...: of carbon g/kWh, of prices currency/MWh, of air degrees Celsius,
//         unless a heading has a unit in brackets
//
// Times rise by equal steps. They are in UTC, by a Z or an offset of each or a heading that says
// so; local times that nothing says the offset of are taken as UTC as long as no clock is changed
// among them, and warned of. An hour that is blank or left out keeps the value before it.
enum class Hourly : std::uint8_t { carbon, price, temperature };

struct HourlyRequest {
  Hourly what = Hourly::carbon;
  std::string zone{};                      // may be empty where there is one only
  CarbonKind kind = CarbonKind::not_said;  // of two columns; not said: direct
};

struct HourlySeries {
  std::vector<double> values{};  // kg/J, currency/J, degrees Celsius
  std::int64_t start = 0;        // s since 1970-01-01T00:00Z, of the first
  Duration step{};
  std::string zone{};
  CarbonKind kind = CarbonKind::not_said;  // as asked for, or as the heading says
  std::size_t gaps = 0, longest_gap = 0;   // steps that were filled
  double estimated = 0;                    // share of the rows that say so of themselves
  std::vector<std::string> warnings{};

  // With time 0 at that point of the calendar.
  StepSeries from(std::int64_t time_0) const;
};

// Errors name file:line:column.
Result<HourlySeries> read_hourly(const std::string& path, const HourlyRequest& request);

}  // namespace fleetsim
