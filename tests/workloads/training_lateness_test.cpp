#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analytic/exact/checkpoint.h"
#include "sim/tally.h"
#include "workloads/training/lateness.h"

namespace fleetsim::training {
namespace {

constexpr StepTerms terms{.compute = 8, .tensor = 1, .bubble = 1, .data = 0.5, .context = 2};

TrainingConfig config_of(const LateReplicas& late) {
  ModelledStep model{.terms = terms, .by_ring = terms};
  model.late = late;
  StepConfig step{.tokens = 1, .flops = 1, .peak = 1, .seconds = terms.total(), .model = model};
  JobConfig job{.name = "job", .cluster = {0}, .step = step, .work = {}, .checkpoint = {}};
  return {.fleet = nullptr, .failures = {}, .jobs = {job}};
}

// The last of d replicas, each drawn for itself, against one uniform for all of them.
TEST(TrainingLateness, AStepIsAsLateAsItsLastReplica) {
  constexpr int steps = 40'000;
  for (const Law& law : {*Law::exponential(0.02), *Law::gamma_mean_cv(0.05, 0.5),
                         *Law::lognormal_mean_cv(0.02, 1.5)})
    for (const std::uint32_t d : {1u, 7u, 40u}) {
      Stream draws = Chance{.seed = 5}.stream("brute force", d);
      std::vector<double> seen;
      for (int i = 0; i < steps; ++i) {
        double last = 0;
        for (std::uint32_t r = 0; r < d; ++r) last = std::max(last, law.draw(draws));
        seen.push_back(0.5 + 12 * (1 + last));
      }
      for (const double p : {0.5, 0.9, 0.99}) {
        const double quantile = step_quantile(terms, {law, d}, p);
        const auto below =
            std::count_if(seen.begin(), seen.end(), [&](double t) { return t <= quantile; });
        EXPECT_NEAR(static_cast<double>(below) / steps, p, 3.5 * std::sqrt(p * (1 - p) / steps))
            << law.name() << " " << d;
      }
    }
}

TEST(TrainingLateness, DrawnStepsHaveTheLawsQuantiles) {
  const TrainingConfig config = config_of({*Law::exponential(0.02), 512});
  constexpr std::uint32_t steps = 1'000'000;
  const auto drawn = drawn_steps(config, {.seed = 3}, 2, steps);
  ASSERT_EQ(drawn.size(), 2u);
  Twin twin;
  tell_step_quantiles(*config.jobs[0].step->model, "training.", "", twin);
  ASSERT_EQ(twin.predictions.size(), 3u);
  for (const auto& window : drawn) {
    ASSERT_EQ(window.size(), 1u);
    EXPECT_EQ(window[0].nanoseconds.count(), steps / 2);
    const std::vector<Measured> quantiles = step_quantiles(window);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(quantiles[i].metric.name, twin.predictions[i].metric);
      EXPECT_NEAR(quantiles[i].value / *twin.predictions[i].value, 1, 1e-3);
    }
  }
  // -ln(1 - p^(1/d)) in closed form.
  EXPECT_NEAR(*twin.predictions[1].value,
              0.5 + 12 * (1 - 0.02 * std::log(-std::expm1(std::log(0.99) / 512))), 1e-11);
  // A million replicas: the uniform's power is next to 1, and nothing is infinite.
  EXPECT_TRUE(std::isfinite(step_quantile(terms, {*Law::exponential(1), 1'000'000}, 1 - 1e-16)));
}

TEST(TrainingLateness, IsToldWhereItIsGiven) {
  TrainingConfig config = config_of({*Law::exponential(0.02), 8});
  EXPECT_EQ(step_quantiles(drawn_steps(config, {}, 1, 0)[0]).size(), 3u);
  config.jobs[0].step->model->late.reset();
  EXPECT_TRUE(drawn_steps(config, {}, 1)[0].empty());
  Twin twin;
  tell_step_quantiles(*config.jobs[0].step->model, "training.", "", twin);
  EXPECT_TRUE(twin.predictions.empty());
  // One value or another with even odds: no median.
  ModelledStep coin{.terms = terms, .by_ring = terms};
  coin.late = LateReplicas{*Law::empirical({0.01, 1}, {1, 1}), 1};
  tell_step_quantiles(coin, "training.", "", twin);
  EXPECT_FALSE(twin.predictions[0].value);
  EXPECT_TRUE(twin.predictions[1].value);
}

// Why only the mean step reaches a job: over 24 h of steps with a cv of 10 % each, what they add to
// the variance of its time is less than a thousandth of what ten failures do.
TEST(TrainingLateness, IsNothingBesideFailures) {
  const double day = 86'400, step = 10, deviation = 1;
  const double by_steps = day / step * deviation * deviation;
  const auto segment = *analytic::checkpoint_segment({1800, 60, 300, day / 10});
  const double by_failures = day / 1800 * segment.variance;
  EXPECT_LT(by_steps, 1e-3 * by_failures);
}

}  // namespace
}  // namespace fleetsim::training
