#pragma once
#include <functional>

#include "topology/fabric.h"

namespace fleetsim {

// Appends the links of a shortest way between two ends that avoids what is down, by breadth first
// over the whole fabric: for when its own routes are cut. No way leads through other ends. False:
// there is none. Costs the fabric, so it is asked after failures only.
bool detour(const Fabric& fabric, std::uint32_t from, std::uint32_t to,
            const std::function<bool(LinkId)>& is_down, Path& out);

}  // namespace fleetsim
