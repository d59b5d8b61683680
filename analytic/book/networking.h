#pragma once
#include <cstdint>

#include "sim/result.h"

namespace fleetsim::analytic {

// Links, hops and distances (book sections 4.2 and 4.9). Each refuses what cannot be: rates and
// distances below zero, no bandwidth, shares outside [0, 1].

// alpha beta: the message that spends as long in flight as on the wire.
struct LinkCost {
  double latency_s = 0, bandwidth_bytes_s = 0;
};
struct MessageSize {
  double size = 0;
};
Result<MessageSize> calc_alpha_beta_crossover(const LinkCost& in);

// alpha + M/beta (Hockney 1994).
struct PointToPoint {
  double message_bytes = 0, latency_s = 0, bandwidth_bytes_s = 0;
};
struct NetworkTime {
  double time = 0;
};
Result<NetworkTime> calc_point_to_point_time(const PointToPoint& in);

// t = 1 / ((1-f) + f r): throughput where a share f of the traffic crosses a tier with r times
// fewer links up than down, against none that does; and what is lost of it, 1 - t.
struct Oversubscription {
  double cross_fraction = 0, ratio = 1;
};
struct Throttled {
  double throughput = 1, loss = 0;
};
Result<Throttled> calc_oversubscription_effect(const Oversubscription& in);

// ports link / r: what the links through a cut carry.
struct CutLinks {
  double ports = 0;  // links across the cut
  double link_bandwidth = 0, oversubscription = 1;
};
struct NetworkRate {
  double bandwidth = 0;
};
Result<NetworkRate> calc_bisection_bandwidth(const CutLinks& in);

// hops t.
struct HopPath {
  double hops = 0, per_hop_latency = 0;
};
Result<NetworkTime> calc_hop_latency(const HopPath& in);

// There and back in fibre, 2 d / (200,000 km/s): no switch, no detour.
struct FibrePath {
  double distance_km = 0;  // m
};
Result<NetworkTime> calc_network_latency_ms(const FibrePath& in);

// One product or quotient each: bytes/rate, work/rate, power time, energy intensity, P bytes,
// tokens/time.
struct TransferLoad {
  double payload = 0, bandwidth = 0;
};
Result<NetworkTime> transfer_time(const TransferLoad& in);

struct WorkRate {
  double work = 0, throughput = 0;
};
Result<NetworkTime> compute_time(const WorkRate& in);

struct PowerUse {
  double power = 0, duration = 0;
};
struct EnergyDrawn {
  double energy = 0;
};
Result<EnergyDrawn> energy_from_power(const PowerUse& in);

struct EnergyUse {
  double energy = 0, carbon_intensity = 0;
};
struct CarbonMass {
  double carbon = 0;
};
Result<CarbonMass> carbon_from_energy(const EnergyUse& in);

struct WeightCount {
  double parameters = 0, bytes_per_param = 0;
};
struct MemorySize {
  double memory = 0;
};
Result<MemorySize> memory_from_params(const WeightCount& in);

struct TokensMade {
  double tokens = 0, duration = 0;
};
struct TokenRate {
  double throughput = 0;
};
Result<TokenRate> token_throughput(const TokensMade& in);

}  // namespace fleetsim::analytic
