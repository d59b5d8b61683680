#include "topology/failures.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analytic/exact/failures.h"
#include "analytic/exact/redundancy.h"
#include "sim/interval.h"
#include "tests/sim/goodness.h"
#include "topology/node_pool.h"

namespace fleetsim {
namespace {

constexpr double hour = 3600;

Law exponential(double mean) {
  return *Law::exponential(mean);
}
// The same law, but of parts that are followed one by one.
Law one_by_one(double mean) {
  return *Law::weibull(1, mean);
}

ComponentPlan part(std::uint32_t per_node, std::uint32_t shared, Law life) {
  return {.name = "part", .per_node = per_node, .shared = shared, .life = std::move(life)};
}

// Failures of so many nodes in use from the beginning, until the end.
std::vector<Failure> superposed(const FailurePlan& plan, std::uint32_t nodes, Instant end,
                                const Chance& chance) {
  Superposition source(plan, 1, chance, 0);
  source.use(0, nodes, {});
  std::vector<Failure> out;
  while (source.next() <= end) out.push_back(source.take());
  return out;
}
std::vector<Failure> aged(const FailurePlan& plan, std::uint32_t nodes, Instant end,
                          const Chance& chance) {
  AgingParts source(plan, nodes, chance, 0);
  for (std::uint32_t n = 0; n < nodes; ++n) source.start({n}, 0, {});
  std::vector<Failure> out;
  while (source.next() <= end) out.push_back(source.take());
  return out;
}

Instant at(double s) {
  return Instant{} + from_seconds(s);
}

// Three classes on 50 nodes, once as one Poisson stream and once part by part: the same counts,
// gaps and causes in distribution, from code that has nothing in common.
TEST(Failures, ManyMemorylessPartsAreOneStream) {
  const auto plan = [](Law (*life)(double)) {
    return FailurePlan{.components = {part(8, 0, life(5000 * hour)), part(2, 0, life(900 * hour)),
                                      part(0, 7, life(400 * hour))}};
  };
  const std::vector<double> rates = {400 / 5000.0, 100 / 900.0, 7 / 400.0};
  const double total = rates[0] + rates[1] + rates[2];  // 1/h
  const Instant end = at(50'000 * hour);
  const FailurePlan plans[] = {plan(exponential), plan(one_by_one)};
  for (int way = 0; way < 2; ++way) {
    const auto found = way == 0 ? superposed(plans[0], 50, end, {.seed = 3})
                                : aged(plans[1], 50, end, {.seed = 3});
    const double expected = total * 50'000;  // 10,431
    EXPECT_NEAR(static_cast<double>(found.size()), expected, 3.3 * std::sqrt(expected));
    std::vector<double> gaps, causes(3);
    Instant last{};
    for (const Failure& f : found) {
      gaps.push_back(seconds(f.when - last));
      last = f.when;
      ++causes[f.cause];
      EXPECT_EQ(f.holder, f.cause == 2 ? everybody : 0u);
    }
    const double rate = total / hour;
    const auto cdf = [rate](double x) { return -std::expm1(-rate * x); };
    EXPECT_GT(goodness::ks_p_value(gaps, cdf), 0.001) << way;
    const std::vector<double> shares = {rates[0] / total, rates[1] / total, rates[2] / total};
    EXPECT_GT(goodness::chi_square_p_value(causes, shares), 0.001) << way;
    EXPECT_NEAR(failure_rate(plans[way], 50) / rate, 1, 1e-12);
  }
}

// f.weibull: the first of 200 new parts, shapes on both sides of 1.
TEST(Failures, FirstOfNewPartsIsWeibull) {
  for (const double shape : {0.7, 1.0, 2.5}) {
    const FailurePlan plan{.components = {part(4, 0, *Law::weibull_shape_mean(shape, 1e6))}};
    const auto expected = analytic::weibull_first_failure(200, shape, 1e6, 1);
    const double scale = expected->scale;
    std::vector<double> first;
    for (std::uint32_t r = 0; r < 2000; ++r) {
      AgingParts source(plan, 50, {.seed = 5, .replication = r}, 0);
      for (std::uint32_t n = 0; n < 50; ++n) source.start({n}, 0, {});
      first.push_back(seconds(source.next() - Instant{}));
    }
    const auto cdf = [&](double x) { return -std::expm1(-std::pow(x / scale, shape)); };
    EXPECT_GT(goodness::ks_p_value(first, cdf), 0.001) << shape;
    EXPECT_NEAR(t_interval(first, 0.999).mean / expected->mean, 1, 0.1 / shape) << shape;
  }
}

// Parts that go on as old as before fail as a Poisson process of mean (t/scale)^shape each, which
// is not the renewal process of parts that are replaced.
TEST(Failures, MendedPartsKeepTheirAge) {
  for (const double shape : {0.6, 3.0}) {
    ComponentPlan old = part(1, 0, *Law::weibull(shape, 1000));
    old.replaced = false;
    const FailurePlan plan{.components = {old}};
    std::vector<double> counts;
    for (std::uint32_t r = 0; r < 3000; ++r) {
      const auto found = aged(plan, 1, at(3000), {.seed = 9, .replication = r});
      counts.push_back(static_cast<double>(found.size()));
    }
    const double expected = std::pow(3.0, shape);
    const Estimate mean = t_interval(counts, 0.999);
    EXPECT_LT(mean.low, expected) << shape;
    EXPECT_GT(mean.high, expected) << shape;
    double squares = 0;  // variance over mean is 1 for a Poisson count
    for (const double c : counts) squares += (c - expected) * (c - expected) / expected;
    EXPECT_NEAR(squares / 3000, 1, 0.12) << shape;
  }
}

TEST(Failures, PartsAgeWhileTheyAreUsed) {
  const FailurePlan plan{.components = {part(1, 0, *Law::constant(100))}};
  AgingParts source(plan, 2, {}, 0);
  EXPECT_EQ(source.next(), end_of_time);
  source.start({0}, 0, at(0));
  source.stop({0}, at(40));
  EXPECT_EQ(source.next(), end_of_time);
  source.start({1}, 1, at(500));
  source.start({0}, 1, at(1000));
  const Failure first = source.take(), second = source.take();
  EXPECT_EQ(first.when, at(600));
  EXPECT_EQ(first.node, NodeId{1});
  EXPECT_EQ(second.when, at(700));  // its new part
  source.stop({1}, at(700));
  const Failure third = source.take();
  EXPECT_EQ(third.when, at(1060));
  EXPECT_EQ(third.node, NodeId{0});
  EXPECT_EQ(third.holder, 1u);
}

// The hazard that is used up before a change of use is not drawn again: with rate 1/10 for 5 s and
// 1/5 after, an untouched source of rate 1/10 tells when.
TEST(Failures, AChangeOfUseIsExact) {
  const FailurePlan plan{.components = {part(1, 0, exponential(10))}};
  for (std::uint32_t r = 0; r < 200; ++r) {
    const Chance chance{.seed = 1, .replication = r};
    Superposition steady(plan, 1, chance, 0), changing(plan, 1, chance, 0);
    steady.use(0, 1, {});
    changing.use(0, 1, {});
    const double undisturbed = seconds(steady.next() - Instant{});
    if (undisturbed < 5) continue;
    changing.use(0, 1, at(5));
    EXPECT_NEAR(seconds(changing.next() - Instant{}), 5 + (undisturbed - 5) / 2, 1e-8);
    changing.use(0, -2, at(5));
    EXPECT_EQ(changing.next(), end_of_time);
  }
}

// Failures hit holders by their share of the nodes.
TEST(Failures, HoldersAreHitByTheirShare) {
  const FailurePlan plan{.components = {part(1, 0, exponential(1))}};
  Superposition source(plan, 3, {.seed = 4}, 0);
  source.use(0, 10, {});
  source.use(1, 0, {});
  source.use(2, 30, {});
  std::vector<double> hits(3);
  for (int i = 0; i < 20'000; ++i) ++hits[source.take().holder];
  EXPECT_EQ(hits[1], 0);
  EXPECT_NEAR(hits[0] / 20'000, 0.25, 3.3 * std::sqrt(0.25 * 0.75 / 20'000));
}

// Hears, and does nothing.
struct Nobody final : PoolListener {
  void struck(const Failure&, bool swapped) override { ++(swapped ? swaps : others); }
  void filled(Holder) override { ++fills; }
  std::uint64_t swaps = 0, others = 0, fills = 0;
};

// f.spares: shares of a fleet in steady state against the birth-death chain, with few crews and
// exponential repairs, and with enough crews and repairs of another law.
TEST(NodePools, AgreeWithTheBirthDeathChain) {
  struct Case {
    std::uint32_t spares, crews;
    Law repair;
  };
  const Case cases[] = {{2, 2, exponential(30)},
                        {0, 1, exponential(30)},
                        {3, 0, *Law::lognormal_mean_cv(60, 1.5)},
                        {0, 0, *Law::constant(60)}};
  for (const Case& c : cases) {
    const FailurePlan plan{
        .components = {part(1, 0, exponential(1000))}, .repair = c.repair, .crews = c.crews};
    const auto expected = analytic::fleet_with_spares({.active = 40,
                                                       .spares = c.spares,
                                                       .crews = c.crews > 0 ? c.crews : 100,
                                                       .mttf = 1000,
                                                       .mttr = c.repair.mean(),
                                                       .warm = 0});
    std::vector<double> failed, unfilled;
    for (std::uint32_t r = 0; r < 60; ++r) {
      Engine engine;
      Nobody nobody;
      NodePool pool(engine, plan, {40}, c.spares, {.seed = 8, .replication = r}, 0, nobody);
      engine.run_until(at(2000));
      const NodePool::Totals before = pool.totals();
      engine.run_until(at(42'000));
      const NodePool::Totals seen = pool.totals() - before;
      failed.push_back(static_cast<double>(seen.failed) / 4e13);
      unfilled.push_back(static_cast<double>(seen.unfilled) / 4e13);
    }
    const Estimate down = t_interval(failed, 0.999), empty = t_interval(unfilled, 0.999);
    EXPECT_LT(down.low, expected->mean_failed) << c.spares;
    EXPECT_GT(down.high, expected->mean_failed) << c.spares;
    EXPECT_LT(down.half_width(), 0.05 * expected->mean_failed);
    EXPECT_LT(empty.low, 40 - expected->mean_active) << c.spares;
    EXPECT_GT(empty.high, 40 - expected->mean_active) << c.spares;
  }
}

// Node by node or by counts, a pool does the same in distribution.
TEST(NodePools, NamedNodesAreNoDifferent) {
  for (const bool named : {false, true}) {
    const FailurePlan plan{.components = {part(2, 0, named ? one_by_one(500) : exponential(500)),
                                          part(1, 0, exponential(2000))},
                           .repair = exponential(50)};
    std::vector<double> down;
    for (std::uint32_t r = 0; r < 100; ++r) {
      Engine engine;
      Nobody nobody;
      NodePool pool(engine, plan, {10, 20}, 1, {.seed = 2, .replication = r}, 0, nobody);
      engine.run_until(at(20'000));
      down.push_back(static_cast<double>(pool.totals().failed) / 2e13);
      EXPECT_EQ(nobody.swaps + nobody.others, pool.totals().failures);
    }
    const auto chain = analytic::fleet_with_spares({.active = 30,
                                                    .spares = 1,
                                                    .crews = 31,
                                                    .mttf = 1 / (0.004 + 0.0005),
                                                    .mttr = 50,
                                                    .warm = 0});
    const Estimate mean = t_interval(down, 0.999);
    EXPECT_NEAR(mean.mean, chain->mean_failed, mean.half_width() + 0.02) << named;
    EXPECT_LT(mean.half_width(), 0.03 * chain->mean_failed);
  }
}

}  // namespace
}  // namespace fleetsim
