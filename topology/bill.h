#pragma once
#include "topology/fleet.h"

namespace fleetsim {

// What a fleet's networks are made of, what that costs and what it draws. Network ports of nodes
// belong to the nodes. Wide links are counted, not priced: they are leased. A figure of a part
// need not be known where there is no such part: rings have no switches.
struct Bill {
  std::uint64_t switches = 0, end_cables = 0, trunk_cables = 0, wide_links = 0;
  std::uint64_t transceivers = 0;  // two a cable, as if each were optical
  Result<double> price = 0.0;      // $; an error names a figure that is not known
  Result<double> power = 0.0;      // W
};

Bill bill_of(const Fleet& fleet);

// What the fabric of a cluster draws at all times, whatever crosses it; of parts whose figure is
// not known, nothing.
struct FabricPower {
  double watts = 0;
  bool switches_known = true, cables_known = true;  // or there are none
};
FabricPower fabric_power(const Fleet& fleet, ClusterId cluster);

}  // namespace fleetsim
