#pragma once
#include <span>

#include "topology/fabric.h"

namespace fleetsim {

// Cables by the names of what they join, as a user lists them.
struct GraphPlan {
  struct Cable {
    std::string a, b;
    std::int64_t count = 1;  // cables side by side
    std::size_t line = 0;    // of the file
  };
  std::string file{};  // both for messages
  std::vector<Cable> cables{};
};

// Any graph. The vertices node/0, node/1 ... are the ends in that order, all others are switches,
// numbered as they first occur. An end has exactly one cable, to a switch; ends forward nothing.
//
// Routes are shortest by the table of hops between switches, which is made once: what an irregular
// fabric costs to store grows with the square of its switches. At each switch `choice` tells among
// all cables that lead closer, as switches themselves do; so every such cable is taken alike often,
// which need not hold of whole routes.
//
// The bisection is exact up to 24 switches, by trying all their sides, and not known beyond: it is
// the least number of cables between two halves of the ends. Given the sides of the switches, ends
// follow theirs; to make up halves, any more are cut off at a cable each.
class GraphFabric final : public Fabric {
 public:
  struct Trunk {
    std::uint32_t a = 0, b = 0;          // switches, from 0
    std::uint32_t count = 0, first = 0;  // cables; the number of the first among all
  };
  struct Wiring {
    std::vector<std::string> switches{};
    std::vector<std::uint32_t> switch_of{};  // by end
    std::vector<Trunk> trunks{};
  };

  static Result<std::unique_ptr<Fabric>> make(const FabricShape& shape);
  explicit GraphFabric(Wiring wiring);  // checked by make()

  std::uint32_t vertices() const override { return ends() + switches(); }
  std::uint32_t links() const override { return 2 * (ends() + trunk_cables_); }
  Ends ends_of(LinkId link) const override;
  FabricParts parts() const override;
  std::string vertex_name(std::uint32_t vertex) const override;
  void route(std::uint32_t from, std::uint32_t to, std::uint64_t choice, Path& out) const override;

 private:
  struct Beside {
    std::uint32_t other = 0, trunk = 0;
  };
  std::uint32_t switches() const { return static_cast<std::uint32_t>(wiring_.switches.size()); }
  std::span<const Beside> beside(std::uint32_t at) const;
  std::uint32_t hops(std::uint32_t from, std::uint32_t to) const;
  void join();
  void count_hops(std::uint32_t from);
  double least_cut() const;

  Wiring wiring_;
  std::uint32_t trunk_cables_ = 0;
  std::vector<std::uint32_t> first_;  // into beside_, by switch, and one past
  std::vector<Beside> beside_;
  std::vector<std::uint16_t> hops_;  // [to * switches + from]
  double bisection_ = 0;
};

}  // namespace fleetsim
