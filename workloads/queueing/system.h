#pragma once
#include <memory>
#include <vector>

#include "sim/engine.h"
#include "sim/record.h"
#include "workloads/queueing/collector.h"
#include "workloads/queueing/orbit.h"
#include "workloads/queueing/presence.h"
#include "workloads/queueing/router.h"
#include "workloads/queueing/source.h"
#include "workloads/queueing/station.h"

namespace fleetsim::queueing {

// One replication of a queueing system: sources send customers in, stations hand them back when
// they are served, and the system sends them on along the wiring of the config. Owns all that
// changes.
class System {
 public:
  // The config must outlive the system; a sink, if any, is told of each customer's visit.
  System(const QueueingConfig& config, const Chance& chance, RecordSink* sink);

  Engine& engine() { return engine_; }
  Customers& customers() { return customers_; }
  Collector& collector() { return collector_; }

  // What sources and orbits do.
  void enter(std::uint32_t source);
  bool try_again(CustomerId id, std::uint32_t station);  // false: still no room

  // What stations do and ask.
  void served(CustomerId id, std::uint32_t group);
  void gave_up(CustomerId id);
  Duration draw_service(std::uint32_t group);
  Duration draw_patience(std::uint32_t group);
  std::uint64_t priority_key(CustomerId id, std::uint64_t number) const;

  void restart();                           // a new window of measurement begins
  void report(std::vector<Measured>& out);  // of this window; audits it

  // The customers who left since then, up to a limit; for the result file.
  struct Visit {
    Instant entered{};
    Duration sojourn{}, work{};
    std::uint32_t source = 0;
  };
  void keep_visits(std::size_t limit) {
    visits_left_ = limit;
    visits_total_ = 0;
  }
  std::vector<Visit> take_visits() { return std::move(visits_); }
  std::uint64_t visits_total() const { return visits_total_; }

 private:
  struct Group {  // the copies of one configured station
    std::uint32_t first = 0, copies = 1;
    Stream service, patience, choice;
    std::unique_ptr<DepthProfile> depth;  // where there are several copies
  };
  void add_group(const StationConfig& config, std::uint32_t index, const Chance& chance);
  void add_router(const RouterConfig& config, std::uint32_t index, const Chance& chance);
  void go(CustomerId id, Target to);
  void offer(CustomerId id, std::uint32_t station);
  void admit(CustomerId id, std::uint32_t station);
  void leave(CustomerId id);
  void note(const char* what, std::uint64_t who, double value, Record::Shape shape);
  void report_station(std::uint32_t group, const std::string& prefix, bool with_length,
                      std::vector<Measured>& out) const;

  const QueueingConfig& config_;
  RecordSink* sink_;
  Engine engine_;
  Customers customers_;
  Collector collector_;
  std::vector<Group> groups_;
  std::vector<std::unique_ptr<Station>> stations_;
  std::vector<std::unique_ptr<Orbit>> orbits_;  // by station; null without retrial
  struct Choice {
    std::unique_ptr<Router> router;
    std::vector<Target> to;  // by candidate
    bool copies = false;     // the candidates' indices are copies, not groups
  };
  std::vector<Choice> routers_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::size_t visits_left_ = 0;
  std::uint64_t visits_total_ = 0;
  std::vector<Visit> visits_;
};

}  // namespace fleetsim::queueing
