#include "workloads/serving/autoscaler.h"

#include <algorithm>
#include <cmath>

namespace fleetsim::serving {

Autoscaler::Autoscaler(const ServingConfig& config, Engine& engine, Keeper& keeper)
    : engine_(engine),
      keeper_(keeper) {
  std::uint32_t seat = 0;
  for (const GroupConfig& group : config.groups) {
    groups_.push_back({.rule = group.autoscale ? &*group.autoscale : nullptr,
                       .first = seat,
                       .count = group.replicas});
    seat += group.replicas;
  }
  for (std::uint32_t g = 0; g < groups_.size(); ++g) {
    if (groups_[g].rule == nullptr) continue;
    set(groups_[g], groups_[g].rule->least);
    engine_.after(groups_[g].rule->every, on<&Autoscaler::look>(*this, g));
  }
}

void Autoscaler::came(std::uint32_t g) {
  Group& group = groups_[g];
  if (group.present++ == 0) engine_.cancel(group.idle);
}

void Autoscaler::left(std::uint32_t g) {
  Group& group = groups_[g];
  if (--group.present == 0 && group.rule != nullptr && group.rule->least == 0)
    group.idle = engine_.after(group.rule->idle, on<&Autoscaler::gone_idle>(*this, g));
}

void Autoscaler::stuck(std::size_t waiting) {
  waiting_ = waiting;
  for (Group& group : groups_)
    if (waiting > 0 && group.rule != nullptr && on_now(group) == 0) {
      ++cold_;
      set(group, 1);
    }
}

void Autoscaler::gone_idle(std::uint64_t g) {
  if (waiting_ > 0) {  // of others, or soon its own
    groups_[g].idle = engine_.after(groups_[g].rule->every, on<&Autoscaler::gone_idle>(*this, g));
    return;
  }
  groups_[g].wishes.clear();
  set(groups_[g], 0);
}

// From none only a request starts one, to none only idleness leads.
void Autoscaler::look(std::uint64_t g) {
  Group& group = groups_[g];
  const AutoscaleConfig& rule = *group.rule;
  engine_.after(rule.every, on<&Autoscaler::look>(*this, g));
  if (on_now(group) == 0) return;
  const double need = static_cast<double>(group.present + waiting_) / rule.target;
  const auto wanted = static_cast<std::uint32_t>(std::clamp(
      std::ceil(need), static_cast<double>(std::max(rule.least, 1U)), double{1} * group.count));
  const Instant now = engine_.now();
  while (!group.wishes.empty() && group.wishes.back().replicas <= wanted) group.wishes.pop_back();
  while (!group.wishes.empty() && group.wishes.front().until < now) group.wishes.pop_front();
  group.wishes.push_back({now + rule.calm, wanted});
  set(group, group.wishes.front().replicas);
}

std::uint32_t Autoscaler::on_now(const Group& group) const {
  std::uint32_t n = 0;
  for (std::uint32_t i = 0; i < group.count; ++i)
    if (keeper_.is_on(group.first + i)) ++n;
  return n;
}

// The first ones are on.
void Autoscaler::set(Group& group, std::uint32_t wanted) {
  std::uint32_t on = on_now(group);
  for (std::uint32_t i = 0; i < group.count && on < wanted; ++i)
    if (const std::uint32_t seat = group.first + i; !keeper_.is_on(seat)) {
      keeper_.turn_on(seat);
      ++on;
    }
  for (std::uint32_t i = group.count; i-- > 0 && on > wanted;)
    if (const std::uint32_t seat = group.first + i; keeper_.may_turn_off(seat)) {
      keeper_.turn_off(seat);
      --on;
    }
}

}  // namespace fleetsim::serving
