#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/fair_share.h"
#include "sim/result.h"

namespace fleetsim {

using Path = std::vector<LinkId>;

// What a fabric is made of.
struct FabricParts {
  std::uint64_t switches = 0;      // of `radix` ports; a node that forwards is none
  std::uint64_t end_cables = 0;    // from an end to its switch
  std::uint64_t trunk_cables = 0;  // between switches, or between nodes that forward
  double bisection = 0;  // trunk cables between two halves of the ends, in the worst case;
                         // NaN: not known
};

// What those parts cost and draw; empty: not known.
struct PartFigures {
  std::optional<double> switch_price{}, cable_price{};  // $
  std::optional<double> switch_power{}, cable_power{};  // W; a cable's: of both its transceivers
};

// Ends (network ports of nodes), and the switches and cables between them. A cable is two links,
// one each way. Vertices are numbered ends first, then switches; links are numbered
//
//   [0, ends)         from end i into the fabric,
//   [ends, 2 ends)    from the fabric out to end i,
//   from 2 ends on    inside.
//
// Nothing is stored of a regular fabric: routes and numbers are computed from its few parameters,
// so a hundred thousand ends cost nothing here.
class Fabric {
 public:
  virtual ~Fabric() = default;

  struct Ends {
    std::uint32_t from = 0, to = 0;  // vertices
  };
  virtual std::uint32_t vertices() const = 0;
  virtual std::uint32_t links() const = 0;
  virtual Ends ends_of(LinkId link) const = 0;
  virtual FabricParts parts() const = 0;
  virtual std::string vertex_name(std::uint32_t vertex) const = 0;

  // Appends the links of a shortest route; `choice` tells among several: equal choices give equal
  // routes, and of a regular fabric as many as there are come out alike often for uniform choices.
  // REQUIRES: two different ends.
  virtual void route(std::uint32_t from, std::uint32_t to, std::uint64_t choice,
                     Path& out) const = 0;

  std::uint32_t ends() const { return ends_; }
  LinkId into(std::uint32_t end) const { return {end}; }
  LinkId out_to(std::uint32_t end) const { return {ends_ + end}; }

 protected:
  explicit Fabric(std::uint32_t ends) : ends_(ends) {}

 private:
  std::uint32_t ends_;
};

enum class Topology : std::uint8_t {
  single_switch,
  leaf_spine,
  fat_tree,
  rail_optimised,
  torus_2d,
  torus_3d,
  dragonfly,
  ring,
  full_mesh,
  graph
};

// Which of several equal routes a flow takes.
enum class RoutingPolicy : std::uint8_t {
  ecmp,             // by a hash of the flow; in a torus, dimensions in any order
  dimension_order,  // tori only: one dimension after the other, in a fixed order
  shortest,         // always the first: choice 0
  adaptive          // the least loaded of a few, when the flow begins
};

struct GraphPlan;  // topology/graph_fabric.h

// Of a torus: 1 for a ring, 2 or 3; 0 for what is none.
std::uint32_t torus_dimensions(Topology topology);

// Whether nodes forward for others or have a cable to each other: then a node is one end with all
// its ports, and hops are counted from node to node; else each port is an end.
bool node_is_one_end(Topology topology);

// Which fabric to build; what a topology has no use for, it does not look at.
struct FabricShape {
  Topology topology = Topology::fat_tree;
  std::uint32_t ends = 0;
  std::uint32_t radix = 64;            // ports of a switch
  std::uint32_t tiers = 0;             // of a fat tree; 0: as few as hold the ends, at least 2
  double oversubscription = 1;         // of leaf switches: rate down over rate up
  std::uint32_t rails = 1;             // of a rail-optimised fabric: end i lies on rail i % rails
  std::vector<std::uint32_t> sides{};  // of a torus; empty: as equal as the ends allow
  std::optional<RoutingPolicy> routing{};    // none: what routing_of() says
  std::uint32_t adaptive_choices = 4;        // routes that adaptive routing looks at
  std::shared_ptr<const GraphPlan> graph{};  // of a graph
};

// The policy of a shape: its own, else dimension order in tori and ECMP elsewhere.
RoutingPolicy routing_of(const FabricShape& shape);

// A shape that cannot be built is an error that says which rule it breaks.
Result<std::unique_ptr<Fabric>> make_fabric(const FabricShape& shape);

// "FAT_TREE" and so on, as scenarios spell them.
std::string topology_name(Topology topology);
std::optional<Topology> topology_of(std::string_view name);

}  // namespace fleetsim
