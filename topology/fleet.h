#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/law.h"
#include "sim/units.h"
#include "topology/fabric.h"

namespace fleetsim {

using DeviceId = Id<struct DeviceTable>;  // an accelerator
using ClusterId = Id<struct ClusterTable>;
using RegionId = Id<struct RegionTable>;
using WideLinkId = Id<struct WideLinkTable>;

// Nodes that are all alike, and the fabric that joins them.
struct ClusterPlan {
  std::string name;
  RegionId region;
  std::uint32_t nodes = 1;
  std::uint32_t spares = 0;   // nodes beyond those, which stand by off the fabric
  std::uint32_t devices = 1;  // accelerators of a node
  std::uint32_t ports = 1;    // network ports of a node; devices share them evenly
  double device_rate = 0;     // byte/s of a device inside its node, each way
  double port_rate = 0;       // byte/s of a port, each way
  double trunk_rate = 0;      // byte/s of a cable inside the fabric, each way
  double border_rate = 0;     // byte/s between the cluster and the rest of its region
  Duration node_latency{};    // between devices of a node
  Duration fabric_latency{};  // from port to port, without what each hop adds
  Duration hop_latency{};     // of each link inside the fabric
  FabricShape shape;          // `ends` and `rails` are filled in
  PartFigures figures{};      // of the fabric's parts
};

// A cable between two regions.
struct WideLinkPlan {
  RegionId a, b;
  double rate = 0;              // byte/s each way
  Duration latency{};           // one way
  std::optional<Law> jitter{};  // s, on top of it, of each transfer
  double price = 0;             // USD/byte that leaves either region over it
};

struct FleetPlan {
  std::vector<std::string> regions;
  std::vector<ClusterPlan> clusters;
  std::vector<WideLinkPlan> wide_links;
};

// Where a way spends its latency.
enum class Level : std::uint8_t { node, fabric, wide };
inline constexpr std::size_t levels = 3;

struct Route {
  Path links;
  std::array<Duration, levels> latency{};
  Duration total() const { return latency[0] + latency[1] + latency[2]; }
};

// All that would exist if no job ran: devices in nodes, nodes on fabrics, clusters in regions,
// regions joined by wide links. Never changes; what is down for a while is the network's state.
//
// Links are numbered cluster after cluster: those of its fabric, then out of each device, into each
// device, out of the cluster, into the cluster; after all clusters the wide links, a to b and b to
// a. A way out of a cluster does not load its fabric's trunks: what leaves is little beside what
// stays.
class Fleet {
 public:
  static Result<Fleet> make(FleetPlan plan);

  struct Place {
    ClusterId cluster;
    std::uint32_t node = 0, slot = 0;
  };
  std::uint32_t devices() const { return first_device_.back(); }
  std::uint32_t links() const { return static_cast<std::uint32_t>(rates_.size()); }
  const std::vector<double>& rates() const { return rates_; }  // by link, byte/s
  DeviceId device(ClusterId cluster, std::uint32_t node, std::uint32_t slot) const;
  Place place(DeviceId device) const;
  std::string link_name(LinkId link) const;

  const FleetPlan& plan() const { return plan_; }
  const Fabric& fabric(ClusterId cluster) const { return *fabrics_[cluster.index]; }
  LinkId first_link(ClusterId cluster) const { return {first_link_[cluster.index]}; }
  LinkId wide_link(WideLinkId link, bool from_a) const;
  std::optional<WideLinkId> wide_of(LinkId link) const;  // empty: it lies inside of a region

  // Fills `out` with a shortest way; `choice` as in Fabric::route. Within a node over the devices'
  // links; between rails by way of the device that lies on the target's rail; between regions by
  // the wide links of least latency. A device reaches itself at once.
  //
  // `down` has a flag for each link, or none where all are up. Fabrics and wide links are then
  // crossed by ways that are up: one of the usual ones if a few tries find it, else any shortest.
  // False: there is none, and `out` is the usual way, or the part of it that exists.
  bool route(DeviceId from, DeviceId to, std::uint64_t choice, Route& out,
             const std::vector<bool>& down = {}) const;

  // The same for what is spread over all nodes of a cluster and sent by all at once, to all of
  // another: from border to border, for no node is in the way.
  bool route_striped(ClusterId from, ClusterId to, Route& out,
                     const std::vector<bool>& down = {}) const;

 private:
  Fleet() = default;
  Status add_cluster(ClusterPlan& plan);
  std::uint32_t end_of(const ClusterPlan& cluster, const Place& place) const;
  LinkId out_of_device(DeviceId device) const;
  using Down = std::vector<bool>;
  void route_inside(const Place& from, const Place& to, std::uint64_t choice, const Down& down,
                    Route& out) const;
  void cross_fabric(const Place& from, const Place& to, std::uint64_t choice, const Down& down,
                    Route& out) const;
  bool cross_borders(ClusterId from, ClusterId to, const Down& down, Route& out) const;
  bool route_wide(RegionId from, RegionId to, const Down& down, Route& out) const;

  FleetPlan plan_;
  std::vector<std::unique_ptr<Fabric>> fabrics_;
  std::vector<std::uint32_t> first_device_ = {0}, first_link_ = {0};  // by cluster, and one past
  std::vector<double> rates_;
};

}  // namespace fleetsim
