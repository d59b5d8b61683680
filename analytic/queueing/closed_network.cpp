#include "analytic/queueing/closed_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "analytic/queueing/domain.h"
#include "analytic/queueing/numeric.h"

namespace fleetsim::analytic {

namespace {

constexpr double most_work = 1e9;  // multiplications

double demand(const ClosedStation& s) {
  return s.visits * s.mean_service;
}

std::optional<Error> wrong_with(const ClosedNetwork& network) {
  const char* const model = "a closed network";
  if (auto wrong = not_counted(model, "customer", network.customers)) return wrong;
  if (!(network.mean_think >= 0 && std::isfinite(network.mean_think)))
    return *not_positive(model, "think time", network.mean_think);
  double cycle = network.mean_think;
  for (const ClosedStation& s : network.stations) {
    if (auto wrong = not_positive(model, "visits", s.visits)) return wrong;
    if (auto wrong = not_positive(model, "mean service time", s.mean_service)) return wrong;
    if (auto wrong = not_counted(model, "server a station", s.servers)) return wrong;
    cycle += demand(s);
    const auto population = static_cast<double>(network.customers);
    if (population * std::min(population, static_cast<double>(s.servers)) > most_work)
      return Error{
          fmt::format("a closed network is computed up to customers x servers = {:.0e}, "
                      "not for {} x {}",
                      most_work, network.customers, s.servers)};
  }
  return not_positive(model, "length of a cycle", cycle);
}

// f(n) s^n of one station, n = 0..N, over a constant: Poisson up to c, geometric beyond it.
std::vector<double> factors(double load, std::uint64_t servers, std::uint64_t customers) {
  std::vector<double> f(customers + 1);
  for (std::size_t n = 0; n <= customers; ++n)
    f[n] = n <= servers ? poisson_pmf(n, load) : f[n - 1] * load / static_cast<double>(servers);
  return f;
}

// The convolution of g with factors(load, servers, N), in O(N c): sum the Poisson part, and carry
// the geometric part from n to n + 1.
std::vector<double> convolve(const std::vector<double>& g, double load, std::uint64_t servers) {
  const std::size_t size = g.size();
  const std::vector<double> f = factors(load, std::min<std::uint64_t>(servers, size), size - 1);
  const double ratio = load / static_cast<double>(servers);
  std::vector<double> product(size);
  double beyond = 0;  // sum over more than c customers here
  for (std::size_t n = 0; n < size; ++n) {
    double sum = 0;
    for (std::size_t k = 0; k <= std::min<std::size_t>(n, servers); ++k) sum += f[k] * g[n - k];
    if (n > servers) beyond = ratio * (beyond + f[servers] * g[n - servers - 1]);
    product[n] = sum + beyond;
  }
  return product;
}

// A throughput that is never less than the true one, and near it (asymptotic bounds).
double throughput_bound(const ClosedNetwork& network) {
  double cycle = network.mean_think;
  double bound = HUGE_VAL;
  for (const ClosedStation& s : network.stations) {
    cycle += demand(s);
    if (s.kind == ClosedStation::Kind::queue)
      bound = std::min(bound, static_cast<double>(s.servers) / demand(s));
  }
  return std::min(bound, static_cast<double>(network.customers) / cycle);
}

// All delays and the thinking at once, and all queues but `left_out`.
std::vector<double> normaliser(const ClosedNetwork& network, double scale, std::size_t left_out) {
  double delay = network.mean_think;
  for (const ClosedStation& s : network.stations)
    if (s.kind == ClosedStation::Kind::delay) delay += demand(s);
  std::vector<double> g(network.customers + 1);
  for (std::size_t n = 0; n < g.size(); ++n) g[n] = poisson_pmf(n, delay * scale);
  for (std::size_t i = 0; i < network.stations.size(); ++i) {
    const ClosedStation& s = network.stations[i];
    if (i != left_out && s.kind == ClosedStation::Kind::queue)
      g = convolve(g, demand(s) * scale, s.servers);
  }
  return g;
}

double mean_present(const ClosedNetwork& network, double scale, std::size_t station) {
  const ClosedStation& s = network.stations[station];
  const std::vector<double> others = normaliser(network, scale, station);
  const std::vector<double> f = factors(demand(s) * scale, s.servers, network.customers);
  double total = 0;
  double present = 0;
  for (std::size_t n = 0; n < f.size(); ++n) {
    const double weight = f[n] * others[f.size() - 1 - n];
    total += weight;
    present += static_cast<double>(n) * weight;
  }
  return present / total;
}

}  // namespace

Result<ClosedSteady> closed_network(const ClosedNetwork& network) {
  if (auto wrong = wrong_with(network)) return *wrong;
  const double scale = throughput_bound(network);
  const std::size_t none = network.stations.size();
  const std::vector<double> g = normaliser(network, scale, none);
  const double whole = g[network.customers];
  if (!(whole > 1e-280))
    return Error{"a closed network whose normalising constant is beyond double precision"};

  ClosedSteady steady;
  steady.throughput = scale * g[network.customers - 1] / whole;
  steady.response = static_cast<double>(network.customers) / steady.throughput - network.mean_think;
  for (std::size_t i = 0; i < none; ++i) {
    const ClosedStation& s = network.stations[i];
    const double rate = steady.throughput * s.visits;
    double wait = 0;
    if (s.kind == ClosedStation::Kind::queue)
      wait = std::max(0.0, mean_present(network, scale, i) / rate - s.mean_service);
    const bool queue = s.kind == ClosedStation::Kind::queue;
    steady.stations.push_back(station_means(rate, queue ? static_cast<double>(s.servers) : HUGE_VAL,
                                            wait, s.mean_service));
  }
  return steady;
}

}  // namespace fleetsim::analytic
