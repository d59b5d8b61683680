#include <gtest/gtest.h>

#include <cmath>

#include "analytic/exact/redundancy.h"
#include "analytic/exact/shocks.h"
#include "sim/interval.h"
#include "topology/node_pool.h"

namespace fleetsim {
namespace {

Instant at(double s) {
  return Instant{} + from_seconds(s);
}

ComponentPlan part(std::uint32_t per_node, std::uint32_t shared, Law life) {
  return {.name = "part", .per_node = per_node, .shared = shared, .life = std::move(life)};
}

// Writes down what it hears.
struct Log final : PoolListener {
  struct Line {
    Failure failure;
    bool swapped;
  };
  void struck(const Failure& failure, bool swapped) override {
    lines.push_back({failure, swapped});
  }
  void filled(Holder holder) override { fills.push_back(holder); }
  std::vector<Line> lines;
  std::vector<Holder> fills;
};

struct Seen {
  Log log;
  NodePool::Totals totals;
};

Seen watched(const FailurePlan& plan, std::vector<std::uint32_t> in_use, std::uint32_t spares,
             double end, std::uint32_t replication = 0) {
  Engine engine;
  Seen out;
  NodePool pool(engine, plan, std::move(in_use), spares, {.seed = 6, .replication = replication}, 0,
                out.log);
  engine.run_until(at(end));
  out.totals = pool.totals();
  return out;
}

// f.correlated: kills a second, the share that takes so many nodes, and nodes a kill.
TEST(Shocks, AreThoseOfMarshallAndOlkin) {
  for (const double hits : {0.3, 1.0}) {
    const FailurePlan plan{
        .components = {part(1, 0, *Law::exponential(2e5))},
        .shocks = {{.name = "rack", .nodes = 8, .mean = from_seconds(1e5), .hits = hits}}};
    for (const std::int64_t m : {2, 3, 5}) {
      const auto form = analytic::rack_shocks({.nodes = 64,
                                               .per_rack = 8,
                                               .lost_together = m,
                                               .node_rate = 1 / 2e5,
                                               .rack_rate = 1e-5,
                                               .struck = hits});
      ASSERT_TRUE(form);
      const double time = 4e7;
      const Seen seen = watched(plan, {64}, 0, time);
      double kills = 0, together = 0, lost = 0;
      for (const Log::Line& line : seen.log.lines) {
        ++kills;
        together += line.failure.hit >= m ? 1 : 0;
        lost += line.failure.hit;
      }
      const double expected = form->kill_rate * time;
      EXPECT_NEAR(kills, expected, 3.3 * std::sqrt(expected)) << hits;
      const double p = form->together;
      EXPECT_NEAR(together / kills, p, 3.3 * std::sqrt(p * (1 - p) / kills)) << hits << ' ' << m;
      EXPECT_NEAR(lost / kills / form->mean_lost, 1, 0.03) << hits;
      EXPECT_NEAR(failure_rate(plan, 64) / form->kill_rate, 1, 1e-12);
      EXPECT_EQ(lost, static_cast<double>(seen.totals.failures));
      if (m == 2) {
        EXPECT_EQ(together, static_cast<double>(seen.totals.together));
        EXPECT_EQ(kills, static_cast<double>(seen.totals.blows));
      }
    }
  }
}

// Domains that the cluster cuts short: 8 + 8 + 4 nodes, each struck equally often.
TEST(Shocks, TheLastDomainMayBeSmaller) {
  const FailurePlan plan{.shocks = {{.name = "rack", .nodes = 8, .mean = from_seconds(100)}}};
  Shocks source(plan, 20, {.seed = 2}, 0);
  std::vector<double> struck(3);
  constexpr double n = 30'000;
  Instant last{};
  for (int i = 0; i < static_cast<int>(n); ++i) {
    const Shocks::Blow blow = source.take();
    last = blow.when;
    const std::uint32_t domain = blow.nodes[0].index / 8;
    EXPECT_EQ(blow.nodes.size(), domain == 2 ? 4u : 8u);
    ++struck[domain];
  }
  for (const double s : struck) EXPECT_NEAR(s / n, 1.0 / 3, 3.3 * std::sqrt(2.0 / 9 / n));
  EXPECT_NEAR(seconds(last - Instant{}) / (n * 100 / 3), 1, 3.3 / std::sqrt(n));
  EXPECT_NEAR(failure_rate(plan, 20), 3 / 100.0, 1e-12);
}

// A shock that always hits the whole cluster is a part which all share.
TEST(Shocks, OnAllNodesAreASharedPart) {
  const FailurePlan shock{
      .shocks = {{.name = "power", .nodes = 0, .mean = from_seconds(50), .replaced = false}}};
  const FailurePlan shared{.components = {part(0, 1, *Law::exponential(50))}};
  for (const FailurePlan* plan : {&shock, &shared}) {
    const Seen seen = watched(*plan, {3, 5}, 1, 1e6);
    std::vector<double> hits(2);
    for (const Log::Line& line : seen.log.lines) {
      EXPECT_FALSE(line.swapped);
      for (Holder h = 0; h < 2; ++h)
        hits[h] += line.failure.holder == h || line.failure.holder == everybody ? 1 : 0;
    }
    for (const double h : hits) EXPECT_NEAR(h, 20'000, 3.3 * std::sqrt(20'000));
    EXPECT_EQ(hits[0], hits[1]);
    EXPECT_EQ(seen.totals.failed, 0);
  }
}

// A rack of four goes at once: two spares step in, two places wait for the crews.
TEST(Shocks, TakeNodesToRepair) {
  const FailurePlan plan{.repair = *Law::constant(10),
                         .shocks = {{.name = "rack", .nodes = 4, .mean = from_seconds(1000)}}};
  const Seen seen = watched(plan, {4, 4}, 2, 1e5);
  ASSERT_GT(seen.log.lines.size(), 100u);
  const Log::Line& first = seen.log.lines[0];
  EXPECT_EQ(first.failure.hit, 4u);
  EXPECT_TRUE(first.swapped);
  EXPECT_EQ(seen.log.fills[0], first.failure.holder);
  const double shocks = static_cast<double>(seen.totals.blows);
  EXPECT_NEAR(static_cast<double>(seen.totals.failed) / 1e10 / shocks, 3.2, 0.4);  // 4, 4 or 2
}

// All nodes go, spares too; and all come back.
TEST(Scripts, AClusterGoesDown) {
  const FailurePlan plan{.script = {{.at = 5_s, .node = {}, .outage = 20_s}}};
  const Seen seen = watched(plan, {3, 1}, 2, 100);
  ASSERT_EQ(seen.log.lines.size(), 2u);
  EXPECT_EQ(seen.log.lines[0].failure.hit, 3u);
  EXPECT_FALSE(seen.log.lines[0].swapped);
  EXPECT_EQ(seen.log.fills, (std::vector<Holder>{0, 0, 0, 1}));  // told of each node
  EXPECT_EQ(seen.totals.failures, 6u);
  EXPECT_EQ(seen.totals.unfilled, from_seconds(80).ns);
  EXPECT_EQ(seen.totals.failed, from_seconds(120).ns);
}

TEST(Scripts, FaultsOfANodeMerge) {
  const FailurePlan plan{.script = {{.at = 10_s, .node = {1}, .outage = 20_s},
                                    {.at = 15_s, .node = {1}, .outage = 5_s},
                                    {.at = 25_s, .node = {1}, .outage = 15_s},
                                    {.at = 50_s, .node = {0}, .outage = 0_s},
                                    {.at = 60_s, .node = {2}, .outage = {}}}};
  const Seen seen = watched(plan, {2, 1}, 0, 100);
  EXPECT_EQ(seen.totals.failures, 5u);
  EXPECT_EQ(seen.totals.failed, from_seconds(30).ns);
  EXPECT_EQ(seen.totals.unfilled, from_seconds(30).ns);
  ASSERT_EQ(seen.log.lines.size(), 3u);  // those of a node that is down hit nobody
  EXPECT_EQ(seen.log.lines[0].failure.when, at(10));
  EXPECT_EQ(seen.log.lines[0].failure.node, NodeId{1});
  EXPECT_EQ(seen.log.lines[2].failure.holder, 1u);
  EXPECT_EQ(seen.log.fills, (std::vector<Holder>{0, 0}));
}

// A spare that stands by may be what the script breaks; the place of a broken node is taken over.
TEST(Scripts, SparesStepIn) {
  const FailurePlan plan{.script = {{.at = 10_s, .node = {2}, .outage = 50_s},
                                    {.at = 20_s, .node = {0}, .outage = 10_s},
                                    {.at = 70_s, .node = {0}, .outage = 10_s}}};
  const Seen seen = watched(plan, {2}, 1, 100);
  ASSERT_EQ(seen.log.lines.size(), 2u);
  EXPECT_FALSE(seen.log.lines[0].swapped);
  EXPECT_TRUE(seen.log.lines[1].swapped);
  EXPECT_EQ(seen.totals.unfilled, from_seconds(10).ns);
  EXPECT_EQ(seen.totals.failed, from_seconds(70).ns);
}

// The rate of a fleet with k lemons, and the lemons' share of it; by counts and by age alike.
TEST(Lemons, FailMoreOften) {
  const Lemons lemons{.count = 5, .of = 50, .factor = 8};
  EXPECT_DOUBLE_EQ(lemons.mean_weight(), 1.7);
  for (const bool old : {false, true}) {
    const FailurePlan plan{
        .components = {part(1, 0, old ? *Law::weibull(1, 1000) : *Law::exponential(1000))},
        .lemons = lemons};
    const std::vector<bool> which = lemons_among(plan, 50, {.seed = 6}, 0);
    EXPECT_EQ(std::count(which.begin(), which.end(), true), 5);
    const Seen seen = watched(plan, {30, 20}, 0, 2e5);
    double on_lemons = 0;
    for (const Log::Line& line : seen.log.lines) on_lemons += which[line.failure.node.index];
    const double n = static_cast<double>(seen.log.lines.size()), expected = 85 * 200;
    EXPECT_NEAR(n, expected, 3.3 * std::sqrt(expected)) << old;
    const double share = 40.0 / 85;
    EXPECT_NEAR(on_lemons / n, share, 3.3 * std::sqrt(share * (1 - share) / n)) << old;
    EXPECT_NEAR(failure_rate(plan, 50), 0.085, 1e-12);
  }
}

TEST(Lemons, AreDrawnForEachReplication) {
  const FailurePlan plan{.lemons = {.count = 3, .of = 30, .factor = 2}};
  std::vector<double> times(30);
  for (std::uint32_t r = 0; r < 3000; ++r) {
    const auto which = lemons_among(plan, 30, {.seed = 1, .replication = r}, 0);
    EXPECT_EQ(std::count(which.begin(), which.end(), true), 3);
    for (std::size_t n = 0; n < 30; ++n) times[n] += which[n];
  }
  for (const double t : times) EXPECT_NEAR(t, 300, 4.2 * std::sqrt(270));
}

// With a factor of 1 each failure is what it was: when, what and whom it hits. Only which node is
// told, where without lemons no node differs.
TEST(Lemons, OfFactorOneChangeNothing) {
  for (const bool old : {false, true}) {
    FailurePlan plan{
        .components = {part(2, 0, old ? *Law::weibull(0.7, 1e4) : *Law::exponential(1e4)),
                       part(0, 1, *Law::exponential(3e4))},
        .repair = *Law::exponential(500)};
    const Seen plain = watched(plan, {20, 10}, 3, 1e6);
    plan.lemons = {.count = 4, .of = 33, .factor = 1};
    const Seen same = watched(plan, {20, 10}, 3, 1e6);
    ASSERT_EQ(plain.log.lines.size(), same.log.lines.size());
    EXPECT_GT(plain.log.lines.size(), 3000u);
    EXPECT_EQ(plain.totals.failed, same.totals.failed);
    for (std::size_t i = 0; i < plain.log.lines.size(); ++i) {
      EXPECT_EQ(plain.log.lines[i].failure.when, same.log.lines[i].failure.when);
      EXPECT_EQ(plain.log.lines[i].failure.holder, same.log.lines[i].failure.holder);
    }
  }
}

// Parts of age a that are replaced when they fail: the first life is that of a part which has
// lived so long. Parts that are mended fail ((a + t)/scale)^shape - (a/scale)^shape times.
TEST(Ages, CutTheFirstLife) {
  for (const double shape : {0.6, 3.0}) {
    ComponentPlan aged = part(1, 0, *Law::weibull(shape, 1000));
    aged.age = from_seconds(800);
    const FailurePlan replaced{.components = {aged}};
    aged.replaced = false;
    const FailurePlan mended{.components = {aged}};
    const auto hazard = [&](double t) { return std::pow(t / 1000, shape); };
    std::vector<double> survived, counts;
    for (std::uint32_t r = 0; r < 4000; ++r) {
      AgingParts first(replaced, 1, {.seed = 3, .replication = r}, 0);
      first.start({0}, 0, {});
      survived.push_back(first.next() > at(500) ? 1 : 0);
      AgingParts all(mended, 1, {.seed = 4, .replication = r}, 0);
      all.start({0}, 0, {});
      double n = 0;
      for (; all.next() <= at(1500); ++n) all.take();
      counts.push_back(n);
    }
    const Estimate alive = t_interval(survived, 0.999), mean = t_interval(counts, 0.999);
    const double expected = std::exp(hazard(800) - hazard(1300));
    EXPECT_NEAR(alive.mean, expected, alive.half_width()) << shape;
    EXPECT_NEAR(mean.mean, hazard(2300) - hazard(800), mean.half_width()) << shape;
  }
}

// f.spares with spares that wear, cold to hot, by counts and by age.
TEST(Spares, WearAsTheChainSays) {
  for (const double wear : {0.0, 0.4, 1.0})
    for (const bool old : {false, true}) {
      if (old && wear == 0.4) continue;
      const FailurePlan plan{
          .components = {part(1, 0, old ? *Law::weibull(1, 1000) : *Law::exponential(1000))},
          .repair = *Law::exponential(60),
          .crews = 2,
          .spare_wear = wear};
      const auto chain = analytic::fleet_with_spares(
          {.active = 20, .spares = 6, .crews = 2, .mttf = 1000, .mttr = 60, .warm = wear});
      std::vector<double> failed, unfilled;
      for (std::uint32_t r = 0; r < 60; ++r) {
        const NodePool::Totals seen = watched(plan, {20}, 6, 1e5, r).totals;
        failed.push_back(static_cast<double>(seen.failed) / 1e14);
        unfilled.push_back(static_cast<double>(seen.unfilled) / 1e14);
      }
      const Estimate down = t_interval(failed, 0.999), empty = t_interval(unfilled, 0.999);
      EXPECT_NEAR(down.mean, chain->mean_failed, down.half_width()) << wear << old;
      EXPECT_NEAR(empty.mean, 20 - chain->mean_active, empty.half_width()) << wear << old;
      EXPECT_LT(down.half_width(), 0.06 * chain->mean_failed);
    }
}

}  // namespace
}  // namespace fleetsim
