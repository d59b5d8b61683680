#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/law.h"
#include "topology/site.h"

namespace fleetsim::loads {

// Work that draws power and may wait: what runs when, and where, decides what it emits and costs.

inline constexpr Instant end_of_time{INT64_MAX};
inline constexpr Duration day = 86'400_s;

// What a load draws while it runs, and how many times as long its work takes as without a cap
// beyond that of its nodes.
struct Draw {
  double watts = 0, slowdown = 1;
};

// A place where a load may run: nodes in a region. What is only known by its power is one node with
// one device. `share`: of a device's peak, that a cap leaves; 1 is no cap.
struct Place {
  RegionId region;
  std::optional<ClusterId> cluster{};  // whose nodes they are; empty: nobody's
  NodePower node{};
  double nodes = 1, use = 1;

  Draw draw(double share) const;
  std::optional<double> share_within(double watts) const;  // empty: not even idle
  double devices() const { return nodes * node.devices; }
};

enum class Policy : std::uint8_t {
  at_once,     // does nothing: runs from its arrival on, at its first place
  cleanest,    // knows all that comes until its deadline, and takes the cleanest steps
  cheapest,    // likewise, by money
  threshold,   // runs while it is clean, and at last to meet its deadline
  forecast,    // as cleanest, but takes each coming day for the one before its arrival
  follow_sun,  // runs always, at the place that is cleanest now
  capped       // runs always, with a cap that follows the grid
};

// Runs where the grid's carbon is at most `below`, or at most its own mean of what is `past`.
struct Threshold {
  double below = 0;  // kg/J
  Duration past{};
};

// What leaves a place for another: the way takes time, in which nothing runs, and money.
struct Move {
  Duration time{};
  double price = 0;  // $
};

struct LoadConfig {
  std::string name{};
  std::vector<Place> places{};         // the first is home
  Law needs = *Law::constant(1);       // s of running at full power
  std::optional<Duration> deadline{};  // after the arrival
  Duration first{};                    // arrival
  std::optional<Law> gap{};            // s from one arrival to the next; empty: just one
  bool random_first = false;           // the first arrival is a gap later
  Policy policy = Policy::at_once;
  bool pausable = false;
  Duration pause{};           // of running, which each pause adds: state goes and comes
  std::vector<Move> moves{};  // from place i to place j at i * places + j
  double least_gain = 0;      // share by which a place must be cleaner to move there
  Threshold threshold{};
  std::optional<Polyline> caps{};  // kg/J of the grid -> share of the peak
  bool cap_when_over = false;      // a full site: with less power; else it queues there

  const Move& move(std::uint32_t from, std::uint32_t to) const {
    return moves[from * places.size() + to];
  }
  // It is known beforehand when its jobs arrive, and how long they run.
  bool certain() const;
};

struct LoadsConfig {
  std::vector<LoadConfig> loads;
  Sites sites;
  Duration horizon{}, warm_up{};
};

}  // namespace fleetsim::loads
