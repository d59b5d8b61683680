#include "workloads/network/collective_twin.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "analytic/exact/collectives.h"
#include "topology/network.h"
#include "workloads/network/gauges.h"

namespace fleetsim::network {
namespace {

using analytic::AlphaBeta;
using analytic::AlphaBetaLevel;

struct Form {
  Result<double> value;
  const char* id;
};

// The textbook's time of a collective of one level; levels of a hierarchical one add up.
Form form_of(const CollectiveConfig& collective, const std::vector<AlphaBetaLevel>& rings,
             const AlphaBeta& flat) {
  const bool reduce = collective.kind == CollectiveKind::all_reduce;
  switch (collective.algorithm) {
    case Algorithm::ring:
      return {reduce ? analytic::ring_allreduce(flat) : analytic::ring_allgather(flat), "n.ring"};
    case Algorithm::halving_doubling:
      return {
          reduce ? analytic::halving_doubling_allreduce(flat) : analytic::doubling_allgather(flat),
          "n.tree"};
    case Algorithm::tree:
      return {reduce ? analytic::tree_allreduce(flat) : analytic::tree_broadcast(flat), "n.tree"};
    case Algorithm::pairwise:
      return {analytic::pairwise_alltoall(flat), "n.tree"};
    case Algorithm::hierarchical:
      return {reduce ? analytic::hierarchical_allreduce(flat.bytes, rings)
                     : analytic::hierarchical_allgather(flat.bytes, rings),
              "n.hier"};
    case Algorithm::automatic:
      break;
  }
  return {Error{"the algorithm has been chosen"}, ""};
}

void predict(const CollectiveConfig& collective, const NetworkConfig& config, Twin& twin) {
  const std::vector<DeviceId> ranks = ranks_of(collective, *config.fleet);
  const std::vector<Phase> phases = phases_of(collective, *config.fleet);
  std::vector<AlphaBetaLevel> rings;
  std::vector<Level> ring_levels;
  AlphaBeta flat{.ranks = static_cast<std::int64_t>(ranks.size()),
                 .bytes = static_cast<double>(collective.bytes)};
  std::string broken = other_traffic(config, config.collectives.size() > 1);
  if (broken.empty() && collective.algorithm == Algorithm::tree &&
      collective.kind == CollectiveKind::all_reduce && !std::has_single_bit(ranks.size()))
    broken = "branches that are not full end early";
  for (const Phase& phase : phases) {
    for (std::uint32_t step = 0; step < phase.unlike_steps(); ++step) {
      const Way way = way_of(phase, step, config, ranks, false);
      if (broken.empty()) broken = way.broken;
      flat.latency = seconds(way.latency);
      flat.bandwidth = way.rate;
    }
    if (std::find(ring_levels.begin(), ring_levels.end(), phase.level) != ring_levels.end())
      continue;
    ring_levels.push_back(phase.level);
    rings.push_back({phase.size, flat.latency, flat.bandwidth});
  }
  if (collective.kind == CollectiveKind::all_gather)  // told from the outermost ring on
    std::reverse(rings.begin(), rings.end()), std::reverse(ring_levels.begin(), ring_levels.end());
  const Form form = form_of(collective, rings, flat);
  check(bool(form.value), "a schedule has a closed form");
  std::uint32_t steps = 0;
  for (const Phase& phase : phases) steps += 2 * phase.steps();  // and bytes are whole
  add(metric_of(config, collective), *form.value, form.id, broken, twin, steps);
  double inner = flat.bytes;
  for (std::size_t i = 0; i < rings.size(); ++i) {
    const AlphaBeta ring{rings[i].members, inner, rings[i].latency, rings[i].bandwidth};
    const bool both = collective.kind == CollectiveKind::all_reduce;
    const auto part = both ? analytic::ring_allreduce(ring) : analytic::ring_allgather(ring);
    if (collective.algorithm == Algorithm::hierarchical)
      add(metric_of(config, collective) + '.' + level_name(ring_levels[i]), *part, "n.hier", broken,
          twin, steps);
    inner /= static_cast<double>(rings[i].members);
  }
}

std::vector<double> rates_alone(const Fleet& fleet, const std::vector<Path>& paths) {
  std::vector<double> out;
  for (const Path& path : paths) out.push_back(least_rate(fleet, path));
  return out;
}

// Single flows that begin at given times: from one change to the next each has its max-min share.
// Filled anew at each change, by the plain algorithm.
std::vector<double> flow_times(const NetworkConfig& config) {
  struct Flow {
    Route route{};
    double left = 0, begin = 0, end = std::numeric_limits<double>::infinity();
  };
  std::vector<Flow> flows;
  for (const CollectiveConfig& c : config.collectives) {
    const std::vector<DeviceId> ranks = ranks_of(c, *config.fleet);
    const Transfer transfer{.from = ranks.front(), .to = ranks.back(), .bytes = c.bytes};
    Flow flow{.left = static_cast<double>(c.bytes), .begin = seconds(c.start)};
    check(find_way(*config.fleet, transfer, route_hash(transfer), flow.route), "there is a way");
    flows.push_back(std::move(flow));
  }
  for (double now = 0;;) {
    std::vector<Flow*> active;
    std::vector<Path> paths;
    double next = std::numeric_limits<double>::infinity();
    for (Flow& flow : flows) {
      if (flow.begin > now) next = std::min(next, flow.begin);
      if (flow.begin > now || flow.left <= 0) continue;
      active.push_back(&flow);
      paths.push_back(flow.route.links);
    }
    const std::vector<double> rates = config.shared ? max_min_rates(config.fleet->rates(), paths)
                                                    : rates_alone(*config.fleet, paths);
    const auto end_of = [&](std::size_t i) { return now + active[i]->left / rates[i]; };
    for (std::size_t i = 0; i < active.size(); ++i) next = std::min(next, end_of(i));
    if (next == std::numeric_limits<double>::infinity()) break;
    for (std::size_t i = 0; i < active.size(); ++i) {
      if (end_of(i) > next) {
        active[i]->left -= rates[i] * (next - now);
        continue;
      }
      active[i]->left = 0;  // also where time is too coarse to tell
      active[i]->end = next;
    }
    now = next;
  }
  std::vector<double> times;
  for (const Flow& flow : flows)
    times.push_back(flow.end - flow.begin + seconds(flow.route.total()));
  return times;
}

}  // namespace

Way way_of(const Phase& phase, std::uint32_t step, const NetworkConfig& config,
           const std::vector<DeviceId>& ranks, bool striped) {
  const Fleet& fleet = *config.fleet;
  FairShare shares(fleet.rates());
  std::vector<FlowId> flows;
  Way way{.rate = std::numeric_limits<double>::infinity()};
  double slowest = way.rate, fastest = 0;
  each_message(phase, step, ranks, fleet, striped, [&](std::int64_t, const Route& route) {
    const double alone = least_rate(fleet, route.links);
    slowest = std::min(slowest, alone);
    fastest = std::max(fastest, alone);
    if (!flows.empty() && route.total() != way.latency) way.broken = "ranks are not equally far";
    way.latency = std::max(way.latency, route.total());
    flows.push_back(shares.add(route.links));
  });
  if (config.shared) {
    shares.settle();
    double least = std::numeric_limits<double>::infinity(), most = 0;
    for (const FlowId flow : flows) {
      least = std::min(least, shares.rate(flow));
      most = std::max(most, shares.rate(flow));
    }
    if (least < most * (1 - 1e-9)) {
      if (way.broken.empty()) way.broken = "flows of a step share links unevenly";
    } else {
      slowest = fastest = least;
    }
  }
  if (slowest < fastest * (1 - 1e-9) && way.broken.empty()) way.broken = "ranks differ in rate";
  way.rate = slowest;
  return way;
}

std::string other_traffic(const NetworkConfig& config, bool several) {
  const std::size_t kinds = (config.patterns.empty() ? 0u : 1u) +
                            (config.collectives.empty() ? 0u : 1u) +
                            (config.outer_steps.empty() ? 0u : 1u);
  const auto& wide = config.fleet->plan().wide_links;
  if (config.shared && (several || kinds > 1)) return "other traffic is under way";
  if (!config.faults.empty()) return "links fail";
  if (std::any_of(wide.begin(), wide.end(),
                  [](const auto& link) { return link.jitter && link.jitter->mean() > 0; }))
    return "the delay of wide links varies";
  return "";
}

void add(const std::string& metric, double value, const char* formula, const std::string& broken,
         Twin& twin, std::uint32_t steps) {
  const double rounding = 1e-9 * steps;  // each step ends at a whole nanosecond
  if (broken.empty())
    return void(twin.predictions.push_back({metric, value, formula, "", rounding}));
  twin.predictions.push_back({metric, {}, "", "no closed form: " + broken});
  twin.rivals.push_back({metric, value, formula, "it does not hold, for " + broken});
}

void predict_collectives(const NetworkConfig& config, Twin& twin) {
  const auto single = [](const CollectiveConfig& c) {
    return c.kind == CollectiveKind::point_to_point && c.repeats == 1;
  };
  const auto& all = config.collectives;
  if (!std::all_of(all.begin(), all.end(), single)) {
    for (const CollectiveConfig& collective : all)
      if (collective.kind != CollectiveKind::point_to_point) predict(collective, config, twin);
    return;
  }
  const std::string broken = other_traffic(config, false);
  const std::vector<double> times = flow_times(config);
  for (std::size_t i = 0; i < all.size(); ++i)
    add(metric_of(config, all[i]), times[i], all.size() > 1 ? "n.congest" : "n.maxmin", broken,
        twin);
}

}  // namespace fleetsim::network
