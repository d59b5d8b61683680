#include "analytic/queueing/gg1.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "analytic/queueing/domain.h"
#include "analytic/queueing/numeric.h"

namespace fleetsim::analytic {

namespace {

std::optional<Error> wrong_with(const char* model, const Law& interarrival, double mean_service) {
  if (auto wrong = not_positive(model, "mean time between arrivals", interarrival.mean()))
    return wrong;
  if (auto wrong = not_positive(model, "mean service time", mean_service)) return wrong;
  return unstable(model, mean_service / interarrival.mean());
}

}  // namespace

Result<double> kingman_wait_bound(const Law& interarrival, const Law& service) {
  if (auto wrong = wrong_with("G/G/1", interarrival, service.mean())) return *wrong;
  const double gap = interarrival.mean();
  return (interarrival.variance() + service.variance()) / (2 * (gap - service.mean()));
}

Result<double> marchal_wait(const Law& interarrival, const Law& service) {
  const Result<double> bound = kingman_wait_bound(interarrival, service);
  if (!bound) return bound.error();
  const double rho = service.mean() / interarrival.mean();
  const double scv = service.cv() * service.cv();
  return (1 + scv) * rho * rho / (1 + rho * rho * scv) * *bound;
}

Result<Gm1Steady> gm1(const Law& interarrival, double service_rate) {
  if (auto wrong = not_positive("G/M/1", "service rate", service_rate)) return *wrong;
  if (auto wrong = wrong_with("G/M/1", interarrival, 1 / service_rate)) return *wrong;
  // In terms of 1 - sigma, which keeps its digits at high load. The excess is concave, 0 at 0 with
  // slope 1/rho - 1 > 0 and below 0 at 1: walk down from 1 until it is positive.
  const auto excess = [&](double free) {
    return 1 - interarrival.laplace(service_rate * free) - free;
  };
  double low = 0.5;
  while (low > 1e-12 && excess(low) <= 0) low /= 2;
  if (low <= 1e-12) return Error{"G/M/1 is too close to saturation: 1 - sigma is below 1e-12"};
  const double free = root(excess, low, 1);
  const double decay = service_rate * free;
  return Gm1Steady{1 - free, decay,
                   station_means(1 / interarrival.mean(), 1, (1 - free) / decay, 1 / service_rate)};
}

Result<double> gm1_wait_quantile(const Gm1Steady& queue, double p) {
  if (auto wrong = not_a_level(p)) return *wrong;
  return std::max(0.0, std::log(queue.sigma / (1 - p)) / queue.decay);
}

Result<double> gm1_sojourn_quantile(const Gm1Steady& queue, double p) {
  if (auto wrong = not_a_level(p)) return *wrong;
  return -std::log1p(-p) / queue.decay;
}

}  // namespace fleetsim::analytic
