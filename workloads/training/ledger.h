#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/units.h"

namespace fleetsim::training {

// What a job's wall time goes into. Detection counts as stalled; what a failure undoes, as lost;
// a write that a failure breaks is a checkpoint still.
enum class Phase : std::uint8_t { useful, checkpoint, lost, restart, stalled, queued };
inline constexpr std::size_t phases = 6;
inline constexpr std::array<const char*, phases> phase_names = {"useful",  "checkpoint", "lost",
                                                                "restart", "stalled",    "queued"};

// Wall time by phase, in whole nanoseconds: it sums to the wall time exactly.
struct Ledger {
  std::array<std::int64_t, phases> ns{};

  void add(Phase phase, Duration d) { ns[static_cast<std::size_t>(phase)] += d.ns; }
  Duration operator[](Phase phase) const { return {ns[static_cast<std::size_t>(phase)]}; }
  Duration total() const {
    std::int64_t sum = 0;
    for (const std::int64_t part : ns) sum += part;
    return {sum};
  }
  friend Ledger operator-(Ledger a, const Ledger& b) {
    for (std::size_t i = 0; i < phases; ++i) a.ns[i] -= b.ns[i];
    return a;
  }
};

}  // namespace fleetsim::training
