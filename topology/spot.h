#pragma once
#include <optional>

#include "sim/engine.h"
#include "sim/law.h"
#include "sim/stream.h"
#include "sim/time_average.h"

namespace fleetsim {

// Nodes that are rented by the hour, all of a cluster together. Whoever owns them takes them back
// now and then, says so `notice` before, and gives them again later.
struct Spot {
  double price = 0;              // $/s of a node, while it is held
  std::optional<Law> stay{};     // s, from when capacity comes until it goes; none: for ever
  std::optional<Law> absence{};  // s, until it is back; as there is a stay
  Duration notice{};
};

// The share of all time in which such capacity is held, in the long run: E[U] / (E[U] + E[D]).
double held_share(const std::optional<Spot>& spot);

// When capacity is held: stays and absences in turn, from a stay at the begin on. At most one event
// is planned ahead.
class SpotLease {
 public:
  // `noticed` hears, so long before, that the stay ends; `goes` and `comes` when it does.
  SpotLease(Engine& engine, const Spot& spot, Stream draws, Event noticed, Event goes, Event comes);
  SpotLease(const SpotLease&) = delete;
  SpotLease& operator=(const SpotLease&) = delete;

  bool holds() const { return held_.level() > 0; }
  Instant ends() const { return ends_; }  // of this stay. REQUIRES: noticed
  TimeAverage::Area held(Instant now) const { return held_.area(now); }

 private:
  void stay();
  void warn(std::uint64_t);
  void go(std::uint64_t);
  void come(std::uint64_t);

  Engine& engine_;
  const Spot& spot_;
  Stream draws_;
  Event noticed_, goes_, comes_;
  TimeAverage held_{{}, 1};
  Instant ends_{};
};

}  // namespace fleetsim
