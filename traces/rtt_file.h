#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "sim/result.h"

namespace fleetsim {

// Round trips that somebody has measured, in seconds, between places by name.
class RoundTrips {
 public:
  void add(const std::string& from, const std::string& to, double seconds);

  // A round trip is the same from either end, so of both directions the slower counts: what one
  // end reports below the other is an error of its clock.
  std::optional<double> between(const std::string& a, const std::string& b) const;

 private:
  std::map<std::pair<std::string, std::string>, double> rows_;
};

// A CSV file with the columns src, dst and one of min_rtt_ms, rtt_ms, or either with a unit in
// brackets: "rtt (s)". `name_of` tells by what name a place is kept. Errors name file:line.
Result<RoundTrips> read_round_trips(const std::string& path,
                                    const std::function<std::string(const std::string&)>& name_of);

}  // namespace fleetsim
