#pragma once
#include <cstdint>

#include "sim/result.h"

namespace fleetsim::analytic {

// Many that decide together. Failure probabilities are computed as such, never as 1 - success, so
// that five nines and twenty keep their digits.

// K independent detectors, each right with probability p; one suffices. All fail: (1-p)^K.
struct Verdict {
  double success = 1, failure = 0;
};
Result<Verdict> any_of(std::int64_t members, double success);

// A strict majority of K (a tie loses): the binomial tail at floor(K/2) + 1. Of failures q = 1 - p
// it needs at least ceil(K/2). With correlation rho in [0, 1) between members: beta-binomial, in
// which p itself varies from case to case by Beta(p (1-rho)/rho, (1-p) (1-rho)/rho).
struct Voters {
  std::int64_t members = 5;
  double success = 0.9, correlation = 0;
};
Result<Verdict> majority_of(const Voters& voters);
// All of K fail, under the same correlation: any_of for rho = 0.
Result<Verdict> any_of_correlated(const Voters& voters);

// Common cause (the beta-factor, Fleming 1975): of each member's failures, of probability q, a
// share beta strikes all. With I the failure of the whole were its members independent,
//
//   failure = (1 - beta) I + beta q:
//
// a floor of beta q that no number of members lowers; five nines at q = 1% want beta <= 0.1%.
struct CommonCause {
  double independent_failure = 1e-10, member_failure = 0.01, beta = 0.05;
};
struct CommonCauseFailure {
  double failure = 0, floor = 0;
  double gain = 1;  // member_failure / failure
};
Result<CommonCauseFailure> with_common_cause(const CommonCause& plan);

// n reporters of whom h are hostile; k are drawn without return, and q hostile ones among them
// carry the verdict: the hypergeometric tail P(X >= q).
struct Committee {
  std::int64_t reporters = 1000, hostile = 100, drawn = 25, quorum = 13;
};
Result<double> sybil_capture(const Committee& committee);
// The most hostile reporters for which capture stays at or below a target in (0, 1); `hostile` of
// the committee is ignored.
Result<std::int64_t> sybil_tolerance(Committee committee, double target);

// Push gossip to n nodes, each informed node calling one at random each round: about
// log2 n + ln n rounds until all know (Frieze and Grimmett 1985; Pittel 1987: within O(1)).
Result<double> gossip_rounds(std::int64_t nodes);

}  // namespace fleetsim::analytic
