#pragma once
#include <string>
#include <vector>

#include "topology/site.h"
#include "traces/fleet_message.h"

namespace fleetsim {

// The sites of a fleet, and what is allowed but looks wrong about them, one line each.
struct ReadSites {
  Sites sites;
  std::vector<std::string> warnings;
};

// The messages Site, NodePower and Ownership of a scenario's fleet. What a region does not say is
// that of its grid in the catalogue, of the grid where its location lies, or the average of the
// United States, as the book has it; the price is then the book's as well. REQUIRES: the fields
// have been checked one by one; what only their combination breaks is an error here.
Result<ReadSites> sites_of(const Node& scenario, const NamedFleet& fleet, const Zoo& zoo,
                           const Provenance& provenance);

}  // namespace fleetsim
