#pragma once
#include <optional>

#include "workloads/training/config.h"

namespace fleetsim::training {

// What verification costs a job that nothing but silent corruption hits, at the rate s. Times in
// seconds. Each group of v intervals of work tau ends in a check kappa; the write delta after it is
// clean, and the next check is a whole c = v (tau + delta) + kappa later. After a restart R from
// that write the first check comes already after A = c - delta. A check that fails costs its group,
// the latency d and the restart, and each try after a restart is like the one before:
//
//   from a check that passed, or from a restart, to the next that passes:
//   X = c + (1 - e^{-s c}) (d + R + Y),    Y = A + (e^{s A} - 1) (A + d + R),
//
// goodput = v tau / X. Of all alarms the share e^{-s A} are those of a group of c, the others those
// of a group of A: so the work that is wasted on bad state, from corruption to alarm, is that of
// f.sdc for each of the two. A job that ends has a first group without a write before it, maybe a
// shorter last one, and one write more.
struct VerifiedGroup {
  double useful = 0, lost = 0, writing = 0, restart = 0;  // s, mean, of X
  double wall() const { return useful + lost + writing + restart; }
};
struct VerifiedWork {
  double wall = 0, variance = 0;  // s, s^2, of all of a job
};
struct VerifiedCost {
  VerifiedGroup group{};
  double wasted = 0, redone = 0;       // s, mean, of an alarm
  std::optional<VerifiedWork> work{};  // where the job ends
  bool kept = true;                    // there is always a clean checkpoint to go back to
};

// REQUIRES: its state is verified, and corrupted at a rate > 0.
VerifiedCost verified_cost(const JobConfig& job, const FailurePlan& plan);

// How many writes from check to check are best, and the share of time that is useful then. All work
// since a check is lost with what corrupts it, so to first order checks are best sqrt(kappa / s)
// apart: not sqrt(2 kappa / s), as writes are whose failures are seen at once.
struct BestChecks {
  std::uint32_t every = 1;
  double goodput = 0;
};
BestChecks best_checks(const JobConfig& job, const FailurePlan& plan);

}  // namespace fleetsim::training
