#include "topology/rail_fabric.h"

#include <fmt/format.h>

#include "topology/fat_tree.h"

namespace fleetsim {

Result<std::unique_ptr<Fabric>> RailFabric::make(const FabricShape& shape) {
  if (shape.rails == 0 || shape.ends % shape.rails != 0)
    return Error{
        fmt::format("rails: each node has one port on every rail, so {} ends are not {} "
                    "rails",
                    shape.ends, shape.rails)};
  FabricShape one = shape;
  one.ends = shape.ends / shape.rails;
  const std::uint32_t fit = one.ends <= shape.radix ? 1 : FatTree::tiers_for(one.ends, shape.radix);
  Result<std::unique_ptr<Fabric>> rail = FatTree::make(one, shape.tiers > 0 ? shape.tiers : fit);
  if (!rail) return rail.error();
  if (static_cast<double>((*rail)->links()) * shape.rails > 4e9)
    return Error{"ends: more than 4 billion links"};
  return std::unique_ptr<Fabric>(
      std::make_unique<RailFabric>(shape.ends, shape.rails, *std::move(rail)));
}

RailFabric::RailFabric(std::uint32_t ends, std::uint32_t rails, std::unique_ptr<Fabric> rail)
    : Fabric(ends),
      rails_(rails),
      rail_(std::move(rail)) {}

// Links and vertices of ends interleave, as ends do; the rest lies rail after rail.
LinkId RailFabric::global(LinkId in_rail, std::uint32_t rail) const {
  const std::uint32_t of_ends = 2 * rail_->ends();
  if (in_rail.index < of_ends) return {in_rail.index * rails_ + rail};
  return {of_ends * rails_ + rail * (rail_->links() - of_ends) + in_rail.index - of_ends};
}

std::uint32_t RailFabric::vertex(std::uint32_t in_rail, std::uint32_t rail) const {
  if (in_rail < rail_->ends()) return in_rail * rails_ + rail;
  const std::uint32_t switches = rail_->vertices() - rail_->ends();
  return ends() + rail * switches + in_rail - rail_->ends();
}

Fabric::Ends RailFabric::ends_of(LinkId link) const {
  const std::uint32_t of_ends = 2 * ends(), inside = rail_->links() - 2 * rail_->ends();
  const bool at_end = link.index < of_ends;
  const std::uint32_t rail = at_end ? link.index % rails_ : (link.index - of_ends) / inside;
  const std::uint32_t in_rail =
      at_end ? link.index / rails_ : (link.index - of_ends) % inside + 2 * rail_->ends();
  const Ends ends = rail_->ends_of({in_rail});
  return {vertex(ends.from, rail), vertex(ends.to, rail)};
}

FabricParts RailFabric::parts() const {
  const FabricParts one = rail_->parts();
  return {.switches = one.switches * rails_,
          .end_cables = one.end_cables * rails_,
          .trunk_cables = one.trunk_cables * rails_,
          .bisection = one.bisection * rails_};
}

std::string RailFabric::vertex_name(std::uint32_t vertex) const {
  if (vertex < ends()) return fmt::format("end/{}", vertex);
  const std::uint32_t switches = rail_->vertices() - rail_->ends();
  const std::uint32_t rail = (vertex - ends()) / switches;
  return fmt::format("rail/{}/{}", rail,
                     rail_->vertex_name((vertex - ends()) % switches + rail_->ends()));
}

void RailFabric::route(std::uint32_t from, std::uint32_t to, std::uint64_t choice,
                       Path& out) const {
  check(from % rails_ == to % rails_, "a rail leads to ends on the same rail");
  const std::size_t begin = out.size();
  rail_->route(from / rails_, to / rails_, choice, out);
  for (std::size_t i = begin; i < out.size(); ++i) out[i] = global(out[i], from % rails_);
}

}  // namespace fleetsim
