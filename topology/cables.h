#pragma once
#include <string>
#include <vector>

#include "topology/fleet.h"

namespace fleetsim {

// Links that fail as one: both of a cable, all of a switch.
using LinkGroup = std::vector<LinkId>;

std::vector<LinkGroup> trunk_cables(const Fleet& fleet);  // inside fabrics, ends' own left out
std::vector<LinkGroup> switches(const Fleet& fleet);      // a node that forwards for others is none
std::vector<LinkGroup> wide_cables(const Fleet& fleet);   // between regions

// By name: "CLUSTER/leaf/0" is a switch (or a node) and all its links, "CLUSTER/leaf/0 > spine/1"
// the cables between the two, "REGION > REGION" those between regions. An error says what is not
// known, and what is near.
Result<LinkGroup> find_links(const Fleet& fleet, const std::string& name);

}  // namespace fleetsim
