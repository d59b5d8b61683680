#include "analytic/queueing/mg1.h"

#include <optional>

#include "analytic/queueing/domain.h"

namespace fleetsim::analytic {

namespace {

std::optional<Error> wrong_with(double arrival_rate, const Law& service) {
  if (auto wrong = not_positive("M/G/1", "arrival rate", arrival_rate)) return wrong;
  if (auto wrong = not_positive("M/G/1", "mean service time", service.mean())) return wrong;
  return unstable("M/G/1", arrival_rate * service.mean());
}

}  // namespace

Result<StationMeans> mg1_fcfs(double arrival_rate, const Law& service) {
  if (auto wrong = wrong_with(arrival_rate, service)) return *wrong;
  if (auto wrong =
          not_positive("M/G/1", "second moment of the service time", service.second_moment()))
    return *wrong;
  const double idle = 1 - arrival_rate * service.mean();
  return station_means(arrival_rate, 1, arrival_rate * service.second_moment() / (2 * idle),
                       service.mean());
}

Result<StationMeans> mg1_insensitive(double arrival_rate, const Law& service) {
  if (auto wrong = wrong_with(arrival_rate, service)) return *wrong;
  const double rho = arrival_rate * service.mean();
  return station_means(arrival_rate, 1, service.mean() * rho / (1 - rho), service.mean());
}

Result<double> mg1_ps_sojourn_given(double arrival_rate, const Law& service, double x) {
  if (auto wrong = wrong_with(arrival_rate, service)) return *wrong;
  if (auto wrong = not_positive("M/G/1-PS", "service time of the customer", x)) return *wrong;
  return x / (1 - arrival_rate * service.mean());
}

}  // namespace fleetsim::analytic
