#include "sim/fair_share.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "sim/check.h"

namespace fleetsim {
namespace {

constexpr double slack = 1e-11;  // a share of a rate or capacity that counts as nothing

bool exceeds(double a, double b) {
  return a > b * (1 + slack);
}

}  // namespace

std::vector<double> max_min_rates(std::span<const double> capacity,
                                  std::span<const std::vector<LinkId>> paths) {
  std::vector<double> rates(paths.size(), std::numeric_limits<double>::infinity());
  std::vector<double> left(capacity.begin(), capacity.end());
  std::vector<std::uint32_t> open(capacity.size(), 0);
  for (const std::vector<LinkId>& path : paths)
    for (const LinkId link : path) ++open[link.index];
  std::vector<bool> filled(paths.size(), false);
  for (;;) {
    std::size_t tight = capacity.size();
    double level = std::numeric_limits<double>::infinity();
    for (std::size_t l = 0; l < capacity.size(); ++l) {
      if (open[l] == 0 || std::max(0.0, left[l]) / open[l] >= level) continue;
      level = std::max(0.0, left[l]) / open[l];
      tight = l;
    }
    if (tight == capacity.size()) return rates;
    for (std::size_t f = 0; f < paths.size(); ++f) {
      const auto crosses = [tight](LinkId link) { return link.index == tight; };
      if (filled[f] || std::none_of(paths[f].begin(), paths[f].end(), crosses)) continue;
      filled[f] = true;
      rates[f] = level;
      for (const LinkId link : paths[f]) {
        left[link.index] -= level;
        --open[link.index];
      }
    }
  }
}

FairShare::FairShare(std::span<const double> capacity) : links_(capacity.size()) {
  for (std::size_t i = 0; i < capacity.size(); ++i) {
    check(capacity[i] >= 0, "a capacity is not negative");
    links_[i].capacity = capacity[i];
  }
}

FlowId FairShare::add(std::span<const LinkId> path) {
  check(!path.empty(), "a flow crosses a link");
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(flows_.size());
    flows_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Flow& flow = flows_[index];
  for (const LinkId id : path) {
    std::vector<Crossing>& crossings = links_[id.index].crossings;
    flow.hops.push_back({id.index, static_cast<std::uint32_t>(crossings.size())});
    crossings.push_back({index, static_cast<std::uint32_t>(flow.hops.size() - 1)});
  }
  flow.rate = std::numeric_limits<double>::quiet_NaN();  // equal to no rate: it will have changed
  open(index);
  return {index};
}

void FairShare::remove(FlowId id) {
  Flow& flow = flows_[id.index];
  check(!flow.hops.empty(), "a flow is removed once");
  for (const Hop hop : flow.hops) {
    std::vector<Crossing>& crossings = links_[hop.link].crossings;
    const Crossing last = crossings.back();
    crossings[hop.place] = last;
    flows_[last.flow].hops[last.hop].place = hop.place;
    crossings.pop_back();
    for (const Crossing c : crossings)
      if (flows_[c.flow].bottleneck.index == hop.link) open(c.flow);
  }
  flow.hops.clear();
  open(id.index);  // so that settle() meets it, and frees its row
}

void FairShare::set_capacity(LinkId id, double capacity) {
  check(capacity >= 0, "a capacity is not negative");
  Link& link = links_[id.index];
  if (link.capacity == capacity) return;
  link.capacity = capacity;
  for (const Crossing c : link.crossings) open(c.flow);
}

double FairShare::load(LinkId id) const {
  double sum = 0;
  for (const Crossing c : links_[id.index].crossings) sum += flows_[c.flow].rate;
  return sum;
}

std::vector<FlowId> FairShare::flows_over(LinkId id) const {
  std::vector<FlowId> out;
  for (const Crossing c : links_[id.index].crossings) out.push_back({c.flow});
  return out;
}

void FairShare::open(std::uint32_t index) {
  Flow& flow = flows_[index];
  if (flow.open) return;
  flow.open = true;
  flow.before = flow.rate;
  opened_flows_.push_back(index);
}

// What the link has for open flows: all that closed ones do not take.
void FairShare::touch(std::uint32_t index) {
  Link& link = links_[index];
  if (link.touched) return;
  link.touched = true;
  link.full = false;
  link.waiting = 0;
  link.fastest = 0;
  link.left = link.capacity;
  for (const Crossing c : link.crossings)
    if (!flows_[c.flow].open) link.left -= flows_[c.flow].rate;
  touched_links_.push_back(index);
}

void FairShare::push(std::uint32_t index) {
  const Link& link = links_[index];
  heap_.push_back({std::max(0.0, link.left) / link.waiting, index});
  std::push_heap(heap_.begin(), heap_.end(), std::greater<>{});
}

// Opens the flows over a link that are faster than what it has for each: it has more then. Links
// that filled up before did so at a lower level, so that no flow over them is opened here.
bool FairShare::pull_faster(std::uint32_t index, double level) {
  bool any = false;
  for (const Crossing c : links_[index].crossings) {
    Flow& flow = flows_[c.flow];
    if (flow.open || !exceeds(flow.rate, level)) continue;
    any = true;
    flow.filled = false;
    for (const Hop hop : flow.hops) touch(hop.link);
    open(c.flow);
    for (const Hop hop : flow.hops) {
      links_[hop.link].left += flow.rate;
      ++links_[hop.link].waiting;
      if (hop.link != index) push(hop.link);
    }
  }
  return any;
}

void FairShare::fix(std::uint32_t index, double level) {
  links_[index].full = true;
  for (const Crossing c : links_[index].crossings) {
    Flow& flow = flows_[c.flow];
    if (!flow.open || flow.filled) continue;
    flow.filled = true;
    flow.rate = level;
    flow.bottleneck = {index};
    for (const Hop hop : flow.hops) {
      Link& link = links_[hop.link];
      link.left -= level;
      link.fastest = level;  // levels never fall
      --link.waiting;
    }
  }
}

void FairShare::fill() {
  for (const std::uint32_t l : touched_links_) links_[l].touched = false;
  touched_links_.clear();
  for (const std::uint32_t f : opened_flows_) {
    flows_[f].filled = false;
    for (const Hop hop : flows_[f].hops) {
      touch(hop.link);
      ++links_[hop.link].waiting;
    }
  }
  for (const std::uint32_t l : touched_links_) push(l);
  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>{});
    const Level next = heap_.back();
    heap_.pop_back();
    const Link& link = links_[next.link];
    if (link.full || link.waiting == 0) continue;
    const double level = std::max(0.0, link.left) / link.waiting;
    if (level > next.rate || pull_faster(next.link, level))
      push(next.link);
    else
      fix(next.link, level);
  }
}

