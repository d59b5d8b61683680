#include "analytic/queueing/priority.h"

#include <optional>

#include "analytic/queueing/domain.h"

namespace fleetsim::analytic {

namespace {

const char* const model = "M/G/1 with priorities";

std::optional<Error> wrong_with(std::span<const PriorityClass> classes) {
  if (auto wrong = not_counted(model, "class", classes.size())) return wrong;
  double load = 0;
  for (const PriorityClass& c : classes) {
    if (auto wrong = not_positive(model, "arrival rate", c.arrival_rate)) return wrong;
    if (auto wrong = not_positive(model, "mean service time", c.service.mean())) return wrong;
    load += c.arrival_rate * c.service.mean();
  }
  return unstable(model, load);
}

// Mean of what is left of the service in progress, as a Poisson arrival finds it.
double residual(const PriorityClass& c) {
  return c.arrival_rate * c.service.second_moment() / 2;
}

PrioritySteady with_waits(std::span<const PriorityClass> classes, std::span<const double> wait) {
  PrioritySteady steady;
  double rate = 0;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const double lambda = classes[k].arrival_rate;
    const StationMeans one = station_means(lambda, 1, wait[k], classes[k].service.mean());
    steady.of_class.push_back(one);
    rate += lambda;
    steady.all.utilization += one.utilization;
    steady.all.waiting += one.waiting;
    steady.all.present += one.present;
  }
  steady.all.wait = steady.all.waiting / rate;
  steady.all.sojourn = steady.all.present / rate;
  return steady;
}

}  // namespace

Result<PrioritySteady> priority_nonpreemptive(std::span<const PriorityClass> classes) {
  if (auto wrong = wrong_with(classes)) return *wrong;
  double left = 0;
  for (const PriorityClass& c : classes) left += residual(c);
  std::vector<double> wait;
  double above = 0;
  for (const PriorityClass& c : classes) {
    const double with_own = above + c.arrival_rate * c.service.mean();
    wait.push_back(left / ((1 - above) * (1 - with_own)));
    above = with_own;
  }
  return with_waits(classes, wait);
}

Result<PrioritySteady> priority_preemptive(std::span<const PriorityClass> classes) {
  if (auto wrong = wrong_with(classes)) return *wrong;
  std::vector<double> wait;
  double left = 0;
  double above = 0;
  for (const PriorityClass& c : classes) {
    left += residual(c);
    const double with_own = above + c.arrival_rate * c.service.mean();
    const double interrupted = c.service.mean() * above / (1 - above);
    wait.push_back(interrupted + left / ((1 - above) * (1 - with_own)));
    above = with_own;
  }
  return with_waits(classes, wait);
}

}  // namespace fleetsim::analytic
