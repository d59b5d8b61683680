#include "analytic/queueing/balancing.h"

#include <cmath>
#include <optional>

#include "analytic/queueing/domain.h"

namespace fleetsim::analytic {

namespace {

std::optional<Error> wrong_with(const PowerOfChoices& system) {
  const char* const model = "the power of d choices";
  if (auto wrong = not_positive(model, "arrival rate", system.arrival_rate)) return wrong;
  if (auto wrong = not_positive(model, "service rate", system.service_rate)) return wrong;
  if (auto wrong = not_counted(model, "choice", system.choices)) return wrong;
  return unstable(model, system.arrival_rate / system.service_rate);
}

// 1 + d + ... + d^(k-1); infinite where that is beyond a double.
double exponent(double d, std::uint64_t k) {
  const auto steps = static_cast<double>(k);
  return d > 1 ? (std::pow(d, steps) - 1) / (d - 1) : steps;
}

}  // namespace

Result<double> power_of_choices_upper(const PowerOfChoices& system, std::uint64_t k) {
  if (auto wrong = wrong_with(system)) return *wrong;
  return std::pow(system.arrival_rate / system.service_rate,
                  exponent(static_cast<double>(system.choices), k));
}

Result<StationMeans> power_of_choices(const PowerOfChoices& system) {
  if (auto wrong = wrong_with(system)) return *wrong;
  const double rho = system.arrival_rate / system.service_rate;
  const auto d = static_cast<double>(system.choices);
  double waiting = 0;  // s_2 + s_3 + ...
  if (d > 1) {
    double term = rho;
    for (std::uint64_t k = 2; term > 0; ++k) waiting += term = std::pow(rho, exponent(d, k));
  } else {
    waiting = rho * rho / (1 - rho);
  }
  return station_means(system.arrival_rate, 1, waiting / system.arrival_rate,
                       1 / system.service_rate);
}

}  // namespace fleetsim::analytic
