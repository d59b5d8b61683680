#pragma once
#include <vector>

#include "workloads/loads/run.h"
#include "workloads/model.h"

namespace fleetsim::loads {

// A replication, and what the same arrivals would have come to otherwise.
struct Lived {
  History as_decided;
  std::vector<Job> at_once;  // every load at its arrival, at its first place
  struct Least {
    std::optional<double> carbon{}, cost{};  // kg, $: what no policy gets below at full power
  };
  std::vector<Least> least;  // by job
};
Lived live(const LoadsConfig& config, const Chance& chance, Instant end);

// What one window shows. Of the sites that a load may run at, all together, while the window lasts:
//
//   energy.{it,facility}, power.{mean,peak}
//   carbon.{operational,embodied,total}, water.total
//   cost.{capex,energy,maintenance,network,total}  nodes are charged while a load runs on them
//
// Of the jobs that arrive in the window, from their arrival until they are done; of several loads
// those of one are called load.NAME.completed and so on:
//
//   load.{completed,missed}      done by their deadline, and not
//   load.wait.{mean,p99}         from the arrival to the end, beyond what running takes
//   load.{pauses,moves}
//   load.{energy,carbon,cost}    of the facility while they run; without what it draws in any case
//   load.intensity               carbon by energy
//   load.{carbon,cost}_saved     of jobs done in time: share of what they take at once, where a
//                                policy decides
//   load.{,cost_}regret          of those with a deadline: above the optimum, as a share of it;
//   work
//                                with a cap takes less energy and may do better than that
//
// Counts and sums of several windows are told as if each were the whole.
std::vector<Measured> measure(const LoadsConfig& config, const Lived& lived, Instant from,
                              Instant to, std::uint32_t windows);
std::vector<MetricSpec> specs_of(const LoadsConfig& config);

inline constexpr double grams_per_kwh = 3.6e9;  // of kg/J

// How the metrics of one load begin.
std::string prefix_of(const LoadsConfig& config, const LoadConfig& load);

// The waits of the jobs of a window, by load.
std::vector<Distribution> waits(const LoadsConfig& config, const Lived& lived, Instant from,
                                Instant to);

}  // namespace fleetsim::loads
