#include "topology/meter.h"

#include <algorithm>
#include <cmath>

namespace fleetsim {
namespace {

struct Change {
  Instant at;
  double watts = 0;
};

// The highest power of a facility in each month, told by spans of constant power of its IT that
// follow each other.
class Peaks {
 public:
  Peaks(const Site& site, Instant from) : site_(site), begin_(from) {}

  void span(Instant from, Instant to, double it) {
    const StepSeries& per_it = site_.facility().per_it;
    for (Instant now = from; now < to;) {
      const Instant month_end{(now.ns / billing_month.ns + 1) * billing_month.ns};
      const Instant end = std::min({to, month_end, per_it.next_change(now).value_or(to)});
      month_ = std::max(month_, site_.facility().power(now, it));
      if (end == month_end) bill(end);
      now = end;
    }
  }

  void finish(Instant end) { bill(end); }
  double cost() const { return cost_; }
  double highest() const { return highest_; }

 private:
  void bill(Instant end) {
    cost_ += site_.grid().demand_charge * month_ * (seconds(end - begin_) / seconds(billing_month));
    highest_ = std::max(highest_, month_);
    month_ = 0;
    begin_ = end;
  }

  const Site& site_;
  Instant begin_;  // of what is billed next
  double month_ = 0, highest_ = 0, cost_ = 0;
};

}  // namespace

Meter::Part Meter::part(const std::string& component) {
  const auto found = std::find(components_.begin(), components_.end(), component);
  const auto index = static_cast<std::uint32_t>(found - components_.begin());
  if (found == components_.end()) components_.push_back(component);
  parts_.push_back({.component = index});
  return {static_cast<std::uint32_t>(parts_.size() - 1)};
}

void Meter::set(Instant now, Part part, double watts) {
  State& state = parts_[part.index];
  check(watts >= 0 && std::isfinite(watts), "power is at least 0");
  check(now >= state.since, "a meter's time never goes back");
  if (watts == state.watts) return;
  if (state.watts > 0 && now > state.since)
    spans_.push_back({state.since, now, state.watts, state.component});
  state.watts = watts;
  state.since = now;
}

void Meter::add(Part part, Instant from, Instant to, double joules) {
  check(from < to, "energy is used over time");
  check(joules >= 0 && std::isfinite(joules), "energy is at least 0");
  if (joules == 0) return;
  spans_.push_back({from, to, joules / seconds(to - from), parts_[part.index].component});
}

std::vector<Meter::Span> Meter::spans_inside(Instant from, Instant to) const {
  std::vector<Span> inside;
  const auto take = [&](Span span) {
    span.from = std::max(span.from, from);
    span.to = std::min(span.to, to);
    if (span.from < span.to && span.watts > 0) inside.push_back(span);
  };
  for (const Span& span : spans_) take(span);
  for (const State& state : parts_) take({state.since, to, state.watts, state.component});
  return inside;
}

void Meter::add_energy(const std::vector<Span>& spans, Instant from, Instant to,
                       SiteUsage& out) const {
  const Facility& facility = site_->facility();
  const Grid& grid = site_->grid();
  std::vector<double> joules(components_.size());
  for (const Span& span : spans) {
    joules[span.component] += span.watts * seconds(span.to - span.from);
    out.facility += span.watts * facility.per_it.integral(span.from, span.to);
    out.carbon += span.watts * site_->carbon_per_it().integral(span.from, span.to);
    out.energy_cost += span.watts * site_->cost_per_it().integral(span.from, span.to);
  }
  for (std::size_t i = 0; i < joules.size(); ++i) {
    out.components[components_[i]] = joules[i];
    out.it += joules[i];
  }
  out.facility += facility.fixed * seconds(to - from);
  out.carbon += facility.fixed * grid.carbon.integral(from, to);
  out.energy_cost += facility.fixed * grid.price.integral(from, to);
  out.water = out.it * facility.wue;
  out.water_by_book = out.facility * facility.wue;
  out.mean_power = out.facility / seconds(to - from);
}

void Meter::find_peaks(const std::vector<Span>& spans, Instant from, Instant to,
                       SiteUsage& out) const {
  std::vector<Change> changes;
  changes.reserve(2 * spans.size());
  for (const Span& span : spans) {
    changes.push_back({span.from, span.watts});
    changes.push_back({span.to, -span.watts});
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.at < b.at; });
  Peaks peaks(*site_, from);
  Instant now = from;
  double power = 0;
  for (std::size_t i = 0; i < changes.size();) {
    const Instant at = changes[i].at;
    peaks.span(now, at, power);
    const double before = power;
    for (; i < changes.size() && changes[i].at == at; ++i) power += changes[i].watts;
    if (at > from && at < to)
      out.largest_step = std::max(out.largest_step, std::abs(power - before));
    out.peak_it = std::max(out.peak_it, power);
    now = at;
  }
  peaks.span(now, to, power);
  peaks.finish(to);
  out.peak_power = peaks.highest();
  out.demand_cost = peaks.cost();
}

SiteUsage Meter::usage(Instant from, Instant to) const {
  check(from < to, "a window has a length");
  SiteUsage out;
  const std::vector<Span> spans = spans_inside(from, to);
  add_energy(spans, from, to, out);
  find_peaks(spans, from, to, out);
  return out;
}

}  // namespace fleetsim
