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
  verified += after.verified - before.verified;
  accepted += after.accepted - before.accepted;
  swapped += after.swapped - before.swapped;
  adapters_used += after.adapters_used - before.adapters_used;
  adapters_loaded += after.adapters_loaded - before.adapters_loaded;
  for (std::size_t i = 0; i < most_tiers; ++i)
    tier_blocks[i] += after.tier_blocks[i] - before.tier_blocks[i];
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
  // All groups have the same scheduler but for the room that their devices have.
  const SchedulerConfig& scheduler = config.groups.front().scheduler;
  report_caches(scheduler, out);
  if (scheduler.speculation) report_speculation(*scheduler.speculation, out);
  if (scheduler.adapters)
    out.push_back({{"serving.adapter_hits", "1"},
                   1 - ratio(n(adapters_loaded), n(adapters_used)),
                   n(adapters_used)});
}

void FleetTally::report_caches(const SchedulerConfig& scheduler, std::vector<Measured>& out) const {
  const auto share = [&](const std::string& name, std::int64_t part, std::int64_t whole) {
    const double of = static_cast<double>(whole);
    out.push_back({{name, "1"}, ratio(static_cast<double>(part), of), of});
  };
  if (scheduler.swap) out.push_back({{"serving.swapped", "count"}, static_cast<double>(swapped)});
  if (!scheduler.prefix_cache) return;
  share("serving.prefix_hits", hit_blocks, asked_blocks);
  share("serving.prefix_tokens", hit_tokens, asked_tokens);
  for (std::size_t i = 0; i < scheduler.tiers.size(); ++i)
    share("serving.prefix_hits." + scheduler.tiers[i].name, tier_blocks[i], asked_blocks);
}

// Operations: of the large model and the small one, for each token that decoding makes, in those
// that the large one alone would take.
void FleetTally::report_speculation(const Speculation& speculation,
                                    std::vector<Measured>& out) const {
  const double passes = static_cast<double>(verified), tokens = static_cast<double>(decoded);
  const double drafts = passes * speculation.draft;
  const double operations = passes + drafts * (1 + speculation.draft_flops);
  out.push_back({{"serving.tokens_per_pass", "1"}, ratio(tokens, passes), passes});
  out.push_back({{"serving.accepted", "1"}, ratio(static_cast<double>(accepted), drafts), drafts});
  out.push_back({{"serving.operations", "1"}, ratio(operations, tokens), tokens});
}

}  // namespace fleetsim::serving
