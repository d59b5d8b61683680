#pragma once
#include "workloads/queueing/station.h"
#include "workloads/queueing/waiting_line.h"

namespace fleetsim::queueing {

// Service that is never interrupted: the line says who is next (FCFS, LCFS, PRIORITY). Customers
// whose patience ends while they wait leave unserved.
class LineStation final : public Station {
 public:
  LineStation(System& system, const StationConfig& config, std::uint32_t group);
  void arrive(CustomerId id) override;

 private:
  void start(CustomerId id);
  void finish(std::uint64_t customer);
  void lose_patience(std::uint64_t customer);
  std::uint64_t key_of(CustomerId id);

  WaitingLine line_;
  std::uint64_t arrivals_ = 0;
  std::uint32_t serving_ = 0;
};

}  // namespace fleetsim::queueing
