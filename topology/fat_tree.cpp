#include "topology/fat_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace fleetsim {
namespace {

std::uint32_t ceiling(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::uint32_t>((a + b - 1) / b);
}

// Ends that a full tree holds: 2 m^T = k (k/2)^(T-1).
double capacity_of(std::uint32_t radix, std::uint32_t tiers) {
  return radix * std::pow(radix / 2, tiers - 1);
}

}  // namespace

std::uint32_t FatTree::tiers_for(std::uint32_t ends, std::uint32_t radix) {
  std::uint32_t tiers = 2;
  while (tiers <= most_tiers && capacity_of(radix, tiers) < ends) ++tiers;
  return tiers;
}

Result<std::unique_ptr<Fabric>> FatTree::make(const FabricShape& shape, std::uint32_t tiers) {
  const std::uint32_t radix = shape.radix;
  if (tiers > 1 && (radix < 4 || radix % 2 != 0))
    return Error{
        fmt::format("radix: a tree needs switches of an even number of ports, at least 4 "
                    "(got {})",
                    radix)};
  if (tiers == 0 || tiers > most_tiers)
    return Error{fmt::format("tiers: a tree has 1 to {} (got {})", most_tiers, tiers)};
  if (capacity_of(radix, tiers) < shape.ends)
    return Error{fmt::format("radix: {} tiers of {}-port switches join {:.0f} ends (got {})", tiers,
                             radix, capacity_of(radix, tiers), shape.ends)};
  const double uplinks = radix / 2 / shape.oversubscription;
  if (tiers > 1 && (uplinks < 1 || uplinks > radix / 2 || uplinks != std::floor(uplinks)))
    return Error{
        fmt::format("oversubscription: {} down ports of a leaf over {} is {} uplinks, which "
                    "must be a whole number from 1 to {}",
                    radix / 2, shape.oversubscription, uplinks, radix / 2)};
  double links = 2.0 * shape.ends;
  for (std::uint32_t t = 1; t < tiers; ++t)
    links +=
        2 * std::ceil(shape.ends / std::pow(radix / 2, t)) * uplinks * std::pow(radix / 2, t - 1);
  if (links > 4e9) return Error{"ends: more than 4 billion links"};
  return std::unique_ptr<Fabric>(
      std::make_unique<FatTree>(shape, tiers, tiers > 1 ? static_cast<std::uint32_t>(uplinks) : 0));
}

FatTree::FatTree(const FabricShape& shape, std::uint32_t tiers, std::uint32_t uplinks)
    : Fabric(shape.ends),
      tiers_(tiers),
      radix_(shape.radix),
      down_(shape.radix / 2) {
  span_[0] = 1;
  width_[1] = 1;
  first_switch_[1] = ends();
  first_link_[0] = 0;
  first_link_[1] = 2 * ends();
  for (std::uint32_t t = 1; t <= tiers; ++t) {
    span_[t] = span_[t - 1] * down_;
    groups_[t] = t == tiers ? 1 : ceiling(ends(), span_[t]);
    up_[t] = t == tiers ? 0 : t == 1 ? uplinks : down_;
    width_[t + 1] = width_[t] * up_[t];
    first_switch_[t + 1] = first_switch_[t] + groups_[t] * width_[t];
    if (t < tiers) first_link_[t + 1] = first_link_[t] + 2 * groups_[t] * width_[t] * up_[t];
  }
}

std::uint32_t FatTree::group_of(std::uint32_t end, std::uint32_t tier) const {
  return tier == tiers_ ? 0 : static_cast<std::uint32_t>(end / span_[tier]);
}

std::uint32_t FatTree::switch_at(std::uint32_t tier, std::uint32_t group,
                                 std::uint32_t which) const {
  return first_switch_[tier] + group * width_[tier] + which;
}

