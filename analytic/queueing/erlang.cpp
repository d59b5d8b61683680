#include "analytic/queueing/erlang.h"

#include <algorithm>
#include <cmath>

#include "analytic/queueing/domain.h"
#include "analytic/queueing/numeric.h"

namespace fleetsim::analytic {

namespace {

// 1/B as a sum of terms that only fall. REQUIRES: offered_load >= servers.
double inverse_erlang_b(double servers, double offered_load) {
  double sum = 1;
  double term = 1;
  for (double k = 0; k < servers && term > sum * 1e-18; ++k) {
    term *= (servers - k) / offered_load;
    sum += term;
  }
  return sum;
}

}  // namespace

Result<double> erlang_b(std::uint64_t servers, double offered_load) {
  if (!(offered_load >= 0 && std::isfinite(offered_load)))
    return *not_positive("Erlang B", "offered load", offered_load);
  const auto c = static_cast<double>(servers);
  if (offered_load > c) return 1 / inverse_erlang_b(c, offered_load);
  return poisson_pmf(servers, offered_load) / (1 - poisson_upper(servers + 1, offered_load));
}

Result<double> erlang_c(std::uint64_t servers, double offered_load) {
  if (auto wrong = not_counted("Erlang C", "server", servers)) return *wrong;
  const auto c = static_cast<double>(servers);
  if (auto wrong = unstable("M/M/c", offered_load / c)) return *wrong;
  const Result<double> blocked = erlang_b(servers, offered_load);
  if (!blocked) return blocked.error();
  return *blocked / ((c - offered_load) / c + offered_load / c * *blocked);
}

Result<MmcSteady> mmc(const Mmc& system) {
  const char* const model = system.servers == 1 ? "M/M/1" : "M/M/c";
  if (auto wrong = not_positive(model, "arrival rate", system.arrival_rate)) return *wrong;
  if (auto wrong = not_positive(model, "service rate", system.service_rate)) return *wrong;
  if (auto wrong = not_counted(model, "server", system.servers)) return *wrong;
  const auto c = static_cast<double>(system.servers);
  const double load = system.arrival_rate / system.service_rate;
  if (auto wrong = unstable(model, load / c)) return *wrong;
  const Result<double> waits = erlang_c(system.servers, load);
  if (!waits) return waits.error();
  const double wait = *waits / (c * system.service_rate - system.arrival_rate);
  return MmcSteady{system, *waits,
                   station_means(system.arrival_rate, c, wait, 1 / system.service_rate)};
}

double mmc_wait_upper(const MmcSteady& queue, double t) {
  const Mmc& s = queue.system;
  const double drain = static_cast<double>(s.servers) * s.service_rate - s.arrival_rate;
  return queue.wait_probability * std::exp(-drain * t);
}

Result<double> mmc_wait_quantile(const MmcSteady& queue, double p) {
  if (auto wrong = not_a_level(p)) return *wrong;
  const Mmc& s = queue.system;
  const double drain = static_cast<double>(s.servers) * s.service_rate - s.arrival_rate;
  return std::max(0.0, std::log(queue.wait_probability / (1 - p)) / drain);
}

double mmc_sojourn_upper(const MmcSteady& queue, double t) {
  const Mmc& s = queue.system;
  const double drain = static_cast<double>(s.servers) * s.service_rate - s.arrival_rate;
  if (s.servers == 1) return std::exp(-drain * t);
  // The difference quotient in a form that holds when both rates are equal or far apart.
  const double slower = std::min(drain, s.service_rate);
  const double x = std::abs(drain - s.service_rate) * t;
  const double quotient = x > 0 ? -std::expm1(-x) / x : 1;
  return std::exp(-s.service_rate * t) +
         queue.wait_probability * s.service_rate * t * std::exp(-slower * t) * quotient;
}

Result<double> mmc_sojourn_quantile(const MmcSteady& queue, double p) {
  if (auto wrong = not_a_level(p)) return *wrong;
  const Mmc& s = queue.system;
  if (s.servers == 1) return -std::log1p(-p) / (s.service_rate - s.arrival_rate);
  return crossing([&](double t) { return mmc_sojourn_upper(queue, t) - (1 - p); },
                  queue.means.sojourn);
}

}  // namespace fleetsim::analytic
