#pragma once
#include <array>

#include "topology/fabric.h"

namespace fleetsim {

// Torus of one (a ring), two or three dimensions. Ends forward themselves: end i is joined to a
// router of its own, at (x, y, z) with i = x + X (y + Y z), and each router to its two neighbours
// in every dimension of more than one place.
//
// Routes go the shorter way round in each dimension, one dimension after the other (dimension
// order, Dally and Towles 2004, section 8.4). Where both ways are equally long, `choice` tells;
// in any order it tells the order of dimensions too.
class Torus final : public Fabric {
 public:
  static Result<std::unique_ptr<Fabric>> make(const FabricShape& shape);
  Torus(std::uint32_t ends, std::vector<std::uint32_t> sides, bool any_order);

  std::uint32_t vertices() const override { return 2 * ends(); }
  std::uint32_t links() const override { return 2 * ends() + ends() * 2 * dimensions_; }
  Ends ends_of(LinkId link) const override;
  FabricParts parts() const override;
  std::string vertex_name(std::uint32_t vertex) const override;
  void route(std::uint32_t from, std::uint32_t to, std::uint64_t choice, Path& out) const override;

 private:
  using Sides = std::vector<std::uint32_t>;  // those of more than one place
  std::uint32_t place(std::uint32_t router, std::uint32_t dimension) const;
  std::uint32_t neighbour(std::uint32_t router, std::uint32_t dimension, bool up) const;
  LinkId link_to(std::uint32_t router, std::uint32_t dimension, bool up) const;

  Sides sides_, strides_;
  std::uint32_t dimensions_;
  bool any_order_;
};

// The sides of a shape: as they are given, else of a torus those that are most alike, which have
// the least sum; a prime number of places has but one way to lie.
std::vector<std::uint32_t> sides_of(const FabricShape& shape);

}  // namespace fleetsim
