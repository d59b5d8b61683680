#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/record.h"
#include "sim/stream.h"
#include "workloads/device/config.h"

namespace fleetsim::device {

// What a device did from its start on. Its energy follows: each part is a sum over these.
struct Totals {
  double full = 0, throttled = 0, asleep = 0;  // s that it lived
  double frames = 0;                           // or events; frames flow, so it may be a fraction
  double degree_seconds = 0;                   // the integral of its temperature
  double switches = 0;                         // into the throttle and out of it

  double awake() const { return full + throttled; }
  double alive() const { return awake() + asleep; }
};
Totals operator-(const Totals& a, const Totals& b);

struct Energy {
  double math = 0, traffic = 0, radio = 0, idle = 0;  // J
  double total() const { return math + traffic + radio + idle; }
};
Energy energy_of(const DeviceConfig& device, const Totals& spent);

// A device at an instant.
struct Snapshot {
  Totals totals{};
  double temperature = 0, hottest = 0;  // degrees Celsius; the hottest since the snapshot before
  double charge = 0;                    // J
};

// One history of a device, seen at given instants. What it does at them changes nothing in it.
struct Life {
  std::vector<Snapshot> seen;
  std::optional<double> emptied{}, throttled{};  // s: when its battery ended; the first time
  std::vector<Record> records{};                 // if wanted: of those two and of every switch
  std::uint64_t events = 0;
};

// REQUIRES: the instants rise.
Life live_by_frames(const DeviceConfig& device, std::uint32_t number,
                    std::span<const Instant> instants, bool wants_records);
Life live_by_events(const DeviceConfig& device, std::uint32_t number, const Chance& chance,
                    std::span<const Instant> instants);

}  // namespace fleetsim::device