Fabric::Ends FatTree::ends_of(LinkId link) const {
  if (link.index < 2 * ends()) {
    const std::uint32_t end = link.index % ends();
    const std::uint32_t leaf = switch_at(1, group_of(end, 1), 0);
    return link.index < ends() ? Ends{end, leaf} : Ends{leaf, end};
  }
  std::uint32_t tier = 1;
  while (link.index >= first_link_[tier + 1]) ++tier;
  const std::uint32_t each_way = groups_[tier] * width_[tier] * up_[tier];
  const std::uint32_t place = (link.index - first_link_[tier]) % each_way;
  const std::uint32_t lower = place / up_[tier];
  const std::uint32_t group = lower / width_[tier];
  const std::uint32_t above = tier + 1 == tiers_ ? 0 : group / down_;
  const std::uint32_t which = lower % width_[tier] * up_[tier] + place % up_[tier];
  const std::uint32_t low = first_switch_[tier] + lower, high = switch_at(tier + 1, above, which);
  return link.index - first_link_[tier] < each_way ? Ends{low, high} : Ends{high, low};
}

FabricParts FatTree::parts() const {
  FabricParts parts{.end_cables = ends()};
  for (std::uint32_t t = 1; t < tiers_; ++t) {
    parts.switches += std::uint64_t{groups_[t]} * width_[t];
    parts.trunk_cables += std::uint64_t{groups_[t]} * width_[t] * up_[t];
  }
  const std::uint64_t into_top =
      tiers_ == 1 ? ends()
                  : std::uint64_t{groups_[tiers_ - 1]} * width_[tiers_ - 1] * up_[tiers_ - 1];
  parts.switches += ceiling(into_top, radix_);
  // Every uplink of half of the leaves can be used to reach the other half.
  const double leaves = groups_[1];
  const double leaf_uplinks = tiers_ == 1 ? ends() : leaves * up_[1];
  parts.bisection = tiers_ == 2 ? cut_of_leaves() : leaf_uplinks / 2;
  return parts;
}

// Of two tiers: so many whole leaves on one side, the last leaf on either, spines with the fewer
// leaves, and ends cut off at a cable each to make up halves.
double FatTree::cut_of_leaves() const {
  const std::int64_t all = ends(), leaves = groups_[1], down = down_;
  const std::int64_t half = all / 2, whole = all / down, rest = all % down;
  std::int64_t least = all;
  for (std::int64_t here = 0; here <= whole; ++here)
    for (const bool with_rest : {false, true}) {
      if (with_rest && rest == 0) continue;
      const std::int64_t side = here + (with_rest ? 1 : 0);
      const std::int64_t below = here * down + (with_rest ? rest : 0);
      const std::int64_t moved = std::min(std::abs(half - below), std::abs(all - half - below));
      least = std::min(least, std::int64_t{up_[1]} * std::min(side, leaves - side) + moved);
    }
  return static_cast<double>(least);
}

std::string FatTree::vertex_name(std::uint32_t vertex) const {
  if (vertex < ends()) return fmt::format("end/{}", vertex);
  std::uint32_t tier = 1;
  while (vertex >= first_switch_[tier + 1]) ++tier;
  const std::uint32_t place = vertex - first_switch_[tier];
  if (tier == tiers_) return fmt::format("{}/{}", tiers_ == 2 ? "spine" : "core", place);
  const char* kind = tier == 1 ? "leaf" : tier == 2 ? "aggregation" : "upper";
  return width_[tier] == 1
             ? fmt::format("{}/{}", kind, place)
             : fmt::format("pod/{}/{}/{}", place / width_[tier], kind, place % width_[tier]);
}

void FatTree::route(std::uint32_t from, std::uint32_t to, std::uint64_t choice, Path& out) const {
  std::uint32_t top = 1;
  while (group_of(from, top) != group_of(to, top)) ++top;
  std::array<std::uint32_t, most_tiers + 1> place{};  // of the uplink within its group, by tier
  out.push_back(into(from));
  std::uint32_t which = 0;
  for (std::uint32_t t = 1; t < top; ++t) {
    which = which * up_[t] + static_cast<std::uint32_t>(choice % up_[t]);
    choice /= up_[t];
    place[t] = which;
    out.push_back({first_link_[t] + group_of(from, t) * width_[t] * up_[t] + which});
  }
  for (std::uint32_t t = top - 1; t >= 1; --t) {
    const std::uint32_t each_way = groups_[t] * width_[t] * up_[t];
    out.push_back({first_link_[t] + each_way + group_of(to, t) * width_[t] * up_[t] + place[t]});
  }
  out.push_back(out_to(to));
}

}  // namespace fleetsim
