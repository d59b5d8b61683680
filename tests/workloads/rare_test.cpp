#include <gtest/gtest.h>

#include <cmath>

#include "analytic/exact/first_passage.h"
#include "sim/engine.h"
#include "sim/interval.h"
#include "sim/tally.h"
#include "topology/node_pool.h"
#include "workloads/rare/rare_model.h"

namespace fleetsim::rare {
namespace {

Law exponential(double mean) {
  return *Law::exponential(mean);
}

double closed_form(const ExhaustionConfig& c) {
  const auto out = analytic::exhaustion({.active = c.places,
                                         .spares = c.spares,
                                         .crews = c.crews > 0 ? c.crews : 1'000'000,
                                         .mttf = 1 / c.node_rate,
                                         .mttr = c.repair.mean(),
                                         .warm = 0},
                                        c.horizon);
  EXPECT_TRUE(out);
  return *out;
}

// By splitting, over so many seeds.
std::vector<double> estimates(const ExhaustionConfig& config, std::uint32_t seeds) {
  const Exhaustion event(config);
  std::vector<double> out;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed)
    out.push_back(event.estimate({.seed = seed}, 0).probability);
  return out;
}

struct FirstEmpty final : PoolListener {
  void struck(const Failure&, bool swapped) override { empty |= !swapped; }
  void filled(Holder) override {}
  bool empty = false;
};

// Share of histories of the simulated pool of nodes in which a place stood empty.
double plain_share(const ExhaustionConfig& c, std::uint32_t runs) {
  const ComponentPlan part{.name = "part", .per_node = 1, .life = exponential(1 / c.node_rate)};
  const FailurePlan plan{.components = {part}, .repair = c.repair, .crews = c.crews};
  std::uint32_t hits = 0;
  for (std::uint32_t r = 0; r < runs; ++r) {
    Engine engine;
    FirstEmpty seen;
    NodePool pool(engine, plan, {c.places}, c.spares, {.seed = 5, .replication = r}, 0, seen);
    engine.run_until(Instant{} + from_seconds(c.horizon));
    hits += seen.empty ? 1 : 0;
  }
  return static_cast<double>(hits) / runs;
}

// At 1e-3 the mean over many seeds, in an interval of 99.9 % that is no wider than 6 % each way:
// whatever the crews, and also where a path sees only a handful of failures.
TEST(Exhaustions, AreUnbiased) {
  const ExhaustionConfig cases[] = {{.places = 20,
                                     .node_rate = 1e-3,
                                     .spares = 4,
                                     .crews = 0,
                                     .repair = exponential(10),
                                     .horizon = 1000},
                                    {.places = 20,
                                     .node_rate = 1e-3,
                                     .spares = 6,
                                     .crews = 1,
                                     .repair = exponential(12),
                                     .horizon = 700},
                                    {.places = 50,
                                     .node_rate = 2e-3,
                                     .spares = 16,
                                     .crews = 2,
                                     .repair = exponential(10),
                                     .horizon = 3000},
                                    {.places = 10,
                                     .node_rate = 1e-3,
                                     .spares = 3,
                                     .crews = 2,
                                     .repair = exponential(1000),
                                     .horizon = 50}};
  for (ExhaustionConfig config : cases) {
    config.paths = 30;
    const double expected = closed_form(config);
    EXPECT_GT(expected, 1e-4);
    EXPECT_LT(expected, 1e-2);
    const Estimate seen = t_interval(estimates(config, 3000), 0.999);
    EXPECT_LE(seen.low, expected) << config.spares;
    EXPECT_GE(seen.high, expected) << config.spares;
    EXPECT_LT(seen.half_width(), 0.06 * expected) << config.spares;
  }
}

// Where plain histories of the pool of nodes show the event, they and splitting and, for chains,
// the closed form agree; repairs of any law.
TEST(Exhaustions, AgreeWithPlainHistories) {
  const Law laws[] = {exponential(30), *Law::constant(30), *Law::lognormal_mean_cv(30, 1.5),
                      *Law::hyperexponential_mean_cv(30, 2), *Law::uniform(10, 50)};
  constexpr std::uint32_t runs = 40'000;
  for (const Law& law : laws)
    for (const std::uint32_t crews : {0u, 2u}) {
      const ExhaustionConfig config{.places = 40,
                                    .node_rate = 1e-3,
                                    .spares = crews == 0 ? 5u : 7u,
                                    .crews = crews,
                                    .repair = law,
                                    .horizon = 1000,
                                    .paths = 20};
      const double plain = plain_share(config, runs);
      EXPECT_GT(plain, 2e-3) << law.name();
      EXPECT_LT(plain, 0.3) << law.name();
      const Estimate split = t_interval(estimates(config, 500), 0.999);
      const double spread =
          std::sqrt(plain * (1 - plain) / runs + std::pow(split.half_width() / 3.3, 2));
      EXPECT_NEAR(split.mean, plain, 3.3 * spread) << law.name() << " crews " << crews;
      EXPECT_LT(spread, 0.1 * plain);
      if (law.name() == "exponential") {
        EXPECT_NEAR(plain, closed_form(config), 3.3 * std::sqrt(plain / runs));
      }
    }
}

// A year of a thousand nodes at 1e-2, 1e-6 and 1e-9: 20 replications tell it within 10 %.
TEST(Exhaustions, AreToldWithinATenth) {
  for (const std::uint32_t crews : {0u, 12u})
    for (const std::uint32_t spares : {20u, 28u, 32u}) {
      const ExhaustionConfig config{.places = 1000,
                                    .node_rate = 1.0 / 154,
                                    .spares = crews == 0 ? spares : 2 * spares - 16,
                                    .crews = crews,
                                    .repair = exponential(1),
                                    .horizon = 365,
                                    .paths = 80};
      const double expected = closed_form(config);
      const std::vector<double> values = estimates(config, 20);
      const Estimate wide = t_interval(values, 0.999);
      EXPECT_LE(wide.low, expected) << config.spares;
      EXPECT_GE(wide.high, expected) << config.spares;
      EXPECT_LT(t_interval(values, 0.95).half_width(), 0.1 * expected) << config.spares;
    }
}

TEST(Exhaustions, AreFunctionsOfTheirArguments) {
  const ExhaustionConfig config{.places = 100,
                                .node_rate = 1e-3,
                                .spares = 5,
                                .crews = 0,
                                .repair = exponential(10),
                                .horizon = 1000,
                                .paths = 10};
  const Exhaustion one(config), other(config);
  EXPECT_EQ(one.copies(), other.copies());
  const double first = one.estimate({.seed = 1}, 0).probability;
  EXPECT_GT(first, 0);
  EXPECT_NE(one.estimate({.seed = 2}, 0).probability, first);
  EXPECT_NE(one.estimate({.seed = 1}, 1).probability, first);
  EXPECT_NE(one.estimate({.seed = 1, .replication = 1}, 0).probability, first);
  EXPECT_EQ(other.estimate({.seed = 1}, 0).probability, first);
}

// No spares: the first failure is the event. No repair in time: the event is the s + 1st.
TEST(Exhaustions, HaveTheirLimits) {
  ExhaustionConfig config{.places = 4,
                          .node_rate = 0.01,
                          .spares = 0,
                          .crews = 1,
                          .repair = exponential(1),
                          .horizon = 5,
                          .paths = 1000};
  Estimate seen = t_interval(estimates(config, 50), 0.999);
  EXPECT_NEAR(seen.mean, -std::expm1(-0.2), seen.half_width());
  config.spares = 2;
  config.repair = *Law::constant(1000);
  seen = t_interval(estimates(config, 200), 0.999);
  EXPECT_NEAR(seen.mean, 1 - std::exp(-0.2) * (1 + 0.2 + 0.02), seen.half_width());
  EXPECT_LT(seen.half_width(), 2e-4);
}

}  // namespace
}  // namespace fleetsim::rare
