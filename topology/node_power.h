#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "analytic/book/constants.h"
#include "topology/polyline.h"

namespace fleetsim {

// What a node is busy with. Memory: limited by memory's bandwidth, as decoding is.
enum class Activity : std::uint8_t {
  compute,
  communication,
  memory,
  checkpoint,
  restart,
  idle,
  sleep,
  off
};
inline constexpr std::size_t activities = 8;

// What a node draws, by part: its devices; fans and host beside them; what its supplies lose.
struct NodeWatts {
  double devices = 0, overhead = 0, conversion = 0;
  double total() const { return devices + overhead + conversion; }
};

// The draw of a node by what it is busy with. A device draws
//
//   peak * curve(use)      by default the book's peak * (0.30 + 0.70 use)
//
// or what is given for the activity, at most its cap. Where a cap holds it back, work takes longer:
// by a factor measured at some caps, or else as clock^3 goes with the power above idle, which is
// what physics says of work that keeps pace with the clock. A node that is off draws nothing.
struct NodePower {
  std::uint32_t devices = 8;
  double peak = analytic::operations::default_tdp;        // W of a device at full use
  std::optional<Polyline> curve{};                        // use -> share of the peak
  std::array<std::optional<double>, activities> given{};  // W of a device
  std::optional<double> cap{};                            // W of a device; above that of idle
  std::optional<Polyline> slowdown{};  // cap as a share of the peak -> time of work
  double overhead = 0;                 // W of the node
  double efficiency = 1;               // of its power supplies

  // `use`: of what a device could do, from 0 to 1; for computing the MFU.
  double device(Activity activity, double use) const;  // W
  NodeWatts node(Activity activity, double use) const;
  double time_factor(Activity activity, double use) const;  // at least 1

  // The same at the use that an activity has by itself: all of the device when it computes or is
  // limited by memory, none of it else: there a device draws as idle, unless it is given.
  static double usual_use(Activity activity);

 private:
  double wanted(Activity activity, double use) const;  // W of a device, were there no cap
};

}  // namespace fleetsim
