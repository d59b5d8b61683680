#pragma once
#include <string>

namespace fleetsim::testing_support {

// A scenario: M/M/1 at half load, a few thousand customers a replication.
inline std::string half_load(int replications = 10) {
  return R"(
name: "half-load"
queueing {
  source { name: "customers" to: "server" interarrival { exponential { mean: "2 s" } } }
  station { name: "server" service { exponential { mean: "1 s" } } }
}
run { horizon: "4000 s" replications: )" +
         std::to_string(replications) + " }";
}

}  // namespace fleetsim::testing_support
