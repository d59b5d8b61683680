#pragma once
#include "workloads/queueing/station.h"

namespace fleetsim::queueing {

// Processor sharing: each of the n present is served at rate min(1, servers / n). Nothing moves but
// one clock: attained service A(t) grows at that rate for all alike, so a customer who comes at t
// with work w is done when A reaches A(t) + w, and an arrival or departure costs O(log n).
class SharingStation final : public Station {
 public:
  using Station::Station;
  void arrive(CustomerId id) override;

 private:
  struct Share {
    double done_at = 0;  // on the clock of attained service, in nanoseconds
    std::uint64_t number = 0;
    CustomerId id{};
  };
  static bool after(const Share& a, const Share& b) {
    return a.done_at != b.done_at ? a.done_at > b.done_at : a.number > b.number;
  }
  double rate() const;
  void advance();  // the clock, to now
  void expect_next();
  void finish(std::uint64_t);

  double attained_ = 0;
  Instant advanced_;
  std::uint64_t arrivals_ = 0;
  std::vector<Share> shares_;  // a heap under after()
  EventHandle next_;
};

}  // namespace fleetsim::queueing
