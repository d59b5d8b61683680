#pragma once
#include "traces/training_message.h"

namespace fleetsim {

// Jobs as training_of reads them, at sites that keep their power budget: where jobs would exceed
// it, all devices of their clusters there are capped alike (power_budget.h). `sites` then has those
// caps, the jobs their pace, and a warning tells of it. A budget that hardly lets devices idle is
// an error.
Result<ReadTraining> training_in_budget(const Node& scenario, const NamedFleet& fleet,
                                        const Zoo& zoo, const Provenance& provenance, Sites& sites,
                                        const std::vector<std::uint32_t>& others = {});

}  // namespace fleetsim
