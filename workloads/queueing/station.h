#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "sim/time_average.h"
#include "workloads/queueing/config.h"
#include "workloads/queueing/customer.h"
#include "workloads/queueing/presence.h"

namespace fleetsim::queueing {

class System;

// One copy of a station: customers arrive, are served by some discipline, and are handed back to
// the system. Whoever calls arrive() has asked has_room() before.
class Station {
 public:
  Station(System& system, const StationConfig& config, std::uint32_t group)
      : system_(system),
        config_(config),
        group_(group) {}
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;
  virtual ~Station() = default;

  // The work that the customer asks for has been set.
  virtual void arrive(CustomerId id) = 0;

  bool has_room() const { return !config_.room || present() < *config_.room; }
  std::uint32_t present() const { return static_cast<std::uint32_t>(present_.level()); }
  std::uint32_t group() const { return group_; }
  const TimeAverage& presence() const { return present_; }
  const TimeAverage& busy() const { return busy_; }
  void restart(Instant now);
  void tell(PresenceWatcher& watcher, std::uint32_t candidate);  // when present() changes

 protected:
  void add_present(std::int64_t change);
  void set_busy(std::int64_t servers);
  System& system() { return system_; }
  const StationConfig& config() const { return config_; }

 private:
  struct Watcher {
    PresenceWatcher* watcher = nullptr;
    std::uint32_t candidate = 0;
  };
  System& system_;
  const StationConfig& config_;
  std::uint32_t group_;
  TimeAverage present_, busy_;
  std::vector<Watcher> watchers_;
};

std::unique_ptr<Station> make_station(System& system, const StationConfig& config,
                                      std::uint32_t group);

}  // namespace fleetsim::queueing
