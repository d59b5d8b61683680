#pragma once
#include "topology/fabric.h"

namespace fleetsim {

// Every end joined to every other, by a cable of its own. Ends forward nothing: link i (n-1) + j
// leads from i to the j-th of the others.
class FullMesh final : public Fabric {
 public:
  static Result<std::unique_ptr<Fabric>> make(const FabricShape& shape);
  explicit FullMesh(std::uint32_t ends) : Fabric(ends) {}  // checked by make()

  std::uint32_t vertices() const override { return 2 * ends(); }
  std::uint32_t links() const override { return 2 * ends() + ends() * (ends() - 1); }
  Ends ends_of(LinkId link) const override;
  FabricParts parts() const override;
  std::string vertex_name(std::uint32_t vertex) const override;
  void route(std::uint32_t from, std::uint32_t to, std::uint64_t choice, Path& out) const override;
};

}  // namespace fleetsim
