#pragma once
#include <cstdint>
#include <optional>

#include "sim/result.h"

namespace fleetsim::analytic {

// queue_latency_mmc (book section 4.7): waits of M/M/c (Erlang 1917) with arrivals lambda, service
// rate mu a server and c servers; C is the part of the customers that wait (Erlang C):
//
//   rho = lambda / (c mu)      w_q = max(0, ln(C / (1-q)) / (c mu - lambda)),  q = 0.5, 0.99
//
// A full queue has rho 1 and infinite waits, whatever the overload.
struct QueueLatencyIn {
  double arrival_rate_hz = 0;  // 1/s
  double service_rate_hz = 1;  // 1/s
  std::int64_t num_servers = 1;
};
struct QueueLatencyOut {
  double rho = 0;
  double p50 = 0, p99 = 0;                             // s, waiting
  double wait_probability = 0;                         // C; 1 when full
  double offered_utilization = 0;                      // lambda / (c mu), beyond 1 too
  std::optional<double> sojourn_p50{}, sojourn_p99{};  // s, exact; none when full
};
Result<QueueLatencyOut> calc_queue_latency_mmc(const QueueLatencyIn& in);

// The waits alone, for searches. REQUIRES: lambda >= 0, mu > 0, c >= 1.
struct Waits {
  double rho = 0, wait_probability = 0, p50 = 0, p99 = 0;
};
Waits mmc_waits(double lambda, double mu, std::int64_t servers);

// TailLatencyModel, wall 7 (book section 5.10).
struct TailLatencyIn {
  double arrival_rate = 0;     // 1/s
  double service_latency = 0;  // s
  std::int64_t num_replicas = 1;
  double service_time_cv = 1;
};
struct TailLatencyOut {
  double p50_latency = 0, p99_latency = 0;  // s
  double queue_utilization = 0;
  bool is_stable = true;
  double slo_headroom_ratio = 0;
  // Beside the book's: see below.
  double offered_utilization = 0;
  std::optional<double> p50_exact{}, p99_exact{};
};

// M/M/c waits with mu = 1/service, scaled by (cv^2 + 1) / 2 (after Allen and Cunneen; Kingman 1962
// has it for the mean at heavy load), plus the mean service:
//
//   p = w_q (cv^2 + 1) / 2 + service      slo_headroom_ratio = w_99 / (5 service), above 1 too slow
//
// Unstable: utilisation and headroom 1.0, latencies infinite. Beside them offered_utilization says
// by how much, and the exact quantiles of the sojourn, where a law is known: exponential services
// (cv 1), and constant ones (cv 0) of one server (Erlang 1909).
Result<TailLatencyOut> tail_latency(const TailLatencyIn& in);

}  // namespace fleetsim::analytic