// Opens the flows whose bottleneck is none any more: it has room left, or a flow is faster there.
bool FairShare::reopen_slower() {
  const std::size_t before = opened_flows_.size();
  for (const std::uint32_t l : touched_links_) {
    const Link& link = links_[l];
    const bool room = link.left > slack * link.capacity && !link.full;
    for (const Crossing c : link.crossings) {
      const Flow& flow = flows_[c.flow];
      if (flow.open || flow.bottleneck.index != l) continue;
      if (room || exceeds(link.fastest, flow.rate)) open(c.flow);
    }
  }
  return opened_flows_.size() > before;
}

std::span<const FlowId> FairShare::settle() {
  changed_.clear();
  const auto gone = [this](std::uint32_t f) {
    if (!flows_[f].hops.empty()) return false;
    flows_[f].open = false;
    free_.push_back(f);
    return true;
  };
  std::erase_if(opened_flows_, gone);
  do fill();
  while (reopen_slower());
  opened_ += opened_flows_.size();
  for (const std::uint32_t f : opened_flows_) {
    Flow& flow = flows_[f];
    flow.open = false;
    if (std::abs(flow.rate - flow.before) <= slack * flow.before)
      flow.rate = flow.before;
    else
      changed_.push_back({f});
  }
  opened_flows_.clear();
  return changed_;
}

}  // namespace fleetsim
