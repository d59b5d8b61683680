#include "workloads/loads/signal.h"

namespace fleetsim::loads {

Instant late_enough(const StepSeries& series, Instant time, Duration past) {
  const std::int64_t missing = past.ns - time.ns, period = series.period().ns;
  if (missing <= 0) return time;
  return time + Duration{period == 0 ? missing : (missing + period - 1) / period * period};
}

Signal::Signal(const LoadConfig& load, const Sites& sites, Of of,
               std::optional<Instant> known_until)
    : known_until_(known_until) {
  for (const Place& place : load.places) {
    const Site& site = sites.site(place.region);
    places_.push_back(
        {of == Of::carbon ? site.carbon_per_it() : site.cost_per_it(), place.draw(1).watts});
  }
}

Instant Signal::seen(const StepSeries& series, Instant time) const {
  if (!known_until_ || time < *known_until_) return time;
  const std::int64_t days = (time - *known_until_).ns / day.ns + 1;
  const Duration back = days * day;
  const Instant late = late_enough(series, time, back);
  return {late.ns - back.ns};
}

double Signal::of(std::uint32_t place, Instant from, Instant to) const {
  if (!known_until_) return of_cell(place, from, to);
  double sum = 0;
  const std::vector<Instant> edges = cells(place, from, to);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) sum += of_cell(place, edges[i], edges[i + 1]);
  return sum;
}

double Signal::of_cell(std::uint32_t place, Instant from, Instant to) const {
  const auto& [series, watts] = places_[place];
  const Instant begin = seen(series, from);
  return watts * series.integral(begin, begin + (to - from));
}

double Signal::rate(std::uint32_t place, Instant now) const {
  const auto& [series, watts] = places_[place];
  return watts * series.at(seen(series, now));
}

std::optional<Instant> Signal::next_change(std::uint32_t place, Instant after) const {
  const StepSeries& series = places_[place].per_joule;
  const Instant begin = seen(series, after);
  const std::optional<Instant> change = series.next_change(begin);
  if (!change) return std::nullopt;
  Instant next = after + (*change - begin);
  if (known_until_ && after >= *known_until_) {
    const Instant new_day = *known_until_ + ((after - *known_until_).ns / day.ns + 1) * day;
    next = std::min(next, new_day);
  }
  return next;
}

std::vector<Instant> Signal::cells(std::uint32_t place, Instant from, Instant to) const {
  std::vector<Instant> out{from};
  for (auto next = next_change(place, from); next && *next < to; next = next_change(place, *next))
    out.push_back(*next);
  out.push_back(to);
  return out;
}

}  // namespace fleetsim::loads
