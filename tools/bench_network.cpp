#include <malloc.h>

#include "sim/stream.h"
#include "tools/bench.h"
#include "topology/fluid_network.h"

namespace fleetsim {
namespace {

struct Load {
  const char* traffic;
  std::uint32_t nodes, devices, radix;  // a fat tree of three tiers, a port a device
  std::uint32_t flows;                  // in flight
  bool disjoint;                        // each between a pair of neighbours; else between any two
};
constexpr Load loads[] = {
    {"random", 1024, 1, 16, 1000, false},
    {"neighbours", 1000, 1, 128, 500, true},
    {"neighbours", 12'500, 8, 128, 500, true},
};

FleetPlan plan_of(const Load& load) {
  ClusterPlan cluster{.name = "bench",
                      .region = {0},
                      .nodes = load.nodes,
                      .devices = load.devices,
                      .ports = load.devices,
                      .device_rate = 450e9,
                      .port_rate = 50e9,
                      .trunk_rate = 50e9,
                      .border_rate = 1e12,
                      .node_latency = 1_us,
                      .fabric_latency = 5_us,
                      .hop_latency = {},
                      .shape = {.radix = load.radix, .tiers = 3}};
  return {.regions = {"region"}, .clusters = {cluster}, .wide_links = {}};
}

// Keeps so many flows in flight: where one is delivered, the next begins.
class Traffic {
 public:
  Traffic(const Load& load, const Fleet& fleet, std::uint64_t changes)
      : load_(load),
        devices_(fleet.devices()),
        changes_(changes),
        fluid_(engine_, fleet),
        chance_(Chance{.seed = 1}.stream("bench")) {
    for (std::uint64_t i = 0; i < load.flows; ++i) next(i);
  }

  void run() { engine_.run(); }
  std::uint64_t changed() const { return sent_ + fluid_.delivered(); }
  const FairShare& shares() const { return fluid_.shares(); }

 private:
  void next(std::uint64_t place) {
    if (changed() >= changes_) return engine_.stop();
    Transfer transfer{.from = any(), .to = any(), .label = sent_};
    if (load_.disjoint) transfer.from = {static_cast<std::uint32_t>(2 * place)};
    if (load_.disjoint || transfer.from == transfer.to) transfer.to = {transfer.from.index ^ 1u};
    transfer.bytes = static_cast<std::int64_t>(1e6 * (1 + 9 * chance_.uniform()));
    ++sent_;
    fluid_.send(transfer, on<&Traffic::next>(*this, place));
  }
  DeviceId any() { return {static_cast<std::uint32_t>(chance_.uniform() * devices_)}; }

  const Load& load_;
  double devices_;
  std::uint64_t changes_, sent_ = 0;
  Engine engine_;
  FluidNetwork fluid_;
  Stream chance_;
};

// Changes a second were all rates solved from nothing at each.
double from_nothing(const Load& load, const Fleet& fleet) {
  Stream chance = Chance{.seed = 1}.stream("bench");
  const auto any = [&] { return static_cast<std::uint32_t>(chance.uniform() * fleet.devices()); };
  std::vector<Path> paths;
  Route route;
  for (std::uint32_t i = 0; i < load.flows; ++i) {
    const DeviceId from{load.disjoint ? 2 * i : any()};
    DeviceId to{load.disjoint ? from.index + 1 : any()};
    if (from == to) to.index ^= 1u;
    fleet.route(from, to, i, route);
    paths.push_back(route.links);
  }
  const double start = thread_seconds();
  max_min_rates(fleet.rates(), paths);
  return 1 / (thread_seconds() - start);
}

double megabytes() {
  const struct mallinfo2 now = mallinfo2();
  return static_cast<double>(now.uordblks + now.hblkhd) / 1e6;
}

BenchRow measure(const Load& load, std::uint64_t changes) {
  const double before = megabytes(), start = thread_seconds();
  const Result<Fleet> fleet = Fleet::make(plan_of(load));
  check(bool(fleet), "the fleets of the benchmark can be built");
  Traffic traffic(load, *fleet, changes);
  const double build = thread_seconds() - start, memory = megabytes() - before;
  const double begin = thread_seconds();
  const std::uint64_t at_begin = traffic.changed();
  traffic.run();
  const double rate =
      static_cast<double>(traffic.changed() - at_begin) / (thread_seconds() - begin);
  const double baseline = from_nothing(load, *fleet);
  return {{{"traffic", load.traffic},
           {"devices", std::to_string(fleet->devices())},
           {"flows", std::to_string(load.flows)}},
          {{"changes_per_s", rate},
           {"baseline_changes_per_s", baseline},
           {"ratio", rate / baseline},
           {"build_s", build},
           {"megabytes", memory}}};
}

}  // namespace

// Flows that begin and end on fat trees of three tiers, with their events; the baseline solves all
// rates from nothing at each change.
std::vector<BenchRow> bench_network(const BenchOptions& options) {
  std::vector<BenchRow> rows;
  for (const Load& load : loads) rows.push_back(measure(load, options.events));
  return rows;
}

}  // namespace fleetsim
