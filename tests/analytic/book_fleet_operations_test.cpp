#include "analytic/book/operations.h"
#include "analytic/book/orchestration.h"
#include "analytic/queueing/md1.h"
#include "tests/analytic/book_fleet.h"

namespace fleetsim::analytic {
namespace {

constexpr double published = 1e-9;

SustainabilityOut run(const Fleet& fleet, double days, const Grid& grid, double mfu) {
  return good(sustainability(
      {.fleet = fleet, .duration_days = days * day, .datacenter = at(grid), .mfu = mfu}));
}

TEST(BookSustainability, PublishedRuns) {
  // paper-i2-research256-quebec, paper-i2-ratio
  const SustainabilityOut hydro = run(research_256(), 30, quebec(), 0.42);
  expect_relative(hydro.carbon_footprint_kg, 1624.7734271999998, published);
  expect_relative(hydro.total_energy_kwh, 81238.67136 * kwh, published);
  EXPECT_EQ(hydro.water_usage_liters, 0);
  expect_relative(
      run(research_256(), 30, iowa(), 0.42).carbon_footprint_kg / hydro.carbon_footprint_kg,
      35.9245283018868, published);
  // paper-r3-sustain-quebec, paper-r3-sustain-iowa
  const double mfu = 0.2649047196608725;
  expect_relative(run(training_512(), 30, quebec(), mfu).total_energy_kwh, 132780.99875949422 * kwh,
                  published);
  expect_relative(run(training_512(), 30, iowa(), mfu).carbon_footprint_kg, 95401.89495776492,
                  published);
  expect_relative(run(training_512(), 30, iowa(), mfu).water_usage_liters, 252534.4278293777,
                  published);
  // paper-sB-carbon
  expect_relative(run(research_256(), 74.15434780029261, iowa(), 0.42).carbon_footprint_kg,
                  144277.71214343852, published);
  // paper-ovd-sustain-training1k: the average of the United States is what nobody says otherwise.
  const SustainabilityOut average = good(
      sustainability({.fleet = dgx_h100s(128, hdr()), .duration_days = 30 * day, .mfu = 0.42}));
  expect_relative(average.carbon_footprint_kg, 147296.44081152, published);
  expect_relative(average.water_usage_liters, 618027.0243840001, published);
  EXPECT_EQ(average.region_name, "US Average");
}

TEST(BookSustainability, PolandAgainstQuebec) {  // t07-ratio-poland-quebec, -poland10-quebec30
  const auto carbon = [](double days, const Grid& grid) {
    return run(research_256(), days, grid, 1).carbon_footprint_kg;
  };
  expect_relative(carbon(30, poland()) / carbon(30, quebec()), 820 * 1.58 / (20 * 1.06), 1e-12);
  expect_relative(carbon(10, poland()) / carbon(30, quebec()), 20.4, 3e-3);
}

TEST(BookSustainability, TheNearestSiteCounts) {
  SustainabilityIn in{.fleet = research_256(), .duration_days = day};
  in.fleet.region = poland();
  EXPECT_EQ(good(sustainability(in)).pue, 1.58);
  in.fleet.datacenter = at(iowa());
  EXPECT_EQ(good(sustainability(in)).pue, 1.12);
  in.grid = quebec();
  EXPECT_EQ(good(sustainability(in)).pue, 1.06);
  in.datacenter = at(poland());
  in.datacenter->pue_override = 1.3;
  const SustainabilityOut out = good(sustainability(in));
  EXPECT_EQ(out.pue, 1.3);
  expect_relative(out.carbon_intensity, 820 * grams_per_kwh, 1e-12);
}

TEST(BookSustainability, EmbodiedCarbonAndExactWater) {
  SustainabilityIn in{.fleet = research_256(),
                      .duration_days = 30 * day,
                      .grid = iowa(),
                      .embodied_carbon_per_device = 500};
  const SustainabilityOut with = good(sustainability(in));
  in.embodied_carbon_per_device = 0;
  const SustainabilityOut without = good(sustainability(in));
  expect_relative(with.carbon_footprint_kg - without.carbon_footprint_kg, 500 * 256, 1e-9);
  expect_relative(without.water_usage_liters / without.water_usage_exact, 1.12, 1e-12);
  expect_relative(*without.embodied_carbon_catalogue, 164 * 256, 1e-12);
  in.fleet.node.accelerator.tdp.reset();  // an H100 for all the book knows
  expect_relative(good(sustainability(in)).it_energy_kwh, without.it_energy_kwh, 1e-12);
  in.mfu = 1.1;
  expect_error(sustainability(in), "mfu is 1.1, but must be between 0 and 1");
  in.mfu = 1, in.embodied_carbon_per_device = -1;
  expect_error(sustainability(in), "embodied_carbon_per_device");
}

TEST(BookEconomics, PublishedCosts) {
  // paper-w17-training1k-30d
  const EconomicsOut out =
      good(economics({.fleet = dgx_h100s(128, hdr()), .duration_days = 30 * day}));
  expect_relative(out.capex_usd, 701369.8630136986, published);
  expect_relative(out.opex_energy_usd, 69363.3024, published);
  expect_relative(out.opex_maintenance_usd, 105205.47945205479, published);
  expect_relative(out.tco_usd, 875938.6448657535, published);
  expect_relative(out.electricity_share, 0.07918739834869443, published);
  expect_relative(out.cluster_purchase_usd, 25.6e6, published);
  // paper-r3-economics-quebec
  const EconomicsOut hydro = good(economics({.fleet = training_512(),
                                             .duration_days = 30 * day,
                                             .datacenter = at(quebec()),
                                             .mfu = 0.2649047196608725}));
  expect_relative(hydro.opex_energy_usd, 15933.719851139305, published);
  expect_relative(hydro.tco_usd, 419221.391084016, published);
  // paper-compose-frontier8k-tco
  expect_relative(
      good(economics({.fleet = dgx_h100s(1024, ndr()), .duration_days = 15.573195249248304 * day}))
          .tco_usd,
      3637643.61142836, published);
}

TEST(BookEconomics, APriceOfOnesOwn) {  // u012-tco-90d
  const EconomicsOut out = good(economics({.fleet = dgx_h100s(4, ndr()),
                                           .duration_days = 90 * day,
                                           .infrastructure_multiplier = 2,
                                           .unit_cost = 32000}));
  expect_relative(out.cluster_purchase_usd, 2 * 32 * 32000.0, 1e-12);
  EXPECT_TRUE(out.unit_cost_known);
  EconomicsIn in{.fleet = research_256(), .duration_days = day};
  in.unit_cost = -1;
  expect_error(economics(in), "unit_cost");
}

TEST(BookEconomics, WhatHasNoPriceCostsNothingAndSaysSo) {  // suite-econ-esp32-unpriced
  EconomicsIn in{.fleet = research_256(), .duration_days = 365 * day, .grid = quebec()};
  in.fleet.node.accelerator.unit_cost.reset();
  const EconomicsOut out = good(economics(in));
  EXPECT_EQ(out.capex_usd, 0);
  EXPECT_EQ(out.opex_maintenance_usd, 0);
  EXPECT_EQ(out.tco_usd, out.opex_energy_usd);
  EXPECT_FALSE(out.unit_cost_known);
  in.kwh_price = 0;
  EXPECT_EQ(good(economics(in)).electricity_share, 0);
  in.amortization_years = 0;
  expect_error(economics(in), "amortization_years");
}

TEST(BookPlacement, CarbonTaxMovesTheFleet) {
  PlacementIn in{.fleet = research_256(), .duration_days = 30 * day};
  const PlacementOut out = good(place(in));
  EXPECT_EQ(out.best_region, "Quebec");
  EXPECT_EQ(out.total_searched, 3);
  expect_relative(out.objective_value, out.lowest_tco + out.carbon_footprint / 1000 * 100, 1e-12);
  const EconomicsOut there =
      good(economics({.fleet = research_256(), .duration_days = 30 * day, .grid = quebec()}));
  expect_relative(out.lowest_tco, there.tco_usd, 1e-12);
  // A site that is dearer to run but cleaner wins only when carbon costs enough.
  Grid clean = grid(1, 1.5, 0), dirty = grid(800, 1.1, 0);
  clean.name = "clean", dirty.name = "dirty";
  in.regions = {clean, dirty};
  EXPECT_EQ(good(place(in)).best_region, "clean");
  in.carbon_tax_per_ton = 1e-5;
  const PlacementOut cheap = good(place(in));
  EXPECT_EQ(cheap.best_region, "dirty");
  in.carbon_tax_per_ton = 0.1;
  EXPECT_LT(good(place(in)).lowest_tco_exact, good(place(in)).lowest_tco);
  in.regions = {clean, clean};
  in.regions[1].name = "again";
  EXPECT_EQ(good(place(in)).best_region, "clean");  // the first of equals
}

TEST(BookOrchestration, OneJobAtATime) {
  // suite-orch-utilization, suite-orch-0.1x2.0
  const OrchestrationOut out = good(
      orchestration({.arrival_rate_jobs_per_day = 0.3 / day, .avg_job_duration_days = 2 * day}));
  expect_relative(out.cluster_utilization, 0.6, 1e-12);
  EXPECT_TRUE(out.is_stable);
  const Md1Steady exact = good(md1(0.3, 2));
  expect_relative(out.avg_wait_time_days, exact.means.wait * day, 1e-12);
  expect_relative(out.avg_queue_length, 0.3 * exact.means.wait, 1e-12);  // Little
  const OrchestrationOut full = good(
      orchestration({.arrival_rate_jobs_per_day = 0.5 / day, .avg_job_duration_days = 2 * day}));
  EXPECT_FALSE(full.is_stable);
  EXPECT_TRUE(std::isinf(full.avg_wait_time_days));
  expect_error(orchestration({.arrival_rate_jobs_per_day = 1}), "avg_job_duration_days");
}

TEST(BookResponsible, PrivacyAndFairness) {
  const ResponsibleOut out = good(responsible_engineering({.base_training_time = day}));
  EXPECT_EQ(out.dp_slowdown_factor, 3);
  EXPECT_EQ(out.effective_training_time, 3 * day);
  EXPECT_EQ(out.additional_data_requirement, 100);
  EXPECT_EQ(good(responsible_engineering({.epsilon = 1e-9})).dp_slowdown_factor, 201);
  expect_error(responsible_engineering({.epsilon = 0}), "epsilon");
  expect_error(responsible_engineering({.min_subgroup_prevalence = 2}), "min_subgroup_prevalence");
}

TEST(BookOperations, Formulas) {
  // 1 GB/s for 30 days at 9 cents a GB.
  expect_relative(good(calc_monthly_egress_cost({1e9, 0.09 / 1e9})).cost, 233280, 1e-12);
  // Two of 100 W for a year at 0.12 a kWh, 1000 dollars each.
  expect_relative(good(calc_fleet_tco({1000, 100, 2, 365 * day, 0.12 / kwh})).cost,
                  2000 + 0.2 * 8760 * 0.12, 1e-12);
  expect_error(calc_fleet_tco({1000, -100, 2, 1, 0}), "power_w");
  expect_error(calc_monthly_egress_cost({-1, 0}), "bytes_per_sec");
}

}  // namespace
}  // namespace fleetsim::analytic
