#include "workloads/training/line.h"

#include <algorithm>

#include "sim/check.h"
#include "topology/failures.h"

namespace fleetsim::training {

std::int64_t Line::whole_intervals() const {
  return work ? (work->ns - 1) / interval.ns : INT64_MAX;
}

Duration Line::last_interval() const {
  return *work - whole_intervals() * interval;
}

Line::Spent Line::spent(Instant now) const {
  check(now >= begin, "a line is asked about what has passed");
  Spent out;
  Duration left = now - begin;
  const auto spend = [&left](Duration most) {
    const Duration part = std::min(left, most);
    left = left - part;
    return part;
  };
  out.stalled = spend(detection);
  out.restart = spend(restart);
  const Duration segment = interval + write;
  const std::int64_t whole = std::min(left.ns / segment.ns, whole_intervals());
  left = left - whole * segment;
  out.saved = whole * interval;
  out.write = whole * write;
  const Duration next = whole == whole_intervals() ? last_interval() : interval;
  out.open = spend(next);
  const Duration written = spend(write);
  out.write = out.write + written;
  if (out.open == next && written == write) {
    out.saved = out.saved + next;
    out.open = {};
  }
  check(left == Duration{}, "all time is spent");
  return out;
}

Instant Line::done() const {
  if (!work) return end_of_time;
  const Duration segment = interval + write;
  const Instant last = ready() + last_interval() + write;
  const bool beyond = whole_intervals() > (end_of_time - last).ns / segment.ns;  // the clock's end
  return beyond ? end_of_time : last + whole_intervals() * segment;
}

Instant Line::next_saved(Instant t) const {
  const Duration segment = interval + write;
  const std::int64_t passed = std::max<std::int64_t>(0, (t - ready()).ns);
  const std::int64_t count = std::max<std::int64_t>(1, (passed - 1) / segment.ns + 1);
  return count > whole_intervals() ? done() : ready() + count * segment;
}

}  // namespace fleetsim::training
