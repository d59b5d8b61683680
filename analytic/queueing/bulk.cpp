#include "analytic/queueing/bulk.h"

#include <cmath>
#include <optional>

#include "analytic/queueing/domain.h"
#include "analytic/queueing/gg1.h"
#include "analytic/queueing/numeric.h"

namespace fleetsim::analytic {

namespace {

std::optional<Error> wrong_with(const BulkQueue& queue) {
  const char* const model = "a bulk-service queue";
  if (auto wrong = not_positive(model, "arrival rate", queue.arrival_rate)) return wrong;
  if (auto wrong = not_positive(model, "service rate", queue.service_rate)) return wrong;
  if (auto wrong = not_counted(model, "customer a batch", queue.batch)) return wrong;
  return unstable(model,
                  queue.arrival_rate / queue.service_rate / static_cast<double>(queue.batch));
}

}  // namespace

Result<BulkSteady> bulk_up_to(const BulkQueue& queue) {
  if (auto wrong = wrong_with(queue)) return *wrong;
  const auto b = static_cast<double>(queue.batch);
  const double load = queue.arrival_rate / queue.service_rate;
  // Solved for 1 - r, which keeps its digits at high load; b r^b < sum < b there.
  const auto surplus = [&](double gap) {
    if (gap <= 0) return b - load;
    return (1 - gap) * -std::expm1(b * std::log1p(-gap)) / gap - load;
  };
  const double gap = root(surplus, 0, 1);
  const double r = 1 - gap;
  const double c = 1 / (1 / load + 1 / gap);
  const double busy = c / gap;
  StationMeans means = station_means(
      queue.arrival_rate, 1, c * r / (gap * gap) / queue.arrival_rate, 1 / queue.service_rate);
  means.utilization = busy;
  return BulkSteady{.root = r, .mean_batch = load / busy, .means = means};
}

Result<BulkSteady> bulk_full(const BulkQueue& queue) {
  if (auto wrong = wrong_with(queue)) return *wrong;
  const auto b = static_cast<double>(queue.batch);
  const Result<Law> filling = Law::gamma(b, 1 / queue.arrival_rate);
  if (!filling) return filling.error();
  const Result<Gm1Steady> batches = gm1(*filling, queue.service_rate);
  if (!batches) return batches.error();
  StationMeans means =
      station_means(queue.arrival_rate, 1, (b - 1) / (2 * queue.arrival_rate) + batches->means.wait,
                    1 / queue.service_rate);
  means.utilization = batches->means.utilization;
  return BulkSteady{.root = batches->sigma, .mean_batch = b, .means = means};
}

}  // namespace fleetsim::analytic
