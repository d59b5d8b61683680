#include "analytic/book/tail_latency.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytic/book/arguments.h"
#include "analytic/book/constants.h"
#include "analytic/book/formula.h"
#include "analytic/queueing/erlang.h"
#include "analytic/queueing/md1.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

// Within rounding of full the queue has no Erlang C; the book then takes rho for it.
double wait_probability(double load, double rho, std::int64_t servers) {
  if (load <= 0) return 0;
  if (servers == 1) return rho;
  const Result<double> c = erlang_c(static_cast<std::uint64_t>(servers), load);
  return std::clamp(c ? *c : rho, 0.0, 1.0);
}

std::optional<double> when_known(const Result<double>& quantile) {
  if (!quantile) return std::nullopt;
  return *quantile;
}

}  // namespace

Waits mmc_waits(double lambda, double mu, std::int64_t servers) {
  const auto c = static_cast<double>(servers);
  if (lambda >= c * mu) return {1, 1, infinite, infinite};
  Waits waits{.rho = lambda / (c * mu)};
  waits.wait_probability = wait_probability(lambda / mu, waits.rho, servers);
  const double rate = c * mu * (1 - waits.rho);
  const auto quantile = [&](double left) {
    if (waits.wait_probability < left) return 0.0;
    return std::max(0.0, std::log(waits.wait_probability / left) / rate);
  };
  waits.p50 = quantile(0.5);
  waits.p99 = quantile(0.01);
  return waits;
}

Result<QueueLatencyOut> calc_queue_latency_mmc(const QueueLatencyIn& in) {
  Arguments arguments("calc_queue_latency_mmc");
  arguments.nonnegative("arrival_rate_hz", in.arrival_rate_hz)
      .positive("service_rate_hz", in.service_rate_hz)
      .at_least_one("num_servers", in.num_servers);
  if (!arguments.fine()) return arguments.error();
  const Waits waits = mmc_waits(in.arrival_rate_hz, in.service_rate_hz, in.num_servers);
  QueueLatencyOut out{.rho = waits.rho,
                      .p50 = waits.p50,
                      .p99 = waits.p99,
                      .wait_probability = waits.wait_probability};
  out.offered_utilization =
      in.arrival_rate_hz / (static_cast<double>(in.num_servers) * in.service_rate_hz);
  const Result<MmcSteady> exact = mmc({.arrival_rate = in.arrival_rate_hz,
                                       .service_rate = in.service_rate_hz,
                                       .servers = static_cast<std::uint64_t>(in.num_servers)});
  if (exact) {
    out.sojourn_p50 = when_known(mmc_sojourn_quantile(*exact, 0.5));
    out.sojourn_p99 = when_known(mmc_sojourn_quantile(*exact, 0.99));
  }
  return out;
}

namespace {

void add_exact(const TailLatencyIn& in, TailLatencyOut& out) {
  const double mu = 1 / in.service_latency;
  if (in.service_time_cv == 1) {
    const Result<MmcSteady> queue = mmc({.arrival_rate = in.arrival_rate,
                                         .service_rate = mu,
                                         .servers = static_cast<std::uint64_t>(in.num_replicas)});
    if (!queue) return;
    out.p50_exact = when_known(mmc_sojourn_quantile(*queue, 0.5));
    out.p99_exact = when_known(mmc_sojourn_quantile(*queue, 0.99));
  } else if (in.service_time_cv == 0 && in.num_replicas == 1) {
    const Result<Md1Steady> queue = md1(in.arrival_rate, in.service_latency);
    if (!queue) return;
    out.p50_exact = when_known(md1_sojourn_quantile(*queue, 0.5));
    out.p99_exact = when_known(md1_sojourn_quantile(*queue, 0.99));
  }
}

}  // namespace

