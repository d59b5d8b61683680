#include "workloads/serving/fleet_tally.h"

#include <algorithm>
#include <limits>

#include "workloads/serving/metrics.h"

namespace fleetsim::serving {
namespace {

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : std::numeric_limits<double>::quiet_NaN();
}

// What was measured does not say which part of it reads keys and values.
bool tells_keys(const ServingConfig& config) {
  return std::any_of(config.groups.begin(), config.groups.end(),
                     [](const GroupConfig& group) { return group.cost.key > 0; });
}

}  // namespace

void FleetTally::add(const Tallies& before, const Tallies& after, const QuantileSketch& between,
                     const SchedulerConfig& scheduler) {
  ++replicas;
  gaps.merge(between);
  busy += after.busy - before.busy;
  keys += after.keys - before.keys;
  gap_sum += after.gaps - before.gaps;
  decoded += after.decoded - before.decoded;
  sequence_seconds += after.sequence_seconds - before.sequence_seconds;
  page_share_seconds +=
      (after.page_seconds - before.page_seconds) / static_cast<double>(scheduler.pages);
  hit_blocks += after.hit_blocks - before.hit_blocks;
  asked_blocks += after.asked_blocks - before.asked_blocks;
  hit_tokens += after.hit_tokens - before.hit_tokens;
  asked_tokens += after.asked_tokens - before.asked_tokens;
}

void FleetTally::report(double elapsed, const ServingConfig& config,
                        std::vector<Measured>& out) const {
  const auto n = [](std::int64_t count) { return static_cast<double>(count); };
  out.push_back({{"serving.itl.mean", "s"}, ratio(seconds_of(gap_sum), n(decoded)), n(decoded)});
  for (const NamedQuantile& q : quantiles)
    out.push_back({{std::string("serving.itl.") + q.name, "s"},
                   decoded > 0 ? gaps.quantile(q.p) / 1e9 : ratio(0, 0)});
  const double all = elapsed * n(replicas), worked = seconds_of(busy);
  out.push_back({{"serving.utilization", "1"}, worked / all});
  out.push_back({{"serving.batch_size", "1"}, ratio(sequence_seconds, worked), worked});
  out.push_back({{"serving.kv_occupancy", "1"}, page_share_seconds / all});
  if (tells_keys(config))
    out.push_back({{"serving.kv_share", "1"}, ratio(seconds_of(keys), worked), worked});
  const bool caches =
      std::any_of(config.groups.begin(), config.groups.end(),
                  [](const GroupConfig& group) { return group.scheduler.prefix_cache; });
  if (!caches) return;
  out.push_back(
      {{"serving.prefix_hits", "1"}, ratio(n(hit_blocks), n(asked_blocks)), n(asked_blocks)});
  out.push_back(
      {{"serving.prefix_tokens", "1"}, ratio(n(hit_tokens), n(asked_tokens)), n(asked_tokens)});
}

}  // namespace fleetsim::serving
