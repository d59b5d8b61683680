#include "topology/aging_parts.h"

#include <algorithm>
#include <cmath>

namespace fleetsim {
namespace {

Duration added(Duration a, Duration b) {
  return b.ns >= INT64_MAX - a.ns ? Duration{INT64_MAX} : a + b;
}

}  // namespace

AgingParts::AgingParts(const FailurePlan& plan, std::uint32_t nodes, const Chance& chance,
                       std::uint32_t cluster)
    : plan_(plan),
      nodes_(nodes),
      lemons_(lemons_among(plan, nodes, chance, cluster)) {
  for (std::uint32_t i = 0; i < plan.components.size(); ++i) {
    const ComponentPlan& component = plan.components[i];
    chance_.push_back(chance.stream("failures.life", cluster << 8 | i));
    if (memoryless(component)) continue;
    on_node_.insert(on_node_.end(), component.per_node, i);
    shared_.insert(shared_.end(), component.shared, i);
  }
  if (on_node_.empty() && shared_.empty()) return;
  rows_.resize(std::size_t{nodes_} + 1);
  breaks_at_.reserve(on_node_.size() * nodes_ + shared_.size());
  for (std::uint32_t row = 0; row <= nodes_; ++row)
    for (const std::uint32_t component : parts_of(row))
      breaks_at_.push_back(first_break(component, speed_of(row)));
  schedule(nodes_);
}

bool AgingParts::later(const Due& a, const Due& b) {
  return a.when != b.when ? a.when > b.when : a.row > b.row;
}

std::span<const std::uint32_t> AgingParts::parts_of(std::uint32_t row) const {
  return row < nodes_ ? on_node_ : shared_;
}

std::span<Duration> AgingParts::ages_of(std::uint32_t row) {
  return std::span(breaks_at_).subspan(on_node_.size() * row, parts_of(row).size());
}

double AgingParts::speed_of(std::uint32_t row) const {
  return row < lemons_.size() && lemons_[row] ? plan_.lemons.factor : 1;
}

// A part that is old at first has its life cut from below.
Duration AgingParts::first_break(std::uint32_t component, double speed) {
  const ComponentPlan& plan = plan_.components[component];
  Stream& chance = chance_[component];
  if (plan.age == Duration{}) return from_seconds(plan.life.draw(chance) / speed);
  const double age = seconds(plan.age), passed = plan.life.cdf(age);
  const double p = std::min(passed + (1 - passed) * chance.uniform(), 1 - 0x1p-53);
  return from_seconds(std::max(0.0, plan.life.quantile(p) - age) / speed);
}

Duration AgingParts::next_break(std::uint32_t component, Duration age, double speed) {
  const ComponentPlan& plan = plan_.components[component];
  if (plan.replaced) return added(age, from_seconds(plan.life.draw(chance_[component]) / speed));
  const auto* law = std::get_if<WeibullLaw>(&plan.life.kind());
  check(law != nullptr, "parts that are mended have a Weibull life");
  const double first = seconds(plan.age);
  const double hazard = std::pow((seconds(age) * speed + first) / law->scale, law->shape) -
                        std::log(chance_[component].uniform());
  const Duration next =
      from_seconds((law->scale * std::pow(hazard, 1 / law->shape) - first) / speed);
  return std::max(next, added(age, Duration{1}));
}

void AgingParts::schedule(std::uint32_t row) {
  const std::span<const Duration> ages = ages_of(row);
  if (ages.empty()) return;
  Row& it = rows_[row];
  const Duration left = *std::min_element(ages.begin(), ages.end()) - it.used;
  const Instant when = left.ns >= end_of_time.ns - it.since.ns ? end_of_time : it.since + left;
  heap_.push_back({when, row, it.stamp});
  std::push_heap(heap_.begin(), heap_.end(), later);
}

void AgingParts::drop_stale() {
  while (!heap_.empty() && heap_.front().stamp != rows_[heap_.front().row].stamp) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
  }
}

void AgingParts::start(NodeId node, Holder holder, Instant now) {
  if (rows_.empty()) return;
  Row& row = rows_[node.index];
  check(row.holder == everybody, "a node has one user");
  row.since = now;
  row.holder = holder;
  schedule(node.index);
}

void AgingParts::stop(NodeId node, Instant now) {
  if (rows_.empty()) return;
  Row& row = rows_[node.index];
  row.used = row.used + (now - row.since);
  row.holder = everybody;
  ++row.stamp;
  drop_stale();
}

Failure AgingParts::take() {
  check(next() != end_of_time, "a failure is taken where there is one");
  const Due due = heap_.front();
  Row& row = rows_[due.row];
  row.used = row.used + (due.when - row.since);
  row.since = due.when;
  ++row.stamp;
  const std::span<Duration> ages = ages_of(due.row);
  const auto first =
      static_cast<std::size_t>(std::min_element(ages.begin(), ages.end()) - ages.begin());
  Failure out{.when = due.when, .cause = parts_of(due.row)[first], .holder = row.holder};
  if (due.row < nodes_) out.node = {due.row};
  ages[first] = next_break(out.cause, ages[first], speed_of(due.row));
  schedule(due.row);
  drop_stale();
  return out;
}

}  // namespace fleetsim
