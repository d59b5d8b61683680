#include "traces/mmpp_message.h"

#include <algorithm>

namespace fleetsim {

Result<queueing::Mmpp> mmpp_of(const Node& message, const Provenance& provenance) {
  queueing::Mmpp mmpp;
  double fastest = 0;
  for (const Node& state : message.children("state")) {
    mmpp.states.push_back({state.in("rate", "1/s"), state.in("mean_stay", "s")});
    fastest = std::max(fastest, mmpp.states.back().rate);
  }
  if (fastest == 0)
    return provenance.error(message.path(), "all rates are 0; expected one above 0 /s");
  return mmpp;
}

}  // namespace fleetsim
