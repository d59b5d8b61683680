#include "analytic/queueing/retrial.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "analytic/queueing/domain.h"

namespace fleetsim::analytic {

namespace {

const char* const model = "a retrial queue";

std::optional<Error> wrong_with(const RetrialQueue& queue) {
  if (auto wrong = not_positive(model, "arrival rate", queue.arrival_rate)) return wrong;
  if (auto wrong = not_positive(model, "service rate", queue.service_rate)) return wrong;
  return not_positive(model, "retrial rate", queue.retrial_rate);
}

RetrialSteady with_orbit(const RetrialQueue& queue, double orbit) {
  return {.wait_probability = queue.arrival_rate / queue.service_rate,
          .means = station_means(queue.arrival_rate, 1, orbit / queue.arrival_rate,
                                 1 / queue.service_rate)};
}

}  // namespace

Result<double> retrial_constant_threshold(double service_rate, double retrial_rate) {
  if (auto wrong = not_positive(model, "service rate", service_rate)) return *wrong;
  if (auto wrong = not_positive(model, "retrial rate", retrial_rate)) return *wrong;
  return 2 * service_rate / (1 + std::sqrt(1 + 4 * service_rate / retrial_rate));
}

Result<RetrialSteady> retrial_constant(const RetrialQueue& queue) {
  if (auto wrong = wrong_with(queue)) return *wrong;
  const double rho = queue.arrival_rate / queue.service_rate;
  const double per_retry = queue.arrival_rate / queue.retrial_rate;
  const double r = rho * (1 + per_retry);
  if (!(r < 1)) {
    const Result<double> largest =
        retrial_constant_threshold(queue.service_rate, queue.retrial_rate);
    return Error{
        fmt::format("a constant-retrial queue has no steady state: arrival rate {:.6g}/s "
                    ">= {:.6g}/s, the most that its retries can drain",
                    queue.arrival_rate, *largest)};
  }
  return with_orbit(queue, rho * (r + per_retry) / (1 - r));
}

Result<RetrialSteady> retrial_classical(const RetrialQueue& queue) {
  if (auto wrong = wrong_with(queue)) return *wrong;
  const double rho = queue.arrival_rate / queue.service_rate;
  if (auto wrong = unstable(model, rho)) return *wrong;
  return with_orbit(queue, rho * (queue.arrival_rate / queue.retrial_rate + rho) / (1 - rho));
}

}  // namespace fleetsim::analytic
