#include "topology/torus.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace fleetsim {
namespace {

std::vector<std::uint32_t> equal_sides(std::uint32_t places, std::uint32_t dimensions) {
  if (dimensions == 1) return {places};
  std::vector<std::uint32_t> best;
  std::uint64_t least = UINT64_MAX;
  for (std::uint32_t side = 1; std::uint64_t{side} * side <= places; ++side) {
    if (places % side != 0) continue;
    std::vector<std::uint32_t> sides = equal_sides(places / side, dimensions - 1);
    sides.push_back(side);
    const std::uint64_t sum = std::accumulate(sides.begin(), sides.end(), std::uint64_t{0});
    if (sum >= least) continue;
    least = sum;
    best = std::move(sides);
  }
  std::sort(best.rbegin(), best.rend());
  return best;
}

}  // namespace

std::vector<std::uint32_t> sides_of(const FabricShape& shape) {
  const std::uint32_t dimensions = torus_dimensions(shape.topology);
  if (dimensions == 0 || !shape.sides.empty()) return shape.sides;
  return equal_sides(shape.ends, dimensions);
}

Result<std::unique_ptr<Fabric>> Torus::make(const FabricShape& shape) {
  const std::uint32_t dimensions = torus_dimensions(shape.topology);
  std::vector<std::uint32_t> sides = sides_of(shape);
  std::uint64_t places = 1;
  for (const std::uint32_t side : sides) places *= side;
  if (sides.size() != dimensions || places != shape.ends)
    return Error{
        fmt::format("sides: a torus of {} ends needs {} sides whose product is {} (got {})",
                    shape.ends, dimensions, shape.ends, fmt::join(sides, " x "))};
  std::erase(sides, 1u);
  if (2.0 * shape.ends * static_cast<double>(1 + sides.size()) > 4e9)
    return Error{"ends: more than 4 billion links"};
  const RoutingPolicy policy = routing_of(shape);
  const bool any_order = policy == RoutingPolicy::ecmp || policy == RoutingPolicy::adaptive;
  return std::unique_ptr<Fabric>(std::make_unique<Torus>(shape.ends, std::move(sides), any_order));
}

Torus::Torus(std::uint32_t ends, Sides sides, bool any_order)
    : Fabric(ends),
      sides_(std::move(sides)),
      dimensions_(static_cast<std::uint32_t>(sides_.size())),
      any_order_(any_order) {
  std::uint32_t stride = 1;
  for (const std::uint32_t side : sides_) {
    strides_.push_back(stride);
    stride *= side;
  }
}

std::uint32_t Torus::place(std::uint32_t router, std::uint32_t dimension) const {
  return router / strides_[dimension] % sides_[dimension];
}

std::uint32_t Torus::neighbour(std::uint32_t router, std::uint32_t dimension, bool up) const {
  const std::uint32_t here = place(router, dimension), side = sides_[dimension];
  const std::uint32_t there = up ? (here + 1) % side : (here + side - 1) % side;
  return router + there * strides_[dimension] - here * strides_[dimension];
}

LinkId Torus::link_to(std::uint32_t router, std::uint32_t dimension, bool up) const {
  return {2 * ends() + (router * dimensions_ + dimension) * 2 + (up ? 1 : 0)};
}

Fabric::Ends Torus::ends_of(LinkId link) const {
  if (link.index < ends()) return {link.index, ends() + link.index};
  if (link.index < 2 * ends()) return {link.index, link.index - ends()};
  const std::uint32_t number = link.index - 2 * ends(), router = number / 2 / dimensions_;
  return {ends() + router, ends() + neighbour(router, number / 2 % dimensions_, number % 2 == 1)};
}

namespace {

// Links between two halves of a torus: across an even side two planes; across an odd one two planes
// and, as a plane is left between them, the halves of that.
double cut_across(const std::vector<std::uint32_t>& sides, double places) {
  double least = sides.empty() ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t d = 0; d < sides.size(); ++d) {
    std::vector<std::uint32_t> plane = sides;
    plane.erase(plane.begin() + static_cast<std::ptrdiff_t>(d));
    const double area = places / sides[d];
    least = std::min(least, 2 * area + (sides[d] % 2 == 0 ? 0 : cut_across(plane, area)));
  }
  return least;
}

}  // namespace

FabricParts Torus::parts() const {
  return {.trunk_cables = std::uint64_t{ends()} * dimensions_,
          .bisection = cut_across(sides_, ends())};
}

std::string Torus::vertex_name(std::uint32_t vertex) const {
  if (vertex < ends()) return fmt::format("end/{}", vertex);
  std::string name = "router";
  for (std::uint32_t d = 0; d < dimensions_; ++d)
    name += fmt::format("/{}", place(vertex - ends(), d));
  return name;
}

void Torus::route(std::uint32_t from, std::uint32_t to, std::uint64_t choice, Path& out) const {
  out.push_back(into(from));
  std::array<bool, 3> up{};
  for (std::uint32_t d = 0; d < dimensions_; ++d) {
    const std::uint32_t side = sides_[d], ahead = (place(to, d) + side - place(from, d)) % side;
    up[d] = 2 * ahead < side;
    if (2 * ahead != side) continue;
    up[d] = choice % 2 == 1;
    choice /= 2;
  }
  std::array<std::uint32_t, 3> order = {0, 1, 2};
  for (std::uint32_t i = dimensions_; any_order_ && i > 1; --i) {  // the choice-th permutation
    std::swap(order[i - 1], order[choice % i]);
    choice /= i;
  }
  std::uint32_t router = from;
  for (std::uint32_t i = 0; i < dimensions_; ++i) {
    const std::uint32_t d = order[i], side = sides_[d], target = place(to, d);
    std::uint32_t here = place(router, d);
    const std::uint32_t first = router - here * strides_[d];  // in this row
    while (here != target) {
      out.push_back(link_to(first + here * strides_[d], d, up[d]));
      if (up[d])
        here = here + 1 == side ? 0 : here + 1;
      else
        here = here == 0 ? side - 1 : here - 1;
    }
    router = first + target * strides_[d];
  }
  out.push_back(out_to(to));
}

}  // namespace fleetsim
