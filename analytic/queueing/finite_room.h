#pragma once
#include <vector>

#include "analytic/queueing/erlang.h"

namespace fleetsim::analytic {

// M/M/c with room for K customers, those in service included; who finds it full is lost. K = c is
// the loss system M/M/c/c. Any load has a steady state. (Kleinrock 1975, sections 3.5 to 3.6.)
struct MmckSteady {
  Mmc system;
  double blocking = 0;               // part of the arrivals that are lost
  double carried_load = 0;           // mean number of busy servers, a (1 - blocking)
  double throughput = 0;             // 1/s, customers accepted
  double wait_probability = 0;       // of the accepted
  StationMeans means{};              // of the accepted
  std::vector<double> upper_wait{};  // [j]: part of the accepted that find all servers busy and at
                                     // least j waiting, so [0] is wait_probability
};

// With p_c = B (p_0 + ... + p_c) by Erlang B and p_{c+j} = p_c rho^j. O(K - c).
Result<MmckSteady> mmck(const Mmc& system, std::uint64_t room);

// Who is accepted behind c + j others waits for j + 1 departures at rate c mu, so the wait is a
// mixture of Erlang laws with an atom at zero.
double mmck_wait_upper(const MmckSteady& queue, double t);
Result<double> mmck_wait_quantile(const MmckSteady& queue, double p);

}  // namespace fleetsim::analytic
