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
    {Topology::torus_2d, "TORUS_2D", Torus::make},
    {Topology::torus_3d, "TORUS_3D", Torus::make},
    {Topology::dragonfly, "DRAGONFLY", Dragonfly::make},
    {Topology::ring, "RING", Torus::make},
    {Topology::full_mesh, "FULL_MESH", FullMesh::make},
    {Topology::graph, "GRAPH", GraphFabric::make},
};

const Builder& builder_of(Topology topology) {
  return *std::find_if(std::begin(builders), std::end(builders),
                       [topology](const Builder& b) { return b.topology == topology; });
}

}  // namespace

std::uint32_t torus_dimensions(Topology topology) {
  switch (topology) {
    case Topology::ring:
      return 1;
    case Topology::torus_2d:
      return 2;
    case Topology::torus_3d:
      return 3;
    default:
      return 0;
  }
}

bool node_is_one_end(Topology topology) {
  return torus_dimensions(topology) > 0 || topology == Topology::full_mesh;
}

RoutingPolicy routing_of(const FabricShape& shape) {
  if (shape.routing) return *shape.routing;
  const bool torus = torus_dimensions(shape.topology) > 0;
  return torus ? RoutingPolicy::dimension_order : RoutingPolicy::ecmp;
}

Result<std::unique_ptr<Fabric>> make_fabric(const FabricShape& shape) {
  if (shape.ends < 1) return Error{"ends: a fabric joins at least one"};
  if (!(shape.oversubscription >= 1))
    return Error{fmt::format("oversubscription: rate down over rate up, at least 1 (got {})",
                             shape.oversubscription)};
  if (routing_of(shape) == RoutingPolicy::dimension_order && torus_dimensions(shape.topology) == 0)
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

std::optional<Topology> topology_of(std::string_view name) {
  for (const Builder& builder : builders)
    if (builder.name == name) return builder.topology;
  return std::nullopt;
}

}  // namespace fleetsim
