#pragma once
#include <cstdint>

#include "sim/result.h"

namespace fleetsim::analytic {

// One operation, one request, one pipeline: what can be said without a queue. SI base units.

// Roofline (Williams, Waterman and Patterson 2009): compute and memory overlap wholly, a dispatch
// comes on top.  T = max(F/(peak eta), bytes/BW) + overhead;  ridge = peak eta / BW in flop/byte.
struct RooflinePoint {
  double flops = 1e12, bytes = 1e9, peak = 989e12, bandwidth = 3.35e12;
  double efficiency = 1, overhead = 0;
};
struct RooflineTime {
  double time = 0, compute = 0, memory = 0;  // s
  double ridge = 0, intensity = 0;           // flop/byte; intensity 0 when nothing is moved
  bool memory_bound = false;
};
Result<RooflineTime> roofline_time(const RooflinePoint& op);

// Amdahl 1967: a share p sped up by s gives 1/((1-p) + p/s); and the p that a wanted speed-up x
// takes, p = (1 - 1/x)/(1 - 1/s), for 1 <= x <= s, s > 1.
Result<double> amdahl_speedup(double share, double factor);
Result<double> amdahl_share(double speedup, double factor);

// Concurrent requests of a fixed length in a paged KV cache: floor(free / (block bytes x
// ceil(tokens / tokens a block))).
struct PagedCache {
  double free_bytes = 40e9, bytes_per_token = 327680;
  std::int64_t tokens = 2048, block = 16;
};
Result<double> paged_requests(const PagedCache& cache);

// Speculative decoding (Leviathan, Kalman and Matias 2023): k tokens drafted, each accepted with
// probability a independently until the first refusal, one more token from the verification:
//
//   tokens per verification = (1 - a^{k+1}) / (1 - a);   k + 1 for a = 1
//   speed-up = tokens / (k c + 1),   c: time of a draft step over one of the target
//   work per token, against plain decoding = (k c' + k + 1) / tokens,   c': likewise for flops
struct Speculation {
  double acceptance = 0.8;
  std::int64_t draft = 4;
  double draft_time = 0.05, draft_flops = 0.05;  // c, c'
};
struct SpeculationGain {
  double tokens = 1, speedup = 1, work = 1;
};
Result<SpeculationGain> speculative_decoding(const Speculation& plan);

// Scale to zero: a Poisson stream of rate lambda finds the server gone if none came for the idle
// time-out t; it then waits for the start s.  cold = e^{-lambda t}, mean delay = cold s. The server
// is up for E[min(gap, t)] = (1 - e^{-lambda t}) / lambda of a gap (service short beside the gap).
struct ScaleToZero {
  double arrival_rate = 0.01, idle = 300, start = 30;
};
struct ColdStarts {
  double cold = 0, mean_delay = 0, up = 1;  // share of requests, s, share of time
};
Result<ColdStarts> cold_starts(const ScaleToZero& plan);

// 1F1B pipeline of p stages, m microbatches, v chunks a stage, equal stages (Narayanan et al.
// 2021): the idle share of the whole step, (p-1)/(v m + p - 1).
Result<double> bubble_share(std::int64_t stages, std::int64_t microbatches, std::int64_t chunks);

// Input pipeline: w workers of r items a second feed a consumer of rate c; with fixed times the
// slower side sets the rate, min(w r, c).
Result<double> fixed_stream_rate(std::int64_t workers, double worker_rate, double consumer_rate);

// Iron law of a training fleet: T = F / (N peak mfu scaling goodput), the terms in (0, 1].
struct IronLaw {
  double flops = 1e24, devices = 1024, peak = 989e12, mfu = 0.4, scaling = 0.9, goodput = 0.9;
};
Result<double> iron_law_time(const IronLaw& fleet);

}  // namespace fleetsim::analytic
