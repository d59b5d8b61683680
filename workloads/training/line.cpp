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

Duration Line::until(std::int64_t writes) const {
  return cadence().until(position() + writes) - cadence().until(position());
}

Duration Line::after_last() const {
  const Duration work_and_wait =
      whole_intervals() > 0 ? std::max(last_interval(), drain) : last_interval();
  return work_and_wait + cadence().write_to(deeper.size()) + drain;
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
  const std::int64_t fit = cadence().whole_in(left + cadence().until(position())) - position();
  const std::int64_t whole = std::min(fit, whole_intervals());
  out.write = until(whole) - whole * interval;
  left = left - until(whole);
  const bool draining = whole > 0 && left < drain;
  out.saves = whole - (draining ? 1 : 0);
  const bool at_end = whole == whole_intervals();
  const bool ends = at_end && left >= after_last();
  const Duration worked = spend(at_end ? last_interval() : interval);
  if (ends) ++out.saves;
  out.saved = ends ? *work : out.saves * interval;
  out.open = whole * interval + worked - out.saved;
  out.write = out.write + left;
  out.saving = ends ? out.write : until(out.saves) - out.saved;
  const std::size_t level = cadence().level_of(position() + whole + 1);
  check(left <= (at_end ? after_last() - worked : cadence().write_to(level)), "all time is spent");
  return out;
}

Instant Line::done() const {
  if (!work) return end_of_time;
  const Instant last = ready() + after_last();
  const std::int64_t end = position() + whole_intervals(), period = cadence().period();
  const Duration group = cadence().group(deeper.size());
  const bool beyond = end / period > (end_of_time - last).ns / group.ns;  // the clock's end
  return beyond ? end_of_time : last + until(whole_intervals());
}

Instant Line::next_saved(Instant t) const {
  const Duration group = cadence().group(deeper.size());
  const Duration passed = t - ready() - drain + cadence().until(position());
  const std::int64_t groups = passed > Duration{} ? (passed.ns - 1) / group.ns + 1 : 1;
  const std::int64_t writes = groups * cadence().period() - position();
  return writes > whole_intervals() ? done() : ready() + until(writes) + drain;
}

}  // namespace fleetsim::training
