#pragma once
#include <compare>

#include "workloads/queueing/station.h"

namespace fleetsim::queueing {

// The servers always work on the customers that rank first (SRPT, PRIORITY_PREEMPTIVE,
// LCFS_PREEMPTIVE); an interrupted customer resumes where the work stopped.
class PreemptiveStation final : public Station {
 public:
  using Station::Station;
  void arrive(CustomerId id) override;

 private:
  struct Rank {  // less is served first
    std::uint64_t key = 0, number = 0;
    friend auto operator<=>(Rank, Rank) = default;
  };
  struct Job {
    Rank rank{};
    CustomerId id{};
    Duration left{};  // when it last started or stopped
    Instant started{};
    EventHandle done{};
  };
  static bool after(const Job& a, const Job& b) { return a.rank > b.rank; }
  Rank rank_now(const Job& running);
  void start(Job job);
  void stop(std::size_t running);
  void finish(std::uint64_t customer);

  std::uint64_t arrivals_ = 0;
  std::vector<Job> running_;  // at most one a server
  std::vector<Job> waiting_;  // a heap under after()
};

}  // namespace fleetsim::queueing
