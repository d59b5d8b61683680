#include "analytic/queueing/finite_room.h"

#include <fmt/format.h>

#include <cmath>

#include "analytic/queueing/domain.h"
#include "analytic/queueing/numeric.h"

namespace fleetsim::analytic {

namespace {

// rho^j for j = 0..n, over their largest.
std::vector<double> scaled_powers(double rho, std::uint64_t n) {
  std::vector<double> power(n + 1);
  if (rho <= 1) {
    power.front() = 1;
    for (std::size_t j = 1; j < power.size(); ++j) power[j] = power[j - 1] * rho;
  } else {
    power.back() = 1;
    for (std::size_t j = n; j > 0; --j) power[j - 1] = power[j] / rho;
  }
  return power;
}

}  // namespace

Result<MmckSteady> mmck(const Mmc& system, std::uint64_t room) {
  const char* const model = "M/M/c/K";
  if (auto wrong = not_positive(model, "arrival rate", system.arrival_rate)) return *wrong;
  if (auto wrong = not_positive(model, "service rate", system.service_rate)) return *wrong;
  if (auto wrong = not_counted(model, "server", system.servers)) return *wrong;
  if (room < system.servers)
    return Error{fmt::format("M/M/c/K needs room for its {} servers' customers, not for {}",
                             system.servers, room)};
  if (room - system.servers > 100'000'000)
    return Error{"M/M/c/K with more than 1e8 waiting places: use M/M/c"};
  const auto c = static_cast<double>(system.servers);
  const double load = system.arrival_rate / system.service_rate;
  const Result<double> full = erlang_b(system.servers, load);
  if (!full) return full.error();

  std::vector<double> p = scaled_powers(load / c, room - system.servers);  // p[j]: c + j present
  double total = p[0] / *full;                                             // at most c present
  for (std::size_t j = 1; j < p.size(); ++j) total += p[j];
  double waiting = 0;
  for (std::size_t j = 0; j < p.size(); ++j) {
    p[j] /= total;
    waiting += static_cast<double>(j) * p[j];
  }

  MmckSteady queue{.system = system, .blocking = p.back()};
  p.pop_back();
  const double accepted = 1 - queue.blocking;
  queue.throughput = system.arrival_rate * accepted;
  queue.carried_load = load * accepted;
  queue.upper_wait = p;
  double sum = 0;
  for (std::size_t j = p.size(); j > 0; --j) queue.upper_wait[j - 1] = sum += p[j - 1] / accepted;
  queue.wait_probability = sum;
  queue.means =
      station_means(queue.throughput, c, waiting / queue.throughput, 1 / system.service_rate);
  return queue;
}

double mmck_wait_upper(const MmckSteady& queue, double t) {
  const Mmc& s = queue.system;
  return erlang_mixture_upper(queue.upper_wait,
                              static_cast<double>(s.servers) * s.service_rate * t);
}

Result<double> mmck_wait_quantile(const MmckSteady& queue, double p) {
  if (auto wrong = not_a_level(p)) return *wrong;
  return crossing([&](double t) { return mmck_wait_upper(queue, t) - (1 - p); },
                  queue.means.sojourn);
}

}  // namespace fleetsim::analytic
