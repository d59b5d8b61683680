#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "topology/fleet.h"
#include "traces/node.h"
#include "traces/provenance.h"
#include "traces/zoo.h"

namespace fleetsim {

// A fleet as a scenario describes it, and what its clusters are called there.
struct NamedFleet {
  std::shared_ptr<const Fleet> fleet;
  std::map<std::string, ClusterId> clusters;
  std::vector<analytic::Node> hardware;  // by cluster, as the catalogue has its nodes
  std::vector<std::string> warnings;     // what is given and has no use there
};

// The message Fleet, nodes and fabrics looked up in the catalogue. REQUIRES: its fields have been
// checked one by one; what only their combination breaks is an error here.
Result<NamedFleet> fleet_of(const Node& message, const Zoo& zoo, const Provenance& provenance);

// The cluster of that name, or an error at `path` that says what was expected in its place.
Result<ClusterId> cluster_named(const std::string& name, const std::string& path,
                                const NamedFleet& fleet, const Provenance& provenance,
                                const char* expected = "the name of a cluster");

}  // namespace fleetsim
