#include "analytic/exact/checkpoint.h"

#include <cmath>

#include "analytic/book/arguments.h"
#include "analytic/exact/lambert.h"

namespace fleetsim::analytic {

namespace {

Arguments checked(const CheckpointPlan& plan) {
  Arguments in("checkpointing");
  return in.positive("interval", plan.interval)
      .nonnegative("write", plan.write)
      .nonnegative("restart", plan.restart)
      .positive("mtbf", plan.mtbf);
}

Arguments checked(double write, double mtbf) {
  Arguments in("an optimal interval");
  return in.positive("write", write).positive("mtbf", mtbf);
}

// The work practically never ends: an answer no double can hold.
Arguments ends(const CheckpointPlan& plan, double answer) {
  Arguments in("checkpointing");
  return in.need(std::isfinite(answer), "interval", plan.interval,
                 "shorter: at this MTBF the work practically never ends");
}

struct Moments {
  double mean = 0, variance = 0;
};

// The moments of an exponential time of mean 1, given that it is below x. The closed forms cancel
// for small x, where the law is nearly uniform: there the series of the tilted uniform law.
Moments before(double x) {
  if (x < 0.02) {
    const double mean = x * (0.5 - x / 12 * (1 - x * x / 60));
    return {mean, x * x * (1.0 / 12 - x * x / 240 * (1 - 5 * x * x / 126))};
  }
  const double odds = x / std::expm1(x);
  return {1 - odds, 1 - odds * odds * std::exp(x)};
}

// Time to get through x without a failure when each failure costs `extra` more; mean 1 between
// failures.
Moments passage(double x, const Moments& extra) {
  if (x <= 0) return {};
  const Moments lost = before(x);
  const double failures = std::expm1(x);
  const double cost = lost.mean + extra.mean;
  return {x + failures * cost,
          failures * (lost.variance + extra.variance) + failures * std::exp(x) * cost * cost};
}

}  // namespace

Result<CheckpointExact> checkpoint_exact(const CheckpointPlan& plan) {
  if (const Arguments in = checked(plan); !in.fine()) return in.error();
  const double y = plan.interval / plan.mtbf;
  const double u = plan.write / plan.mtbf;
  const double failed = std::expm1(y + u) / y;
  CheckpointExact out;
  out.work = std::exp(u) * std::expm1(y) / y;
  out.writing = std::expm1(u) / y;
  out.restarting = std::expm1(plan.restart / plan.mtbf) * failed;
  out.expected_time_per_work = std::exp(plan.restart / plan.mtbf) * failed;
  out.failures_per_work = out.expected_time_per_work / plan.mtbf;
  if (const Arguments in = ends(plan, out.expected_time_per_work); !in.fine()) return in.error();
  out.goodput = 1 / out.expected_time_per_work;
  return out;
}

Result<SegmentTime> checkpoint_segment(const CheckpointPlan& plan) {
  if (const Arguments in = checked(plan); !in.fine()) return in.error();
  const Moments restart = passage(plan.restart / plan.mtbf, {});
  const Moments segment = passage((plan.interval + plan.write) / plan.mtbf, restart);
  const SegmentTime out{plan.mtbf * segment.mean, plan.mtbf * plan.mtbf * segment.variance};
  if (const Arguments in = ends(plan, out.variance); !in.fine()) return in.error();
  return out;
}

Result<double> young_interval(double write, double mtbf) {
  if (const Arguments in = checked(write, mtbf); !in.fine()) return in.error();
  return std::sqrt(2 * write) * std::sqrt(mtbf);
}

Result<double> daly_interval(double write, double mtbf) {
  if (const Arguments in = checked(write, mtbf); !in.fine()) return in.error();
  if (write >= 2 * mtbf) return mtbf;
  const double part = write / (2 * mtbf);
  return std::sqrt(2 * write * mtbf) * (1 + std::sqrt(part) / 3 + part / 9) - write;
}

Result<double> optimal_interval(double write, double mtbf) {
  if (const Arguments in = checked(write, mtbf); !in.fine()) return in.error();
  return mtbf * one_plus_lambert(write / mtbf);
}

}  // namespace fleetsim::analytic
