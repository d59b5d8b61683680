#include "topology/dragonfly.h"

#include <fmt/format.h>

namespace fleetsim {
namespace {

// The place of `other` among all but `self`.
std::uint32_t among_others(std::uint32_t other, std::uint32_t self) {
  return other < self ? other : other - 1;
}

std::uint32_t other_at(std::uint32_t place, std::uint32_t self) {
  return place < self ? place : place + 1;
}

}  // namespace

Result<std::unique_ptr<Fabric>> Dragonfly::make(const FabricShape& shape) {
  const std::uint32_t h = globals_of(shape.radix);
  if (h < 1)
    return Error{
        fmt::format("radix: a dragonfly needs routers of at least 3 ports (got {})", shape.radix)};
  const std::uint64_t a_group = std::uint64_t{2} * h * h;
  const std::uint64_t groups = (shape.ends + a_group - 1) / a_group;
  if (groups > a_group + 1)
    return Error{fmt::format("radix: a dragonfly of {}-port routers joins {} ends (got {})",
                             shape.radix, a_group * (a_group + 1), shape.ends)};
  if (static_cast<double>(groups) * static_cast<double>(a_group) * 8 > 4e9)
    return Error{"ends: more than 4 billion links"};
  return std::unique_ptr<Fabric>(
      std::make_unique<Dragonfly>(shape.ends, h, static_cast<std::uint32_t>(groups)));
}

Dragonfly::Dragonfly(std::uint32_t ends, std::uint32_t globals, std::uint32_t groups)
    : Fabric(ends),
      globals_(globals),
      routers_(2 * globals),
      groups_(groups),
      cables_(groups > 1 ? routers_ * globals / (groups - 1) : 0),
      first_global_(2 * ends + groups * routers_ * (routers_ - 1)) {}

// Of the cable to the other group: the number of its port among the group's.
std::uint32_t Dragonfly::slot(std::uint32_t group, std::uint32_t other, std::uint32_t cable) const {
  return among_others(other, group) * cables_ + cable;
}

Fabric::Ends Dragonfly::ends_of(LinkId link) const {
  if (link.index < 2 * ends()) {
    const std::uint32_t end = link.index % ends(), router = ends() + end / globals_;
    return link.index < ends() ? Ends{end, router} : Ends{router, end};
  }
  if (link.index < first_global_) {
    const std::uint32_t number = link.index - 2 * ends();
    const std::uint32_t router = number / (routers_ - 1), place = number % (routers_ - 1);
    const std::uint32_t group = router / routers_;
    return {ends() + router, ends() + group * routers_ + other_at(place, router % routers_)};
  }
  const std::uint32_t number = link.index - first_global_, cable = number % cables_;
  const std::uint32_t group = number / cables_ / (groups_ - 1);
  const std::uint32_t other = other_at(number / cables_ % (groups_ - 1), group);
  return {ends() + group * routers_ + slot(group, other, cable) / globals_,
          ends() + other * routers_ + slot(other, group, cable) / globals_};
}

// Cut between whole groups, as equal as they allow; a single group is cut through its routers.
FabricParts Dragonfly::parts() const {
  const std::uint64_t local = std::uint64_t{groups_} * routers_ * (routers_ - 1) / 2;
  const std::uint64_t global = std::uint64_t{groups_} * (groups_ - 1) / 2 * cables_;
  const double half = groups_ > 1 ? groups_ / 2 : globals_;
  const double rest = groups_ > 1 ? groups_ - groups_ / 2 : globals_;
  return {.switches = std::uint64_t{groups_} * routers_,
          .end_cables = ends(),
          .trunk_cables = local + global,
          .bisection = half * rest * (groups_ > 1 ? cables_ : 1)};
}

std::string Dragonfly::vertex_name(std::uint32_t vertex) const {
  if (vertex < ends()) return fmt::format("end/{}", vertex);
  const std::uint32_t router = vertex - ends();
  return fmt::format("group/{}/router/{}", router / routers_, router % routers_);
}

void Dragonfly::push_local(std::uint32_t from, std::uint32_t to, Path& out) const {
  if (from == to) return;
  const std::uint32_t place = among_others(to % routers_, from % routers_);
  out.push_back({2 * ends() + from * (routers_ - 1) + place});
}

// The choice-th among the cables between the routers' groups that are on a shortest way.
std::uint32_t Dragonfly::cable_for(std::uint32_t first, std::uint32_t last,
                                   std::uint64_t choice) const {
  const std::uint32_t group = first / routers_, other = last / routers_;
  const auto local_hops = [&](std::uint32_t cable) {
    const std::uint32_t out = group * routers_ + slot(group, other, cable) / globals_;
    const std::uint32_t in = other * routers_ + slot(other, group, cable) / globals_;
    return (out == first ? 0 : 1) + (in == last ? 0 : 1);
  };
  int fewest = 2;
  std::uint64_t alike = 0;
  for (std::uint32_t cable = 0; cable < cables_; ++cable) {
    const int hops = local_hops(cable);
    if (hops < fewest) alike = 0;
    fewest = std::min(fewest, hops);
    if (hops == fewest) ++alike;
  }
  std::uint64_t wanted = choice % alike;
  for (std::uint32_t cable = 0;; ++cable)
    if (local_hops(cable) == fewest && wanted-- == 0) return cable;
}

void Dragonfly::route(std::uint32_t from, std::uint32_t to, std::uint64_t choice, Path& out) const {
  const std::uint32_t first = from / globals_, last = to / globals_;
  const std::uint32_t group = first / routers_, other = last / routers_;
  out.push_back(into(from));
  if (group == other) {
    push_local(first, last, out);
  } else {
    const std::uint32_t cable = cable_for(first, last, choice);
    push_local(first, group * routers_ + slot(group, other, cable) / globals_, out);
    const std::uint32_t pair = group * (groups_ - 1) + among_others(other, group);
    out.push_back({first_global_ + pair * cables_ + cable});
    push_local(other * routers_ + slot(other, group, cable) / globals_, last, out);
  }
  out.push_back(out_to(to));
}

}  // namespace fleetsim
