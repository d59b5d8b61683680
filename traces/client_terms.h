#pragma once
#include "sim/result.h"
#include "traces/node.h"
#include "traces/provenance.h"
#include "workloads/serving/config.h"

namespace fleetsim {

// Of a message Clients, what is agreed between them and the service: conversations, tries that
// follow a failure, tenants and limits. REQUIRES: its arrivals have been read.
Status terms_of(const Node& client, const Provenance& provenance, serving::ClientConfig& out);

}  // namespace fleetsim
