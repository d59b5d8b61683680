#include "analytic/exact/spot.h"

#include <cmath>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {
namespace {

// int_0^t e^{-rate s} ds.
double until(double t, double rate) {
  return rate == 0 ? t : -std::expm1(-rate * t) / rate;
}

// int_0^t s e^{-rate s} ds, by its series where that cancels.
double first_moment(double t, double rate) {
  const double x = rate * t;
  if (x > 0.1) return (until(t, rate) - t * std::exp(-x)) / rate;
  double term = t * t / 2, sum = 0;
  for (int k = 0; k < 16; ++k) {
    sum += term;
    term *= -x * (k + 2) / ((k + 1) * (k + 3.0));
  }
  return sum;
}

// What goes on from when work begins, in seconds.
struct AtWork {
  double useful = 0, working = 0, writing = 0;
};
AtWork at_work(const SpotPlan& p, double theta) {
  const double q = std::exp(-theta * (p.interval + p.write));
  const double work = until(p.interval, theta), ends = std::exp(-theta * p.interval);
  AtWork out{.useful = p.interval * q, .working = work, .writing = ends * until(p.write, theta)};
  if (p.saves) {
    const double in_time = std::exp(-p.write / p.stay);
    out.useful += std::exp(-theta * p.write) * first_moment(p.interval, theta) / p.stay;
    out.working = in_time * work;
    out.writing = in_time * (ends + work / p.stay) * until(p.write, p.failure_rate);
  }
  const double each = -std::expm1(-theta * (p.interval + p.write));  // 1 - q
  return {out.useful / each, out.working / each, out.writing / each};
}

}  // namespace

Result<SpotShares> spot_training(const SpotPlan& p) {
  Arguments in("training on spot capacity");
  in.positive("interval", p.interval)
      .nonnegative("write", p.write)
      .nonnegative("detection", p.detection)
      .nonnegative("restart", p.restart)
      .nonnegative("failure_rate", p.failure_rate)
      .positive("stay", p.stay)
      .nonnegative("absence", p.absence);
  if (!in.fine()) return in.error();
  const double theta = p.failure_rate + 1 / p.stay;
  const AtWork one = at_work(p, theta);
  SpotShares out{.held = p.stay / (p.stay + p.absence)};
  const double known = std::exp(-theta * p.detection), ready = std::exp(-theta * p.restart);
  const double failures = out.held * p.failure_rate, stays = out.held / p.stay;  // a second
  const double works = (failures * known + stays) * ready;
  out.useful = works * one.useful;
  const bool all_saved = p.saves && p.failure_rate == 0;  // which a difference would not show
  out.lost = all_saved ? 0 : works * (one.working - one.useful);
  out.writing = works * one.writing;
  out.detection = failures * until(p.detection, theta);
  out.restart = (failures * known + stays) * until(p.restart, theta);
  out.waiting = 1 - out.useful - out.lost - out.writing - out.detection - out.restart;
  return out;
}

}  // namespace fleetsim::analytic
