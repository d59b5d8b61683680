#include "analytic/exact/checkpoint_levels.h"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {

namespace {

constexpr std::int64_t most_segments = 1'000'000;

Result<CheckpointCost> cost_of(std::string_view form, double interval, double time_per_work) {
  Arguments in(form);
  in.need(std::isfinite(time_per_work), "interval", interval,
          "shorter: at this MTBF the work practically never ends");
  if (!in.fine()) return in.error();
  return CheckpointCost{time_per_work, 1 / time_per_work};
}

// What one segment adds: V_i = time + through V_{i+1} + stops V_0, through + stops = 1.
struct Step {
  double time = 0, through = 1, stops = 0;
};

double time_per_work(const TwoLevelPlan& plan) {
  const double m = plan.mtbf;
  const double hard = 1 - plan.local_share;
  const double restart_fails = -std::expm1(-plan.local_restart / m);
  // U_i = (to_global V_0 + soft_time) + resumed V_i: the local restart, over its own repetitions.
  const double repeat = 1 - restart_fails * plan.local_share;
  const double global_restart = m * std::expm1(plan.global_restart / m);
  const double to_global = restart_fails * hard / repeat;
  const double soft_time = m * restart_fails / repeat + to_global * global_restart;
  const double resumed = (1 - restart_fails) / repeat;
  const auto step = [&](double write) {
    const double fails = -std::expm1(-(plan.interval + write) / m);
    const double stays = 1 - fails * plan.local_share * resumed;
    const double time = m * fails + fails * (plan.local_share * soft_time + hard * global_restart);
    return Step{time / stays, (1 - fails) / stays,
                fails * (hard + plan.local_share * to_global) / stays};
  };
  // All but the last segment are alike, so what they add is a geometric sum.
  const auto before = static_cast<double>(plan.segments - 1);
  const Step local = step(plan.local_write);
  const Step global = step(plan.global_write);
  const double reached = std::exp(before * std::log1p(-local.stops));
  const double visits =
      local.stops > 0 ? -std::expm1(before * std::log1p(-local.stops)) / local.stops : before;
  const double time = local.time * visits + reached * global.time;
  const double ahead = reached * global.through;  // to the global commit without a hard failure
  return time / ahead / (static_cast<double>(plan.segments) * plan.interval);
}

Arguments checked(const TwoLevelPlan& plan) {
  Arguments in("two-level checkpointing");
  return in.positive("interval", plan.interval)
      .nonnegative("local_write", plan.local_write)
      .nonnegative("global_write", plan.global_write)
      .fraction("local_share", plan.local_share)
      .nonnegative("local_restart", plan.local_restart)
      .nonnegative("global_restart", plan.global_restart)
      .positive("mtbf", plan.mtbf)
      .at_least_one("segments", plan.segments)
      .need(plan.segments <= most_segments, "segments", static_cast<double>(plan.segments),
            "at most a million");
}

struct Best {
  TwoLevelPlan plan{};
  double log_time = INFINITY;
};

Best best_interval(TwoLevelPlan plan, std::int64_t segments) {
  plan.segments = segments;
  const auto at = [&plan](double log_interval) {
    plan.interval = std::exp(log_interval);
    const double time = time_per_work(plan);
    return std::isfinite(time) ? std::log(time) : 1e3 + log_interval;
  };
  const auto [log_interval, log_time] = boost::math::tools::brent_find_minima(
      at, std::log(plan.mtbf * 1e-9), std::log(plan.mtbf * 4), 26);
  plan.interval = std::exp(log_interval);
  return {plan, log_time};
}

}  // namespace

Result<CheckpointCost> checkpoint_async(const AsyncCheckpointPlan& plan) {
  Arguments in("asynchronous checkpointing");
  in.positive("interval", plan.interval)
      .nonnegative("copy", plan.copy)
      .nonnegative("drain", plan.drain)
      .nonnegative("restart", plan.restart)
      .positive("mtbf", plan.mtbf)
      .need(plan.drain <= plan.interval + plan.copy, "drain", plan.drain,
            "at most interval + copy: one drain at a time");
  if (!in.fine()) return in.error();
  const double m = plan.mtbf;
  const double time = std::exp((plan.restart + plan.drain) / m) *
                      std::expm1((plan.interval + plan.copy) / m) * m / plan.interval;
  return cost_of("asynchronous checkpointing", plan.interval, time);
}

Result<CheckpointCost> checkpoint_two_level(const TwoLevelPlan& plan) {
  if (const Arguments in = checked(plan); !in.fine()) return in.error();
  return cost_of("two-level checkpointing", plan.interval, time_per_work(plan));
}

Result<TwoLevelPlan> two_level_optimum(const TwoLevelPlan& plan) {
  Arguments in = checked(plan);
  in.positive("local_write", plan.local_write)
      .positive("global_write", plan.global_write)
      .need(plan.local_share < 1, "local_share", plan.local_share,
            "below 1, or no global write is ever worth it");
  if (!in.fine()) return in.error();
  Best best = best_interval(plan, 1);
  for (std::int64_t stride = 1; stride >= 1;) {
    const Best more = best_interval(plan, std::min(best.plan.segments + stride, most_segments));
    const Best fewer = best_interval(plan, std::max<std::int64_t>(best.plan.segments - stride, 1));
    const bool rises = more.log_time < best.log_time;
    stride = rises ? stride * 2 : stride / 2;
    if (rises || fewer.log_time < best.log_time) best = rises ? more : fewer;
  }
  return best.plan;
}

}  // namespace fleetsim::analytic
