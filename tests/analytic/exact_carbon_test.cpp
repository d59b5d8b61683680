#include <numeric>

#include "analytic/exact/carbon.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

constexpr double gram_per_kwh = 1e-3 / 3.6e6;  // kg/J

// Golden carbon_from_energy: GPT-3's 1,287 MWh at 429 g/kWh: 552.123 t.
TEST(Carbon, PublishedTrainingRun) {
  const Carbon out = good(constant_load_carbon({1.287e6, 3.6e6, 1, 429 * gram_per_kwh}));
  expect_relative(out.carbon, 552'123, 1e-12);
  expect_error(constant_load_carbon({1, 1, 0.9, 1}), "pue");
}

TEST(Carbon, StepsIntegrateToTheirFineSum) {
  const std::vector<double> power_from = {0, 10, 25}, power = {100, 0, 300};
  const std::vector<double> grid_from = {0, 10, 20, 40}, grid = {1, 2, 5, 3};
  const Carbon out = good(stepwise_carbon({power_from, power}, {grid_from, grid}, 50, 1.5));
  // By hand: 10 x 100 x 1, nothing until 25, 15 x 300 x 5, 10 x 300 x 3.
  expect_relative(out.carbon, 1.5 * (1000 + 22'500 + 9000), 1e-14);
  expect_relative(out.energy, 1.5 * (1000 + 7500), 1e-14);
  expect_relative(good(stepwise_carbon({power_from, power}, {grid_from, grid}, 5, 1)).energy, 500,
                  1e-14);
  const std::vector<double> one = {0}, watts = {50}, flat = {2};
  expect_relative(good(stepwise_carbon({one, watts}, {one, flat}, 7, 1)).carbon,
                  good(constant_load_carbon({50, 7, 1, 2})).carbon, 1e-14);
  expect_error(stepwise_carbon({grid, power}, {grid_from, grid}, 1, 1), "power");
  expect_error(stepwise_carbon({power_from, power}, {grid, grid}, 1, 1), "intensity");
}

TEST(Shift, NoOtherChoiceOfHoursIsCleaner) {
  const std::vector<double> day = {400, 380, 90, 420, 90, 500, 60, 300, 120, 410};
  const ShiftOptimum out = good(shift_optimum(day, 4));
  EXPECT_EQ(out.slots, (std::vector<std::int64_t>{2, 4, 6, 8}));
  double least = INFINITY;
  for (unsigned chosen = 0; chosen < 1024; ++chosen) {
    double sum = 0;
    int hours = 0;
    for (unsigned slot = 0; slot < 10; ++slot)
      if ((chosen >> slot & 1) != 0) sum += day[slot], ++hours;
    if (hours == 4) least = std::min(least, sum / 4);
  }
  expect_relative(out.best, least, 1e-14);
  expect_relative(out.at_once, (400 + 380 + 90 + 420) / 4.0, 1e-14);
  expect_relative(out.saved, 1 - least / 322.5, 1e-12);
  const ShiftOptimum all = good(shift_optimum(day, 10));
  expect_relative(all.best, all.mean_of_slots, 1e-14);
  expect_error(shift_optimum(day, 11), "needed");
}

TEST(Embodied, IsLinearInUse) {
  expect_relative(good(amortised_embodied(164, 1, 4)), 41, 1e-14);
  expect_error(amortised_embodied(1, 5, 4), "use");
}

// The book's lab V2-17, part 2, simulated: powers 1/1/0.4/0.3 (work, lost work, write, restart).
TEST(WeightCarbon, PublishedCurve) {
  const double interval[] = {82, 164, 208, 232, 329, 465, 657, 1315};
  const double relative[] = {1.300, 1.238, 1.233, 1.235, 1.249, 1.286, 1.345, 1.626};
  for (std::size_t i = 0; i < 8; ++i) {
    const TrainedWeight weight{{interval[i], 30, 420, 1800}, 1, 1, 0.4, 0.3, 1, 0, 1};
    EXPECT_NEAR(good(carbon_per_weight(weight)).relative, relative[i], 4e-3) << interval[i];
  }
  // Acceptance point 3: the best is within 10% of sqrt(0.4) tau_opt; 294 s and 147 s are equal.
  TrainedWeight weight{{329, 30, 420, 1800}, 1, 1, 0.4, 0.3, 1, 0, 1};
  EXPECT_NEAR(good(carbon_per_weight(weight)).best_interval, 207.8, 20.8);
  weight.plan.interval = 294;
  const double whole = good(carbon_per_weight(weight)).relative;
  weight.plan.interval = 147;
  EXPECT_NEAR(good(carbon_per_weight(weight)).relative, whole, 5e-3);
}

TEST(WeightCarbon, ItsOptimumIsThatOfGoodputOnlyForEqualPowers) {
  const auto best = [](double write, double restart) {
    return good(carbon_per_weight({{300, 30, 420, 1800}, 1, 700, write, restart, 1.1, 1, 1e9}))
        .best_interval;
  };
  const double goodput = good(optimal_interval(30, 1800));
  expect_relative(best(700, 700), goodput, 1e-12);
  expect_relative(best(700, 100), goodput, 1e-12);
  EXPECT_LT(best(300, 100), goodput * 0.95);
  EXPECT_GT(best(5000, 100), goodput * 1.05);
}

TEST(WeightCarbon, ItsOptimumIsAMinimum) {
  Sweep sweep(6);
  for (int i = 0; i < 200; ++i) {
    TrainedWeight weight{{1, sweep.log(1, 2000), sweep.log(1, 1000), 1000},
                         1,
                         100,
                         sweep.log(1, 1e5),
                         sweep.log(1, 1e4),
                         1,
                         1e-7,
                         1e6};
    weight.plan.interval = good(carbon_per_weight(weight)).best_interval;
    const double least = good(carbon_per_weight(weight)).energy;
    const double best = weight.plan.interval;
    for (const double stretch : {0.97, 1.03}) {
      weight.plan.interval = best * stretch;
      EXPECT_GT(good(carbon_per_weight(weight)).energy, least);
    }
  }
  expect_error(carbon_per_weight({{1, 1, 1, 1}, 1, 0, 1, 1, 1, 1, 1}), "work_power");
}

}  // namespace
}  // namespace fleetsim::analytic