Result<TailLatencyOut> tail_latency(const TailLatencyIn& in) {
  Arguments arguments("TailLatencyModel");
  arguments.nonnegative("arrival_rate_qps", in.arrival_rate)
      .positive("service_latency_ms", 1e3 * in.service_latency)
      .at_least_one("num_replicas", in.num_replicas)
      .nonnegative("service_time_cv", in.service_time_cv);
  if (!arguments.fine()) return arguments.error();
  const Waits waits = mmc_waits(in.arrival_rate, 1 / in.service_latency, in.num_replicas);
  TailLatencyOut out;
  out.queue_utilization = waits.rho;
  out.is_stable = waits.rho < 1;
  out.offered_utilization =
      in.arrival_rate * in.service_latency / static_cast<double>(in.num_replicas);
  const double spread = (in.service_time_cv * in.service_time_cv + 1) / 2;
  out.p50_latency = waits.p50 * spread + in.service_latency;
  out.p99_latency = waits.p99 * spread + in.service_latency;
  out.slo_headroom_ratio =
      out.is_stable ? waits.p99 * spread / (calibration::tail_slo * in.service_latency) : 1.0;
  if (out.is_stable) add_exact(in, out);
  return out;
}

namespace {

Solver tail_row() {
  using In = TailLatencyIn;
  using Out = TailLatencyOut;
  return {
      .name = "TailLatencyModel",
      .short_name = "tail_latency",
      .kind = Solver::Kind::model,
      .title = "Median and 99th percentile of replicas behind one queue",
      .walls = {7},
      .equations = {"M/M/c: w_q = max(0, ln(C / (1-q)) / (c mu - lambda)), C by Erlang",
                    "p = w_q (cv^2 + 1) / 2 + service; headroom = w_99 / (5 service)"},
      .assumptions = {"Poisson arrivals, one queue, first come first served",
                      "a quantile of the sojourn is taken as that of the wait plus the mean "
                      "service; p50_exact and p99_exact are of the sojourn itself (cv 1; cv 0 of "
                      "one replica)",
                      "an unstable queue reports utilisation and headroom 1.0; "
                      "offered_utilization tells the overload",
                      "the objective is 5 services of waiting, fixed"},
      .inputs = {input<&In::arrival_rate>("arrival_rate_qps", "1/s", "requests a second", required),
                 input<&In::service_latency>("service_latency_ms", "ms", "mean service", required),
                 input<&In::num_replicas>("num_replicas", "1", "servers"),
                 input<&In::service_time_cv>("service_time_cv", "1",
                                             "standard deviation of the service over its mean")},
      .outputs = {output<&Out::p50_latency>("p50_latency", "ms", "median"),
                  output<&Out::p99_latency>("p99_latency", "ms", "99th percentile"),
                  output<&Out::queue_utilization>("queue_utilization", "1", "1.0 when unstable"),
                  output<&Out::is_stable>("is_stable", "", "whether replicas keep up"),
                  output<&Out::slo_headroom_ratio>("slo_headroom_ratio", "1", "above 1: violated"),
                  output<&Out::offered_utilization>("offered_utilization", "1",
                                                    "beside the book's: above 1 too"),
                  output<&Out::p50_exact>("p50_exact", "ms", "beside the book's: of the sojourn"),
                  output<&Out::p99_exact>("p99_exact", "ms", "beside the book's: of the sojourn")},
      .run = run_as<In, Out, tail_latency>};
}

}  // namespace

std::vector<Solver> tail_latency_rows() {
  using In = QueueLatencyIn;
  using Out = QueueLatencyOut;
  return {
      tail_row(),
      formula<calc_queue_latency_mmc>(
          "calc_queue_latency_mmc", "waits of M/M/c",
          "rho = lambda / (c mu); w_q = max(0, ln(C / (1-q)) / (c mu - lambda))",
          {input<&In::arrival_rate_hz>("arrival_rate_hz", "1/s", "lambda", required),
           input<&In::service_rate_hz>("service_rate_hz", "1/s", "mu, of a server", required),
           input<&In::num_servers>("num_servers", "1", "c")},
          {output<&Out::rho>("rho", "1", "utilisation; 1 when full"),
           output<&Out::p50>("p50", "s", "median wait"),
           output<&Out::p99>("p99", "s", "99th percentile of the wait"),
           output<&Out::wait_probability>("wait_probability", "1", "Erlang C"),
           output<&Out::offered_utilization>("offered_utilization", "1",
                                             "beside the book's: above 1 too"),
           output<&Out::sojourn_p50>("sojourn_p50", "s", "exact, waiting and service together"),
           output<&Out::sojourn_p99>("sojourn_p99", "s", "exact, waiting and service together")})};
}

}  // namespace fleetsim::analytic
