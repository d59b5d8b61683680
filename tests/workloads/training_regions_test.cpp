#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "analytic/exact/checkpoint.h"
#include "analytic/exact/distance.h"
#include "sim/interval.h"
#include "sim/pooled_mean.h"
#include "workloads/training/regions.h"
#include "workloads/training/training_model.h"

namespace fleetsim::training {
namespace {

struct Place {
  std::uint32_t nodes = 20, spares = 0;
};

// A cluster in each region, and a link of 1 GB/s and 40 ms between each two, or from each to the
// next.
std::shared_ptr<const Fleet> fleet_of(const std::vector<Place>& places, bool in_line = false,
                                      std::optional<Law> jitter = {}) {
  FleetPlan plan;
  for (std::uint32_t r = 0; r < places.size(); ++r) {
    plan.regions.push_back(fmt::format("r{}", r));
    plan.clusters.push_back({.name = fmt::format("c{}", r),
                             .region = {r},
                             .nodes = places[r].nodes,
                             .spares = places[r].spares,
                             .device_rate = 1e12,
                             .port_rate = 1e12,
                             .trunk_rate = 1e12,
                             .border_rate = 1e12,
                             .shape = {.topology = Topology::single_switch, .radix = 4096}});
    for (std::uint32_t other = in_line && r > 0 ? r - 1 : 0; other < r; ++other)
      plan.wide_links.push_back(
          {.a = {other}, .b = {r}, .rate = 1e9, .latency = from_seconds(0.04), .jitter = jitter});
  }
  Result<Fleet> fleet = Fleet::make(std::move(plan));
  EXPECT_TRUE(fleet) << fleet.error().message;
  return std::make_shared<const Fleet>(*std::move(fleet));
}

TrainingConfig config_of(const std::vector<Place>& places, const FailurePlan& failures) {
  JobConfig job{.name = "job", .cluster = {0}, .step = {}, .work = {}, .checkpoint = {}};
  for (std::uint32_t c = 1; c < places.size(); ++c) job.further.push_back({c});
  job.nodes = places[0].nodes;
  job.checkpoint.interval = 500_s;
  job.checkpoint.write = 20_s;
  job.restart = 100_s;
  return {.fleet = fleet_of(places),
          .failures = std::vector<FailurePlan>(places.size(), failures),
          .jobs = {job},
          .horizon = from_seconds(4e5)};
}

FailurePlan nodes_that_live(double life) {
  return {.components = {{.name = "node", .per_node = 1, .life = *Law::exponential(life)}},
          .detection = 30_s};
}

std::map<std::string, Estimate> seen_of(const TrainingConfig& config, std::uint32_t replications) {
  const TrainingModel model(config);
  std::map<std::string, std::vector<double>> values, weights;
  for (std::uint32_t r = 0; r < replications; ++r) {
    const Observation seen =
        model.simulate({.seed = 4, .replication = r}, {.end = config.horizon}, nullptr);
    for (const Measured& m : seen.windows[0]) {
      values[m.metric.name].push_back(m.value);
      weights[m.metric.name].push_back(m.weight);
    }
  }
  std::map<std::string, Estimate> out;
  for (const auto& [name, all] : values)
    out[name] = t_interval(pooled_terms(all, weights[name]), 0.999);
  return out;
}

double mean_over(const Estimate& e) {
  return e.half_width() / e.mean;
}

// Two clusters of 20 nodes against one of 40: the same law, each within what c.exact says.
TEST(TrainingRegions, TwoClustersFailAsOneOfTwiceTheNodes) {
  const FailurePlan failures = nodes_that_live(2e5);  // one of 40 each 5,000 s
  const auto exact = analytic::checkpoint_exact({500, 20, 130, 5000});
  const std::vector<std::vector<Place>> fleets = {{{20}, {20}}, {{40}}};
  for (const auto& places : fleets) {
    const TrainingConfig config = config_of(places, failures);
    EXPECT_DOUBLE_EQ(failure_rate(config, config.jobs[0]), 40 / 2e5);
    const auto seen = seen_of(config, 400);
    const Estimate goodput = seen.at("training.goodput"), mtbf = seen.at("training.mtbf");
    EXPECT_NEAR(goodput.mean, exact->goodput, goodput.half_width()) << places.size();
    EXPECT_NEAR(mtbf.mean, 5000, mtbf.half_width()) << places.size();
    EXPECT_LT(mean_over(goodput), 0.002);
    EXPECT_LT(mean_over(mtbf), 0.025);
  }
  // What the twin says of both is the same, and all of it holds.
  const Twin two = TrainingModel(config_of(fleets[0], failures)).twin();
  const Twin one = TrainingModel(config_of(fleets[1], failures)).twin();
  ASSERT_EQ(two.predictions.size(), one.predictions.size());
  for (std::size_t i = 0; i < two.predictions.size(); ++i) {
    EXPECT_TRUE(two.predictions[i].value) << two.predictions[i].note;
    EXPECT_NEAR(*two.predictions[i].value, *one.predictions[i].value,
                1e-12 * *one.predictions[i].value)
        << one.predictions[i].metric;
  }
}

// Rates add where clusters differ, and each cause is counted wherever it strikes.
TEST(TrainingRegions, RatesAdd) {
  TrainingConfig config = config_of({{20}, {20}, {20}}, nodes_that_live(6e5));
  for (FailurePlan& plan : config.failures)
    plan.components.push_back({.name = "feed", .shared = 1, .life = *Law::exponential(1e5)});
  config.failures[1].components[0].life = *Law::exponential(2e5);
  const double rate = 20 * (2 / 6e5 + 1 / 2e5) + 3 / 1e5;
  EXPECT_NEAR(failure_rate(config, config.jobs[0]), rate, 1e-12);
  const auto seen = seen_of(config, 200);
  for (const Prediction& p : TrainingModel(config).twin().predictions) {
    ASSERT_TRUE(p.value) << p.metric << p.note;
    const Estimate found = seen.at(p.metric);
    EXPECT_NEAR(found.mean, *p.value, found.half_width() + 1e-8 * *p.value) << p.metric;
  }
  EXPECT_NEAR(seen.at("training.failures.feed").mean, 12, 1);
}

// A node that breaks is replaced by a spare of its own cluster; those of another are no use.
TEST(TrainingRegions, SparesStandByWhereTheyAre) {
  FailurePlan failures{.detection = 30_s};
  failures.repair = *Law::constant(1000);
  const auto queued = [&](std::uint32_t here, std::uint32_t there) {
    TrainingConfig config = config_of({{20, here}, {20, there}}, failures);
    config.failures[1].script = {{.at = 900_s, .node = {3}, .outage = 700_s}};
    config.horizon = 10'000_s;
    return seen_of(config, 2).at("training.fraction.queued").mean;
  };
  EXPECT_EQ(queued(0, 1), 0);
  EXPECT_EQ(queued(5, 1), 0);
  EXPECT_GT(queued(5, 0), 0.05);
  EXPECT_EQ(queued(5, 0), queued(0, 0));
}

// The exchange is that of the network's outer steps, and its formula (n.diloco).
TEST(TrainingRegions, ExchangesCrossTheOcean) {
  for (const std::uint32_t regions : {2u, 3u}) {
    const std::vector<Place> places(regions);
    std::vector<ClusterId> clusters;
    for (std::uint32_t c = 0; c < regions; ++c) clusters.push_back({c});
    const OuterExchange found = *outer_exchange(fleet_of(places), clusters, 12'000'000'000);
    const double expected = *analytic::wide_area_exchange(
        {.regions = regions, .bytes = 12e9, .bandwidth = 1e9, .one_way = 0.04});
    EXPECT_NEAR(found.seconds, expected, 1e-6);
    EXPECT_NEAR(found.by_formula, expected, 1e-9);
    EXPECT_EQ(found.broken, "");
  }
  // Three in a line: what goes from the last to the first takes two links that others take too.
  const OuterExchange line =
      *outer_exchange(fleet_of({{}, {}, {}}, true), {{0}, {1}, {2}}, 12'000'000'000);
  EXPECT_GT(line.seconds, 16);
  EXPECT_NE(line.broken, "");
  EXPECT_NEAR(line.by_formula, line.seconds, 1e-9);
  const OuterExchange late =
      *outer_exchange(fleet_of({{}, {}}, false, *Law::exponential(0.1)), {{0}, {1}}, 1'000'000'000);
  EXPECT_NE(late.broken, "");
  // Two steps of half a second and 40 ms, each as long as the later of two ways: 0.15 s on average.
  EXPECT_NEAR(late.seconds, 2 * (0.5 + 0.04 + 0.15), 0.02);
  EXPECT_FALSE(outer_exchange(fleet_of({{}, {}}), {{0}, {1}}, 1'999'999'999'999'999'999));
}

TEST(TrainingRegions, AStepHasItsPartOfAnExchange) {
  EXPECT_DOUBLE_EQ(outer_part(12, 3, 1, 0), 12);
  EXPECT_DOUBLE_EQ(outer_part(12, 3, 4, 0), 3);
  EXPECT_DOUBLE_EQ(outer_part(12, 3, 4, 0.5), 1.5);
  EXPECT_DOUBLE_EQ(outer_part(12, 3, 2, 1), 3);  // two steps hide six seconds and no more
  EXPECT_EQ(outer_part(12, 3, 4, 1), 0);
  EXPECT_EQ(outer_part(0, 3, 4, 0), 0);
  EXPECT_NEAR(outer_part(12, 3, 1'000'000, 0), 12e-6, 1e-12);
}

}  // namespace
}  // namespace fleetsim::training
