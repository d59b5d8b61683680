#include <gtest/gtest.h>

#include <cmath>

#include "analytic/book/operations.h"
#include "topology/site.h"

namespace fleetsim {
namespace {

constexpr double kwh = 3.6e6;

Polyline curve(std::vector<Polyline::Point> points) {
  auto made = Polyline::make(std::move(points));
  EXPECT_TRUE(made);
  return *std::move(made);
}

TEST(Polyline, IsStraightBetweenPointsAndLevelBeyond) {
  const Polyline line = curve({{0, 1}, {2, 5}, {3, 4}});
  for (const auto& [x, y] : {std::pair{-1.0, 1.0}, {0, 1}, {0.5, 2}, {2, 5}, {2.25, 4.75}, {9, 4}})
    EXPECT_DOUBLE_EQ(line.at(x), y) << x;
  EXPECT_FALSE(Polyline::make({}));
  EXPECT_EQ(Polyline::make({{1, 0}, {1, 1}}).error().message,
            "found a point at 1 behind one at 1; expected them to rise");
}

TEST(NodePower, ByDefaultIsTheBooks) {
  const NodePower power{.devices = 4, .peak = 1000};
  EXPECT_DOUBLE_EQ(power.device(Activity::compute, 0.5), 650);
  EXPECT_DOUBLE_EQ(power.node(Activity::compute, 1).total(), 4000);
  EXPECT_DOUBLE_EQ(power.device(Activity::idle, 0), 300);
  EXPECT_DOUBLE_EQ(power.device(Activity::sleep, 0), 300);
  EXPECT_EQ(power.node(Activity::off, 0).total(), 0);
  EXPECT_EQ(power.time_factor(Activity::compute, 1), 1);
  EXPECT_EQ(NodePower::usual_use(Activity::compute), 1);
  EXPECT_EQ(NodePower::usual_use(Activity::checkpoint), 0);
}

TEST(NodePower, MeasuredCurvesActivitiesAndTheNodeItself) {
  NodePower power{.devices = 8,
                  .peak = 700,
                  .curve = curve({{0, 0.1}, {0.5, 0.8}, {1, 1}}),
                  .overhead = 1000,
                  .efficiency = 0.8};
  power.given[static_cast<std::size_t>(Activity::checkpoint)] = 150;
  EXPECT_DOUBLE_EQ(power.device(Activity::compute, 0.25), 700 * 0.45);
  EXPECT_DOUBLE_EQ(power.device(Activity::checkpoint, 0), 150);
  const NodeWatts watts = power.node(Activity::checkpoint, 0);
  EXPECT_DOUBLE_EQ(watts.devices, 1200);
  EXPECT_DOUBLE_EQ(watts.overhead, 1000);
  EXPECT_DOUBLE_EQ(watts.total(), 2200 / 0.8);
  EXPECT_DOUBLE_EQ(watts.conversion, 550);
  EXPECT_EQ(power.node(Activity::off, 0).total(), 0);
  EXPECT_DOUBLE_EQ(power.node(Activity::sleep, 0).total(), (8 * 70 + 1000) / 0.8);
}

TEST(NodePower, WhatUsesNoneOfADeviceDrawsAsIdle) {
  NodePower power{.peak = 700};
  power.given[static_cast<std::size_t>(Activity::idle)] = 90;
  for (const Activity activity : {Activity::communication, Activity::checkpoint, Activity::restart,
                                  Activity::idle, Activity::sleep})
    EXPECT_DOUBLE_EQ(power.device(activity, 0), 90);
  EXPECT_DOUBLE_EQ(power.device(Activity::compute, 0), 210);
  power.given[static_cast<std::size_t>(Activity::restart)] = 150;
  EXPECT_DOUBLE_EQ(power.device(Activity::restart, 0), 150);
  EXPECT_DOUBLE_EQ(power.device(Activity::checkpoint, 0), 90);
}

// Power above idle goes with clock^3: with an eighth of it left, work takes twice as long.
TEST(NodePower, ACapCostsTime) {
  NodePower power{.peak = 1000, .cap = 300 + 700 / 8.0};
  EXPECT_DOUBLE_EQ(power.device(Activity::compute, 1), 387.5);
  EXPECT_NEAR(power.time_factor(Activity::compute, 1), 2, 1e-12);
  EXPECT_EQ(power.time_factor(Activity::compute, 0.1), 1);  // draws 370 W
  EXPECT_EQ(power.time_factor(Activity::idle, 0), 1);
  power.slowdown = curve({{0.4, 1.5}, {0.5, 1.2}, {1, 1}});
  power.cap = 450;
  EXPECT_NEAR(power.time_factor(Activity::compute, 1), 1.35, 1e-12);
  power.cap = 1000;
  EXPECT_EQ(power.time_factor(Activity::compute, 1), 1);
}

TEST(Facility, FixedOverheadIsDrawnAtAnyLoad) {
  const auto facility = facility_of(1.5, 0.2, 1e6);
  ASSERT_TRUE(facility);
  EXPECT_DOUBLE_EQ(facility->power({}, 1e6), 1.5e6);          // PUE 1.5 at full load
  EXPECT_DOUBLE_EQ(facility->power({}, 1e5) / 1e5, 1.3 + 2);  // 1 + 0.2/0.1 + 0.3
  EXPECT_DOUBLE_EQ(facility->power({}, 0), 2e5);
  EXPECT_DOUBLE_EQ(facility_of(1.5, 0, {})->power({}, 7), 10.5);
  EXPECT_FALSE(facility_of(1.5, 0.2, {}));
  EXPECT_EQ(facility_of(1.1, 0.2, 1e6).error().message,
            "found a PUE of 1.1 with 0.2 of it fixed; expected at least 1 beside it");
}

TEST(Facility, PueFollowsTheTemperatureOutside) {
  const StepSeries celsius({-5, 15, 25, 40}, 3600_s);
  const StepSeries pue = pue_by_temperature(celsius, curve({{10, 1.1}, {30, 1.5}}));
  const double expected[] = {1.1, 1.2, 1.4, 1.5};
  for (std::int64_t h = 0; h < 4; ++h)
    EXPECT_DOUBLE_EQ(pue.at(Instant{} + h * 3600_s), expected[h]);
  EXPECT_DOUBLE_EQ(pue.least(), 1.1);
}

TEST(Ownership, IsTheEconomicsSolvers) {
  analytic::EconomicsIn in;
  in.fleet.node.accelerator.unit_cost = 25'000;
  in.fleet.node.accelerator.tdp = 700;
  in.fleet.nodes = 32;
  in.duration_days = 30 * 86400.0;
  in.infrastructure_multiplier = 1.6;
  const auto book = analytic::economics(in);
  ASSERT_TRUE(book) << book.error().message;
  const Ownership owned{.device_price = 25'000, .multiplier = 1.6, .embodied = 164};
  const OwnershipShare share = share_of(owned, 256, 30 * 86'400 * 1_s);
  EXPECT_NEAR(share.capital, book->capex_usd, 1e-9 * book->capex_usd);
  EXPECT_NEAR(share.maintenance, book->opex_maintenance_usd, 1e-9 * book->opex_maintenance_usd);
  EXPECT_NEAR(share.embodied, 164 * 256 * 30.0 / (3 * 365), 1e-9);
}

TEST(Site, KnowsWhatAJouleOfItComesTo) {
  Grid grid{.carbon = StepSeries({1, 3}, 3600_s), .price = 0.1 / kwh};
  auto facility = facility_of(StepSeries({1.1, 1.2}, 7200_s), 0, {});
  const auto site = Site::make(grid, *facility);
  ASSERT_TRUE(site);
  const double expected[] = {1.1, 3.3, 1.2, 3.6};
  for (std::int64_t h = 0; h < 4; ++h) {
    EXPECT_DOUBLE_EQ(site->carbon_per_it().at(Instant{} + h * 3600_s), expected[h]);
    EXPECT_DOUBLE_EQ(site->cost_per_it().at(Instant{} + h * 3600_s),
                     (h < 2 ? 1.1 : 1.2) * 0.1 / kwh);
  }
  grid.carbon = StepSeries({1, 3}, 3600_s, 1_ns);
  facility->per_it = StepSeries(std::vector<double>(3000, 1.1), 3600_s);
  EXPECT_NE(Site::make(grid, *facility).error().message.find("carbon and PUE: two series"),
            std::string::npos);
}

}  // namespace
}  // namespace fleetsim
