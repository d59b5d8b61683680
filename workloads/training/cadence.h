#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "sim/units.h"

namespace fleetsim::training {

// Where each `every`-th checkpoint goes: memory of a peer, local flash, a parallel file system, an
// object store.
struct CheckpointLevel {
  std::string name{};
  std::uint32_t every = 1;
  Duration write{};     // stops the work
  Duration restore{};   // added to a restart from it
  double survives = 1;  // P(a failure leaves it whole)
};

// Intervals of work with a write after each, in a pattern of levels: write n goes to the deepest
// level whose `every` divides n, else to the near one. Each `every` is a multiple of that of the
// level above, so that the pattern nests, n writes are counted like digits, and both the time that
// they take and how many fit a time cost O(levels).
struct Cadence {
  Duration interval{}, write{};  // write: of the near level
  std::span<const CheckpointLevel> deeper{};

  // Writes after which the pattern begins again.
  std::int64_t period() const { return every(deeper.size()); }
  std::int64_t every(std::size_t level) const { return level == 0 ? 1 : deeper[level - 1].every; }
  Duration write_to(std::size_t level) const {
    return level == 0 ? write : deeper[level - 1].write;
  }
  std::size_t level_of(std::int64_t n) const;  // n >= 1

  // Intervals up to the next write to a level, with their writes.
  Duration group(std::size_t level) const;

  // The first n intervals with their writes; and how many whole ones fit into `t`.
  Duration until(std::int64_t n) const;
  std::int64_t whole_in(Duration t) const;
};

}  // namespace fleetsim::training
