#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "analytic/exact/redundancy.h"
#include "sim/interval.h"
#include "topology/node_pool.h"

namespace fleetsim {
namespace {

Instant at(double s) {
  return Instant{} + from_seconds(s);
}

ComponentPlan part(Law life) {
  return {.name = "part", .per_node = 1, .shared = 0, .life = std::move(life)};
}
ComponentPlan slow_part(Law life, double factor, std::optional<Law> found_after) {
  ComponentPlan out = part(std::move(life));
  out.slow = Slowness{factor, std::move(found_after)};
  return out;
}

struct Heard final : PoolListener {
  explicit Heard(Engine& its_engine) : engine(its_engine) {}
  void struck(const Failure& failure, bool swapped) override {
    failures.push_back(failure);
    if (!swapped && failure.holder != everybody) ++lost[failure.holder];
    if (!swapped && stop_at_first) engine.stop();
  }
  void filled(Holder holder) override { --lost[holder]; }
  void slowed(Holder, double factor) override { paces.push_back({engine.now(), factor}); }
  void switched_off(std::uint32_t) override { ++switches; }
  void switched_on() override { --switches; }

  struct Pace {
    Instant when;
    double factor;
  };
  Engine& engine;
  bool stop_at_first = false;
  std::vector<Failure> failures;
  std::vector<Pace> paces;
  std::map<Holder, std::uint32_t> lost;
  int switches = 0;
};

struct Seen {
  std::vector<Failure> failures;
  std::vector<Heard::Pace> paces;
  NodePool::Totals totals;
};
Seen watched(const FailurePlan& plan, std::uint32_t nodes, std::uint32_t spares, double end,
             std::uint32_t replication = 0) {
  Engine engine;
  Heard heard(engine);
  NodePool pool(engine, plan, {nodes}, spares, {.seed = 8, .replication = replication}, 0, heard);
  engine.run_until(at(end));
  return {heard.failures, heard.paces, pool.totals()};
}

double node_seconds(TimeAverage::Area area) {
  return static_cast<double>(area) / 1e9;
}

// A check comes exactly 10 s after a node became slow; so each failure comes when the strikes say.
TEST(SlowNodes, AreFoundAndTakenOut) {
  const FailurePlan plan{.components = {slow_part(*Law::exponential(4000), 3, *Law::constant(10))},
                         .repair = *Law::constant(500)};
  const Seen seen = watched(plan, 20, 30, 1e5);
  ASSERT_GT(seen.failures.size(), 300u);
  std::vector<Instant> strikes;
  for (const Heard::Pace& pace : seen.paces) {
    EXPECT_TRUE(pace.factor == 1 || pace.factor == 3);
    const auto is_now = [&](const Failure& f) { return f.when == pace.when; };
    if (std::none_of(seen.failures.begin(), seen.failures.end(), is_now))
      strikes.push_back(pace.when);
  }
  ASSERT_GE(strikes.size(), seen.failures.size());
  for (std::size_t i = 0; i < seen.failures.size(); ++i) {
    EXPECT_EQ(seen.failures[i].when, strikes[i] + 10_s);
    EXPECT_TRUE(seen.failures[i].found);
  }
  EXPECT_EQ(seen.totals.failures, seen.failures.size());
  EXPECT_EQ(seen.paces.back().factor, strikes.size() > seen.failures.size() ? 3 : 1);
}

// The share of nodes that are slow, and how often some is found, for checks of any law; with other
// parts that break, and with none.
TEST(SlowNodes, AreAsManyAsTheirRenewalsSay) {
  for (const Law& check : {*Law::constant(100), *Law::exponential(300), *Law::gamma_mean_cv(100, 2),
                           *Law::uniform(0, 50)})
    for (const bool breaks : {false, true}) {
      FailurePlan plan{.components = {slow_part(*Law::exponential(2000), 2, check)},
                       .repair = *Law::exponential(10)};
      if (breaks) plan.components.push_back(part(*Law::exponential(500)));
      const analytic::SlowNode node = slow_share(plan, plan.components[0]);
      std::vector<double> slow, found, some;
      const double end = 1e5, warm = 5000;
      for (std::uint32_t r = 0; r < 20; ++r) {
        Engine engine;
        Heard heard(engine);
        NodePool pool(engine, plan, {16}, 16, {.seed = 3, .replication = r}, 0, heard);
        engine.run_until(at(warm));
        const auto before = pool.totals();
        engine.run_until(at(end));
        slow.push_back(node_seconds((pool.totals() - before).slow) / (end - warm));
        double count = 0, slowed = 0;
        for (const Failure& f : heard.failures) count += f.found && f.when > at(warm) ? 1 : 0;
        found.push_back(count / (end - warm));
        heard.paces.push_back({at(end), 1});
        for (std::size_t i = 0; i + 1 < heard.paces.size(); ++i)
          if (heard.paces[i].factor > 1)
            slowed += seconds(heard.paces[i + 1].when - std::max(heard.paces[i].when, at(warm))) *
                      (heard.paces[i + 1].when > at(warm) ? 1 : 0);
        some.push_back(slowed / (end - warm));
      }
      const auto expect = [&](const std::vector<double>& values, double form) {
        const Estimate e = t_interval(values, 0.999);
        EXPECT_LE(e.low, form) << check.name() << breaks;
        EXPECT_GE(e.high, form) << check.name() << breaks;
        EXPECT_LT(e.half_width(), 0.2 * form);
      };
      expect(slow, 16 * node.slow);
      expect(found, 16 * node.found);
      expect(some, analytic::slow_job(16, node.slow, 2).slowed);
      EXPECT_NEAR(failure_rate(plan, 16), 16 * (node.found + (breaks ? 1 / 500.0 : 0)), 1e-12);
    }
}

// Two classes: the slowest of all slow nodes counts, and a node by the worse of its parts.
TEST(SlowNodes, TheSlowestCounts) {
  Engine engine;
  SlowNodes nodes(engine, 2);
  Stream chance = Chance{.seed = 1}.stream("test");
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> all;  // by node and class
  const auto holder = [](std::uint32_t node) { return node % 2; };
  for (int i = 0; i < 20'000; ++i) {
    const auto node = static_cast<std::uint32_t>(chance() % 30);
    const auto cause = static_cast<std::uint32_t>(chance() % 3);
    const double factor = 1.5 + static_cast<double>(chance() % 4);
    if (chance() % 3 == 0) {
      const std::size_t erased =
          std::erase_if(all, [&](const auto& entry) { return entry.first.first == node; });
      EXPECT_EQ(nodes.clear(holder(node), {node}), erased > 0);
    } else if (!nodes.has({node}, cause)) {
      EXPECT_TRUE(all.insert({{node, cause}, factor}).second);
      nodes.add(holder(node), {node}, cause, factor, {});
    }
    double slowest[2] = {1, 1};
    std::map<std::uint32_t, int> slow;
    for (const auto& [key, f] : all) {
      slowest[holder(key.first)] = std::max(slowest[holder(key.first)], f);
      slow[key.first] = 1;
    }
    EXPECT_EQ(nodes.slow_down(0), slowest[0]);
    EXPECT_EQ(nodes.slow_down(1), slowest[1]);
    EXPECT_EQ(nodes.count(), static_cast<std::int64_t>(slow.size()));
  }
}

// Nodes sent to repair at 0, 1, 2 and 3 s; two parts on the shelf, 10 s until the next.
FailurePlan four_faults(std::uint32_t stock) {
  FailurePlan plan{.repair = *Law::constant(1)};
  for (std::uint32_t n = 0; n < 4; ++n)
    plan.script.push_back({.at = from_seconds(n), .node = {n}, .outage = {}});
  plan.stock = stock;
  plan.lead_time = *Law::constant(10);
  return plan;
}

TEST(Stock, NodesWaitForTheirPart) {
  const Seen seen = watched(four_faults(2), 4, 0, 100);
  EXPECT_EQ(node_seconds(seen.totals.waiting), 8 + 8);  // from 2 to 10, from 3 to 11
  EXPECT_EQ(node_seconds(seen.totals.failed), 1 + 1 + 9 + 9);
  EXPECT_EQ(node_seconds(seen.totals.outage), 12);
  EXPECT_EQ(seen.totals.outages, 3u);  // 0 to 1, 1 to 2, 2 to 12
  EXPECT_EQ(node_seconds(watched(four_faults(0), 4, 0, 100).totals.failed), 4 * 11);
  FailurePlan one_crew = four_faults(2);
  one_crew.repair = *Law::constant(3);  // one after another: until 3, 6, 13 and 16
  one_crew.crews = 1;
  EXPECT_EQ(node_seconds(watched(one_crew, 4, 0, 100).totals.failed), 3 + 5 + 11 + 13);
  EXPECT_EQ(node_seconds(watched(one_crew, 4, 0, 100).totals.waiting), 16);
}

// The test takes no crew: with one, it only adds to the time out.
TEST(Stock, MendedNodesAreTested) {
  FailurePlan plan = four_faults(2);
  plan.repair = *Law::constant(3);
  plan.crews = 1;
  plan.burn_in = 7_s;
  EXPECT_EQ(node_seconds(watched(plan, 4, 0, 100).totals.failed), 3 + 5 + 11 + 13 + 4 * 7);
}

FailurePlan with_stock(std::optional<std::uint32_t> stock, const Law& lead) {
  FailurePlan plan{.components = {part(*Law::exponential(2000))},
                   .repair = *Law::gamma_mean_cv(40, 1.5)};
  plan.stock = stock;
  plan.lead_time = lead;
  return plan;
}

// No lead, or a full shelf, is endless stock: history by history. And each part more is less to
// wait for, with the same demand.
TEST(Stock, HasItsLimits) {
  for (std::uint32_t r = 0; r < 50; ++r) {
    const NodePool::Totals endless =
        watched(with_stock({}, *Law::constant(0)), 20, 40, 2e4, r).totals;
    const NodePool::Totals at_once =
        watched(with_stock(0, *Law::constant(0)), 20, 40, 2e4, r).totals;
    const NodePool::Totals full =
        watched(with_stock(5000, *Law::exponential(300)), 20, 40, 2e4, r).totals;
    EXPECT_GT(endless.failed, 0);
    for (const NodePool::Totals& same : {at_once, full}) {
      EXPECT_EQ(same.failed, endless.failed);
      EXPECT_EQ(same.failures, endless.failures);
      EXPECT_EQ(same.waiting, 0);
    }
    TimeAverage::Area before = INT64_MAX;
    for (const std::uint32_t stock : {0u, 1u, 2u, 4u, 8u}) {
      const NodePool::Totals some =
          watched(with_stock(stock, *Law::exponential(300)), 20, 40, 2e4, r).totals;
      EXPECT_EQ(some.failures, endless.failures);
      EXPECT_LE(some.waiting, before);
      before = some.waiting;
    }
  }
}

// Clusters that are switched off see the failures of those that are not, later by all the time off.
TEST(Maintenance, StopsTheClockOfFailures) {
  for (const bool old : {false, true}) {
    FailurePlan plan{.components = {part(old ? *Law::weibull(0.7, 4000) : *Law::exponential(4000))},
                     .shocks = {{.name = "rack", .nodes = 4, .mean = from_seconds(9000)}}};
    const Seen plain = watched(plan, 10, 0, 1e5);
    plan.maintenance = {{.name = "a", .first = 50_s, .every = 1000_s, .takes = 100_s},
                        {.name = "b", .first = 120_s, .every = 5000_s, .takes = 70_s}};
    const Seen seen = watched(plan, 10, 0, 1e5);
    ASSERT_GT(seen.failures.size(), 200u);
    ASSERT_LT(seen.failures.size(), plain.failures.size());
    for (std::size_t i = 0; i < seen.failures.size(); ++i) {
      const Instant when = seen.failures[i].when;
      const std::int64_t t = (when - Instant{}).ns, s = 1'000'000'000;
      // Off from 50 to 150 s of each 1000 s, and each fifth time until 190 s.
      std::int64_t off = 0;
      for (std::int64_t begin = 50 * s; begin < t; begin += 1000 * s) {
        const std::int64_t length = begin % (5000 * s) == 50 * s ? 140 * s : 100 * s;
        EXPECT_FALSE(t > begin && t < begin + length);
        off += length;
      }
      EXPECT_EQ(t - off, (plain.failures[i].when - Instant{}).ns);
      EXPECT_EQ(seen.failures[i].node, plain.failures[i].node);
    }
  }
}

// f.kofn: from all up to the first time that too few are, with spares that fail like others.
TEST(Redundancy, TheFirstOutageComesWhenTheChainSays) {
  struct Case {
    std::uint32_t needed, spares, crews;
    double mttr;
  };
  for (const Case& c : {Case{4, 2, 1, 300}, Case{10, 1, 2, 50}, Case{3, 3, 3, 600}}) {
    FailurePlan plan{.components = {part(*Law::exponential(1000))},
                     .repair = *Law::exponential(c.mttr),
                     .crews = c.crews};
    plan.spare_wear = 1;
    const auto form = analytic::kofn({.units = c.needed + c.spares,
                                      .needed = c.needed,
                                      .crews = c.crews,
                                      .mttf = 1000,
                                      .mttr = c.mttr});
    std::vector<double> first;
    for (std::uint32_t r = 0; r < 3000; ++r) {
      Engine engine;
      Heard heard(engine);
      heard.stop_at_first = true;
      NodePool pool(engine, plan, {c.needed}, c.spares, {.seed = 2, .replication = r}, 0, heard);
      engine.run_until(at(1e8));
      first.push_back(seconds(engine.now() - Instant{}));
    }
    const Estimate found = t_interval(first, 0.999);
    EXPECT_LE(found.low, form->first_outage);
    EXPECT_GE(found.high, form->first_outage);
    EXPECT_LT(found.half_width(), 0.08 * found.mean);
  }
}

// Anything goes, at 1,000 seeds: what a job misses is what broke without a spare and was not filled
// since; each node is somewhere, at any time; and none is slow that is out.
TEST(Upkeep, NoNodeIsLost) {
  for (std::uint32_t r = 0; r < 1000; ++r) {
    Stream dice = Chance{.seed = 4, .replication = r}.stream("test.plan");
    const auto roll = [&](std::uint64_t sides) {
      return static_cast<std::uint32_t>(dice() % sides);
    };
    FailurePlan plan{.components = {part(roll(2) ? *Law::exponential(90) : *Law::weibull(0.8, 90)),
                                    slow_part(*Law::exponential(60), 2, *Law::exponential(20)),
                                    slow_part(*Law::exponential(80), 3, {})},
                     .repair = *Law::gamma_mean_cv(15, 1.2),
                     .crews = roll(3)};
    if (roll(2)) plan.stock = roll(4);
    plan.lead_time = *Law::exponential(20);
    plan.burn_in = from_seconds(roll(2) * 5.0);
    if (roll(2)) plan.lemons = {.count = 3, .of = 12, .factor = 4};
    if (roll(2)) plan.maintenance = {{.name = "m", .first = 30_s, .every = 100_s, .takes = 20_s}};
    plan.script = {{.at = 40_s, .node = {roll(12)}, .outage = 100_s}};
    Engine engine;
    Heard heard(engine);
    NodePool pool(engine, plan, {4, 5}, 3, {.seed = 9, .replication = r}, 0, heard);
    NodePool::Totals before = pool.totals();
    for (int i = 1; i <= 40; ++i) {
      engine.run_until(at(10.0 * i));
      for (Holder h = 0; h < 2; ++h) ASSERT_EQ(pool.missing(h), heard.lost[h]) << r;
      ASSERT_EQ(pool.is_on(), heard.switches == 0);
      const NodePool::Totals step = pool.totals() - before;
      before = pool.totals();
      ASSERT_EQ(step.failed, step.unfilled + step.standing_in);
      ASSERT_LE(step.slow + step.failed, 12 * TimeAverage::Area{10'000'000'000});
      ASSERT_LE(step.waiting, step.failed);
      ASSERT_LE(step.outage, step.unfilled);
    }
  }
}

}  // namespace
}  // namespace fleetsim
