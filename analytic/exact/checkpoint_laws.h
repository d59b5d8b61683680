#pragma once
#include <cstdint>

#include "sim/result.h"

namespace fleetsim::analytic {

// Goodput where the failures, or what is done about them, are not those of checkpoint_exact. Times
// in seconds.

// Failures of the job as a renewal process of Weibull gaps X (mean M, shape k: below 1 they come in
// clusters); each begins the restart R anew. A gap keeps a segment tau for each whole multiple of
// L = tau + delta that fits after R, so by renewal reward, exactly,
//
//   goodput = tau / M  sum_{j>=1} P(X >= R + j L),   P(X >= t) = e^{-(t/eta)^k},
//
// eta = M / Gamma(1 + 1/k). The first 4096 terms are summed; the rest, where terms fall slowly, is
// the integral of P(X >= t), an incomplete gamma function, with Euler and Maclaurin's corrections.
// Shape 1 is checkpoint_exact. Shapes in [0.1, 20].
struct WeibullCheckpointPlan {
  double interval = 3600, write = 60, restart = 300, mtbf = 86400, shape = 0.7;
};
struct WeibullCheckpoint {
  double goodput = 1;
  double exponential_goodput = 1;   // what a constant hazard of the same mean says
  double error_of_exponential = 0;  // relative to goodput
};
Result<WeibullCheckpoint> checkpoint_weibull(const WeibullCheckpointPlan& plan);

// Expected effective training-time ratio (Kokolis et al. 2025): N nodes that fail at rate r each,
// restart overhead u, a blocking write w each dt. To first order, where N r (u + dt/2) < 1,
//
//   ETTR = (1 - N r (u + dt/2)) / (1 + w/dt),   dt* = sqrt(2 w / (N r)).
//
// Each failure also waits q in the queue, where nothing can fail: ratio / (1 + N r q). Exactly, the
// ratio before the queue is the goodput of checkpoint_exact with M = 1/(N r) and R = u.
struct EttrPlan {
  std::int64_t nodes = 128;
  double failure_rate = 6.5e-3 / 86400;  // 1/s, of a node
  double restart = 300, interval = 3600, write = 60, queue = 0;
};
struct Ettr {
  double first_order = 1, exact = 1;
  double optimal_interval = 0;  // s, dt*
};
Result<Ettr> expected_ettr(const EttrPlan& plan);

// Dual replication (Casanova et al. 2014): n pairs of processors of the given MTBF; the job stops
// when both of a pair are dead. Failures come at rate 2n/MTBF throughout, hitting each processor,
// dead ones too, with equal chance; from j pairs wounded E_j = 1 + (j/2n) E_j + (1 - j/n) E_{j+1},
//
//   failures to interruption = 1 + 4^n / C(2n, n),   mean time = that times MTBF / 2n.
struct ReplicaLife {
  double failures = 0, time = 0;  // mean number, mean time to interruption in s
};
Result<ReplicaLife> replica_life(std::int64_t pairs, double mtbf);

// The same with checkpoints, all processors being replaced at each interruption: their gaps X are a
// renewal process with P(X >= t) = (1 - (1 - e^{-t/MTBF})^2)^n, and each keeps what Weibull gaps
// do,
//
//   goodput = tau / E[X]  sum_{j>=1} P(X >= R + j (tau + delta)).
struct ReplicaCheckpointPlan {
  double interval = 3600, write = 60, restart = 300;
  std::int64_t pairs = 1000;
  double mtbf = 86400 * 365;  // of a processor
};
struct ReplicaCheckpoint {
  double goodput = 1;
  double exponential_goodput = 1;  // what a constant hazard of the same mean says
};
Result<ReplicaCheckpoint> checkpoint_replicated(const ReplicaCheckpointPlan& plan);

// Elastic data parallelism: d replicas that fail at rate 1/MTBF each and are repaired by c crews at
// rate 1/MTTR; the job goes on with those that are up, but stops below d_min. A birth-death chain;
// throughput is the mean of (replicas up)/d over time, counting none below d_min.
struct ElasticPlan {
  std::int64_t replicas = 8, least = 1, crews = 8;  // d, d_min, c
  double mtbf = 86400, mttr = 3600;                 // of a replica
};
struct Elastic {
  double throughput = 1;     // share of that of d replicas
  double mean_replicas = 0;  // up
  double stopped = 0;        // share of time below d_min
};
Result<Elastic> elastic_throughput(const ElasticPlan& plan);

}  // namespace fleetsim::analytic
