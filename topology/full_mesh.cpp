#include "topology/full_mesh.h"

#include <fmt/format.h>

namespace fleetsim {
namespace {

constexpr std::uint32_t most_ends = 65'536;

}  // namespace

Result<std::unique_ptr<Fabric>> FullMesh::make(const FabricShape& shape) {
  if (shape.ends >= most_ends)
    return Error{
        fmt::format("ends: a full mesh has fewer than {} (got {})", most_ends, shape.ends)};
  return std::unique_ptr<Fabric>(std::make_unique<FullMesh>(shape.ends));
}

Fabric::Ends FullMesh::ends_of(LinkId link) const {
  if (link.index < ends()) return {link.index, ends() + link.index};
  if (link.index < 2 * ends()) return {link.index, link.index - ends()};
  const std::uint32_t number = link.index - 2 * ends();
  const std::uint32_t from = number / (ends() - 1), other = number % (ends() - 1);
  return {ends() + from, ends() + (other < from ? other : other + 1)};
}

FabricParts FullMesh::parts() const {
  const std::uint64_t n = ends();
  return {.trunk_cables = n * (n - 1) / 2,
          .bisection = static_cast<double>(n / 2) * static_cast<double>(n - n / 2)};
}

std::string FullMesh::vertex_name(std::uint32_t vertex) const {
  return fmt::format("{}/{}", vertex < ends() ? "end" : "port", vertex % ends());
}

void FullMesh::route(std::uint32_t from, std::uint32_t to, std::uint64_t, Path& out) const {
  out.push_back(into(from));
  out.push_back({2 * ends() + from * (ends() - 1) + (to < from ? to : to - 1)});
  out.push_back(out_to(to));
}

}  // namespace fleetsim
