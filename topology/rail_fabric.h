#pragma once
#include "topology/fabric.h"

namespace fleetsim {

// Rail-optimised: rail r is a leaf-spine (or a single switch, where that holds it) of its own, and
// end i, port i % rails of node i / rails, lies on rail i % rails. Rails do not meet here: between
// two, traffic changes over inside a node, which is the node's business.
class RailFabric final : public Fabric {
 public:
  static Result<std::unique_ptr<Fabric>> make(const FabricShape& shape);
  RailFabric(std::uint32_t ends, std::uint32_t rails, std::unique_ptr<Fabric> rail);

  std::uint32_t vertices() const override { return rails_ * rail_->vertices(); }
  std::uint32_t links() const override { return rails_ * rail_->links(); }
  Ends ends_of(LinkId link) const override;
  FabricParts parts() const override;
  std::string vertex_name(std::uint32_t vertex) const override;
  void route(std::uint32_t from, std::uint32_t to, std::uint64_t choice,
             Path& out) const override;  // REQUIRES: ends on the same rail

 private:
  LinkId global(LinkId in_rail, std::uint32_t rail) const;
  std::uint32_t vertex(std::uint32_t in_rail, std::uint32_t rail) const;

  std::uint32_t rails_;
  std::unique_ptr<Fabric> rail_;  // all are alike
};

}  // namespace fleetsim
