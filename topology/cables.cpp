#include "topology/cables.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "sim/nearest.h"

namespace fleetsim {
namespace {

constexpr std::uint32_t most_suggested = 20'000;  // names among which the nearest is looked for

ClusterId cluster_id(std::uint32_t index) {
  return {index};
}

struct Inside {  // a link inside a fabric
  std::uint32_t low, high;
  bool rising;
  std::uint32_t link;
};

// The i-th link one way and the i-th the other way between two vertices are a cable.
void add_trunks(const Fleet& fleet, ClusterId cluster, std::vector<LinkGroup>& out) {
  const Fabric& fabric = fleet.fabric(cluster);
  std::vector<Inside> links;
  for (std::uint32_t l = 2 * fabric.ends(); l < fabric.links(); ++l) {
    const Fabric::Ends ends = fabric.ends_of({l});
    links.push_back(
        {std::min(ends.from, ends.to), std::max(ends.from, ends.to), ends.from < ends.to, l});
  }
  std::sort(links.begin(), links.end(), [](const Inside& a, const Inside& b) {
    return std::tie(a.low, a.high, a.rising, a.link) < std::tie(b.low, b.high, b.rising, b.link);
  });
  const std::uint32_t first = fleet.first_link(cluster).index;
  for (std::size_t begin = 0, end = 0; begin < links.size(); begin = end) {
    while (end < links.size() && links[end].low == links[begin].low &&
           links[end].high == links[begin].high)
      ++end;
    const std::size_t half = (end - begin) / 2;
    for (std::size_t i = 0; i < half; ++i)
      out.push_back({{first + links[begin + i].link}, {first + links[begin + half + i].link}});
  }
}

std::vector<LinkGroup> by_vertex(const Fleet& fleet, ClusterId cluster) {
  const Fabric& fabric = fleet.fabric(cluster);
  const std::uint32_t first = fleet.first_link(cluster).index;
  std::vector<LinkGroup> out(fabric.vertices());
  for (std::uint32_t l = 0; l < fabric.links(); ++l) {
    const Fabric::Ends ends = fabric.ends_of({l});
    out[ends.from].push_back({first + l});
    if (ends.to != ends.from) out[ends.to].push_back({first + l});
  }
  return out;
}

std::optional<RegionId> region_called(const Fleet& fleet, const std::string& name) {
  const auto& regions = fleet.plan().regions;
  const auto found = std::find(regions.begin(), regions.end(), name);
  if (found == regions.end()) return std::nullopt;
  return RegionId{static_cast<std::uint32_t>(found - regions.begin())};
}

LinkGroup between_regions(const Fleet& fleet, RegionId a, RegionId b) {
  LinkGroup out;
  const auto& links = fleet.plan().wide_links;
  for (std::uint32_t w = 0; w < links.size(); ++w)
    if ((links[w].a == a && links[w].b == b) || (links[w].a == b && links[w].b == a))
      for (const bool from_a : {true, false}) out.push_back(fleet.wide_link({w}, from_a));
  return out;
}

struct Vertex {
  ClusterId cluster;
  std::uint32_t vertex;
};

// "CLUSTER/leaf/0"; names of clusters hold no stroke.
Result<Vertex> vertex_called(const Fleet& fleet, const std::string& name) {
  std::vector<std::string> known;
  const auto& clusters = fleet.plan().clusters;
  for (std::uint32_t c = 0; c < clusters.size(); ++c) {
    const std::string prefix = clusters[c].name + "/";
    const Fabric& fabric = fleet.fabric(cluster_id(c));
    for (std::uint32_t v = 0; v < fabric.vertices(); ++v) {
      const std::string full = prefix + fabric.vertex_name(v);
      if (full == name) return Vertex{cluster_id(c), v};
      if (known.size() < most_suggested) known.push_back(full);
    }
  }
  return Error{"\"" + name + "\" is no switch or node of a cluster" + did_you_mean(name, known)};
}

}  // namespace

std::vector<LinkGroup> trunk_cables(const Fleet& fleet) {
  std::vector<LinkGroup> out;
  for (std::uint32_t c = 0; c < fleet.plan().clusters.size(); ++c)
    add_trunks(fleet, cluster_id(c), out);
  return out;
}

std::vector<LinkGroup> switches(const Fleet& fleet) {
  std::vector<LinkGroup> out;
  for (std::uint32_t c = 0; c < fleet.plan().clusters.size(); ++c) {
    std::vector<LinkGroup> all = by_vertex(fleet, cluster_id(c));
    const auto first = static_cast<std::ptrdiff_t>(fleet.fabric(cluster_id(c)).ends());
    out.insert(out.end(), std::make_move_iterator(all.begin() + first),
               std::make_move_iterator(all.end()));
  }
  return out;
}

std::vector<LinkGroup> wide_cables(const Fleet& fleet) {
  std::vector<LinkGroup> out;
  for (std::uint32_t w = 0; w < fleet.plan().wide_links.size(); ++w)
    out.push_back({fleet.wide_link({w}, true), fleet.wide_link({w}, false)});
  return out;
}

Result<LinkGroup> find_links(const Fleet& fleet, const std::string& name) {
  const std::size_t arrow = name.find(" > ");
  if (arrow == std::string::npos) {
    const Result<Vertex> vertex = vertex_called(fleet, name);
    if (!vertex) return vertex.error();
    return by_vertex(fleet, vertex->cluster)[vertex->vertex];
  }
  const std::string from = name.substr(0, arrow), to = name.substr(arrow + 3);
  const auto region_a = region_called(fleet, from), region_b = region_called(fleet, to);
  if (region_a && region_b) {
    LinkGroup links = between_regions(fleet, *region_a, *region_b);
    if (links.empty()) return Error{"no link joins " + from + " and " + to};
    return links;
  }
  const Result<Vertex> a = vertex_called(fleet, from);
  if (!a) return a.error();
  const std::string& cluster = fleet.plan().clusters[a->cluster.index].name;
  const bool full = to.compare(0, cluster.size() + 1, cluster + "/") == 0;
  const Result<Vertex> b = vertex_called(fleet, full ? to : cluster + "/" + to);
  if (!b) return b.error();
  const Fabric& fabric = fleet.fabric(a->cluster);
  LinkGroup out;
  for (std::uint32_t l = 0; l < fabric.links(); ++l) {
    const Fabric::Ends ends = fabric.ends_of({l});
    if ((ends.from == a->vertex && ends.to == b->vertex) ||
        (ends.from == b->vertex && ends.to == a->vertex))
      out.push_back({fleet.first_link(a->cluster).index + l});
  }
  if (out.empty()) return Error{"no cable joins " + from + " and " + to};
  return out;
}

}  // namespace fleetsim
