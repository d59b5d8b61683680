#include "topology/aging_parts.h"

#include <algorithm>
#include <cmath>

namespace fleetsim {
namespace {

Duration added(Duration a, Duration b) {
  return b.ns >= INT64_MAX - a.ns ? Duration{INT64_MAX} : a + b;
}

}  // namespace

AgingParts::AgingParts(const FailurePlan& plan, std::uint32_t nodes, std::uint32_t holders,
                       const Chance& chance, std::uint32_t cluster)
    : plan_(plan),
      nodes_(nodes),
      in_use_(holders) {
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
    for (const std::uint32_t component : parts_of(row)) breaks_at_.push_back(life_of(component));
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

Duration AgingParts::life_of(std::uint32_t component) {
  return from_seconds(plan_.components[component].life.draw(chance_[component]));
}

Duration AgingParts::next_break(std::uint32_t component, Duration age) {
  const ComponentPlan& plan = plan_.components[component];
  if (plan.replaced) return added(age, life_of(component));
  const auto* law = std::get_if<WeibullLaw>(&plan.life.kind());
  check(law != nullptr, "parts that are mended have a Weibull life");
  const double hazard =
      std::pow(seconds(age) / law->scale, law->shape) - std::log(chance_[component].uniform());
  const Duration next = from_seconds(law->scale * std::pow(hazard, 1 / law->shape));
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
  row.place = static_cast<std::uint32_t>(in_use_[holder].size());
  in_use_[holder].push_back(node);
  schedule(node.index);
}

void AgingParts::stop(NodeId node, Instant now) {
  if (rows_.empty()) return;
  Row& row = rows_[node.index];
  std::vector<NodeId>& others = in_use_[row.holder];
  others[row.place] = others.back();
  rows_[others.back().index].place = row.place;
  others.pop_back();
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
  Failure out{.when = due.when, .component = parts_of(due.row)[first], .holder = row.holder};
  if (due.row < nodes_) out.node = {due.row};
  ages[first] = next_break(out.component, ages[first]);
  schedule(due.row);
  drop_stale();
  return out;
}

}  // namespace fleetsim
