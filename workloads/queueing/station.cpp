#include "workloads/queueing/station.h"

#include "workloads/queueing/bulk_station.h"
#include "workloads/queueing/line_station.h"
#include "workloads/queueing/preemptive_station.h"
#include "workloads/queueing/sharing_station.h"
#include "workloads/queueing/system.h"

namespace fleetsim::queueing {

void Station::restart(Instant now) {
  present_.restart(now);
  busy_.restart(now);
}

void Station::tell(PresenceWatcher& watcher, std::uint32_t candidate) {
  watchers_.push_back({&watcher, candidate});
}

void Station::add_present(std::int64_t change) {
  const Instant now = system_.engine().now();
  present_.set(now, present_.level() + change);
  for (const Watcher& w : watchers_)
    for (std::int64_t i = 0; i < std::abs(change); ++i)
      w.watcher->moved(w.candidate, change > 0, now);
}

void Station::set_busy(std::int64_t servers) {
  busy_.set(system_.engine().now(), servers);
}

std::unique_ptr<Station> make_station(System& system, const StationConfig& config,
                                      std::uint32_t group) {
  if (config.bulk) return std::make_unique<BulkStation>(system, config, group);
  switch (config.discipline) {
    case Discipline::fcfs:
    case Discipline::lcfs:
    case Discipline::priority:
      return std::make_unique<LineStation>(system, config, group);
    case Discipline::ps:
      return std::make_unique<SharingStation>(system, config, group);
    case Discipline::lcfs_preemptive:
    case Discipline::srpt:
    case Discipline::priority_preemptive:
      return std::make_unique<PreemptiveStation>(system, config, group);
  }
  check(false, "each discipline has its station");
  return nullptr;
}

}  // namespace fleetsim::queueing
