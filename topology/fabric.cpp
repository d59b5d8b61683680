#include "topology/fabric.h"

#include <fmt/format.h>

#include <algorithm>

#include "topology/dragonfly.h"
#include "topology/fat_tree.h"
#include "topology/full_mesh.h"
#include "topology/graph_fabric.h"
#include "topology/rail_fabric.h"
#include "topology/torus.h"

namespace fleetsim {
namespace {

using Made = Result<std::unique_ptr<Fabric>>;

// A fabric is one line here.
struct Builder {
  Topology topology;
  const char* name;
  Made (*make)(const FabricShape& shape);
};

constexpr Builder builders[] = {
    {Topology::single_switch, "SINGLE_SWITCH",
     [](const FabricShape& s) { return FatTree::make(s, 1); }},
    {Topology::leaf_spine, "LEAF_SPINE", [](const FabricShape& s) { return FatTree::make(s, 2); }},
    {Topology::fat_tree, "FAT_TREE",
     [](const FabricShape& s) {
       if (s.tiers > 0) return FatTree::make(s, s.tiers);
       return FatTree::make(s, std::min(FatTree::tiers_for(s.ends, s.radix), FatTree::most_tiers));
     }},
    {Topology::rail_optimised, "RAIL_OPTIMISED", RailFabric::make},
    {Topology::torus_2d, "TORUS_2D", [](const FabricShape& s) { return Torus::make(s, 2); }},
    {Topology::torus_3d, "TORUS_3D", [](const FabricShape& s) { return Torus::make(s, 3); }},
    {Topology::dragonfly, "DRAGONFLY", Dragonfly::make},
    {Topology::ring, "RING", [](const FabricShape& s) { return Torus::make(s, 1); }},
    {Topology::full_mesh, "FULL_MESH", FullMesh::make},
    {Topology::graph, "GRAPH", GraphFabric::make},
};

const Builder& builder_of(Topology topology) {
  return *std::find_if(std::begin(builders), std::end(builders),
                       [topology](const Builder& b) { return b.topology == topology; });
}

bool is_torus(Topology topology) {
  return topology == Topology::torus_2d || topology == Topology::torus_3d ||
         topology == Topology::ring;
}

}  // namespace

RoutingPolicy routing_of(const FabricShape& shape) {
  if (shape.routing) return *shape.routing;
  return is_torus(shape.topology) ? RoutingPolicy::dimension_order : RoutingPolicy::ecmp;
}

Result<std::unique_ptr<Fabric>> make_fabric(const FabricShape& shape) {
  if (shape.ends < 1) return Error{"ends: a fabric joins at least one"};
  if (!(shape.oversubscription >= 1))
    return Error{fmt::format("oversubscription: rate down over rate up, at least 1 (got {})",
                             shape.oversubscription)};
  if (routing_of(shape) == RoutingPolicy::dimension_order && !is_torus(shape.topology))
    return Error{fmt::format(
        "routing: DIMENSION_ORDER is for TORUS_2D, TORUS_3D and RING (got {}); expected ECMP, "
        "SHORTEST or ADAPTIVE",
        topology_name(shape.topology))};
  if (shape.adaptive_choices < 1) return Error{"adaptive_choices: at least one route to look at"};
  return builder_of(shape.topology).make(shape);
}

std::string topology_name(Topology topology) {
  return builder_of(topology).name;
}

}  // namespace fleetsim
