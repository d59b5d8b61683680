#pragma once
#include "analytic/catalogue.h"
#include "topology/node_power.h"
#include "topology/ownership.h"
#include "traces/node.h"
#include "traces/provenance.h"

namespace fleetsim {

// The fields power and price of a message Cluster, of nodes that the catalogue has such figures of.
Result<NodePower> node_power_of(const Node& cluster, const analytic::Node& hardware,
                                const Provenance& provenance);
Ownership ownership_of(const Node& cluster, const analytic::Node& hardware);

// A list of messages CurvePoint.
Result<Polyline> curve_of(const Node& message, const char* field, const Provenance& provenance);

}  // namespace fleetsim
