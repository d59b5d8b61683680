#pragma once
#include "workloads/queueing/station.h"
#include "workloads/queueing/waiting_line.h"

namespace fleetsim::queueing {

// First come, first served, several at once: a free server takes up to `size` customers, or waits
// until it can take that many, and one draw of the service law is the time of them all. The base
// model of static batching.
class BulkStation final : public Station {
 public:
  BulkStation(System& system, const StationConfig& config, std::uint32_t group);
  void arrive(CustomerId id) override;

 private:
  void start_if_ready();
  void finish(std::uint64_t server);

  WaitingLine line_;
  std::uint64_t arrivals_ = 0;
  std::vector<std::vector<CustomerId>> batch_;  // by server
  std::vector<std::uint32_t> idle_;             // servers
};

}  // namespace fleetsim::queueing
