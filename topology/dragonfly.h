#pragma once
#include "topology/fabric.h"

namespace fleetsim {

// Dragonfly (Kim, Dally, Scott and Abts, ISCA 2008), balanced: routers of k = 4h - 1 ports have h
// ends, 2h - 1 cables to the other routers of their group of 2h, and h cables to other groups.
// g groups are joined each to each by the same number of cables, 2h h / (g - 1) rounded down: slot
// s of a group, on its router s / h, is cable s % that of the (s / that)-th other group.
//
// Shortest routes: to the router with a cable, over it, to the router of the end; `choice` tells
// which of the cables between the two groups that make it shortest.
class Dragonfly final : public Fabric {
 public:
  static Result<std::unique_ptr<Fabric>> make(const FabricShape& shape);
  Dragonfly(std::uint32_t ends, std::uint32_t globals, std::uint32_t groups);
  static std::uint32_t globals_of(std::uint32_t radix) { return (radix + 1) / 4; }  // h

  std::uint32_t vertices() const override { return ends() + groups_ * routers_; }
  std::uint32_t links() const override { return first_global_ + groups_ * (groups_ - 1) * cables_; }
  Ends ends_of(LinkId link) const override;
  FabricParts parts() const override;
  std::string vertex_name(std::uint32_t vertex) const override;
  void route(std::uint32_t from, std::uint32_t to, std::uint64_t choice, Path& out) const override;

 private:
  std::uint32_t slot(std::uint32_t group, std::uint32_t other, std::uint32_t cable) const;
  std::uint32_t cable_for(std::uint32_t first, std::uint32_t last, std::uint64_t choice) const;
  void push_local(std::uint32_t from, std::uint32_t to, Path& out) const;

  std::uint32_t globals_, routers_, groups_;  // h; 2h a group; g
  std::uint32_t cables_, first_global_;       // between two groups; the first link of those
};

}  // namespace fleetsim
