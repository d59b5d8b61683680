#include "analytic/queueing/abandonment.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <vector>

#include "analytic/queueing/domain.h"
#include "analytic/queueing/erlang.h"

namespace fleetsim::analytic {

namespace {

constexpr double longest_queue = 1e7;  // weights are kept one by one

std::optional<Error> wrong_with(const ErlangA& s) {
  const char* const model = "Erlang A";
  if (auto wrong = not_positive(model, "arrival rate", s.arrival_rate)) return wrong;
  if (auto wrong = not_positive(model, "service rate", s.service_rate)) return wrong;
  if (auto wrong = not_positive(model, "mean patience", s.mean_patience)) return wrong;
  if (auto wrong = not_counted(model, "server", s.servers)) return wrong;
  const double surplus = s.arrival_rate - static_cast<double>(s.servers) * s.service_rate;
  const double spread = std::sqrt(s.arrival_rate * s.mean_patience);
  if (surplus * s.mean_patience > longest_queue || spread > longest_queue / 10)
    return Error{
        fmt::format("Erlang A is summed for queues up to {:.0e}; patience {:.6g} s is too long",
                    longest_queue, s.mean_patience)};
  return std::nullopt;
}

// p_{c+j} / (the largest of them), j = 0, 1, ... until they no longer count.
std::vector<double> queue_weights(const ErlangA& s) {
  const double drain = static_cast<double>(s.servers) * s.service_rate;
  const double theta = 1 / s.mean_patience;
  const auto mode = static_cast<std::size_t>(std::max(0.0, (s.arrival_rate - drain) / theta));
  std::vector<double> weight(mode + 1);
  weight[mode] = 1;
  for (std::size_t j = mode; j > 0; --j)
    weight[j - 1] = weight[j] * (drain + static_cast<double>(j) * theta) / s.arrival_rate;
  double ratio = 1;  // the rest is below a geometric series of this ratio
  while (weight.back() > 1e-22 * (1 - ratio)) {
    ratio = s.arrival_rate / (drain + static_cast<double>(weight.size()) * theta);
    weight.push_back(weight.back() * ratio);
    ratio = std::min(ratio, 1.0);
  }
  return weight;
}

}  // namespace

Result<ErlangASteady> erlang_a(const ErlangA& system) {
  if (auto wrong = wrong_with(system)) return *wrong;
  const double drain = static_cast<double>(system.servers) * system.service_rate;
  const double theta = 1 / system.mean_patience;
  const double load = system.arrival_rate / system.service_rate;
  const Result<double> full = erlang_b(system.servers, load);
  if (!full) return full.error();

  const std::vector<double> weight = queue_weights(system);
  double busy = 0;       // all servers work
  double abandon = 0;    // the rest: sums over what an arrival finds
  double served = 0;     // wait of the served
  double abandoned = 0;  // wait of the abandoned
  double waiting = 0;
  double pace = 0;    // sum 1 / (c mu + i theta)
  double places = 0;  // sum i / (c mu + i theta)
  for (std::size_t j = 0; j < weight.size(); ++j) {
    const auto position = static_cast<double>(j + 1);
    const double leave = drain + position * theta;
    pace += 1 / leave;
    places += position / leave;
    busy += weight[j];
    abandon += weight[j] * position * theta / leave;
    served += weight[j] * drain / leave * pace;
    abandoned += weight[j] * theta / leave * places;
    waiting += weight[j] * static_cast<double>(j);
  }
  // States below c weigh p_c (1/B - 1). Where B vanishes so does all else, but conditional means.
  const double total = busy + weight[0] * (1 / *full - 1);
  ErlangASteady steady;
  steady.wait_probability = busy / total;
  steady.abandonment_probability = abandon / total;
  steady.waiting = waiting / total;
  steady.mean_wait = steady.waiting / system.arrival_rate;
  steady.mean_wait_served = served / total / (1 - steady.abandonment_probability);
  steady.mean_wait_abandoned = abandoned / abandon;
  const double carried = load * (1 - steady.abandonment_probability);
  steady.utilization = carried / static_cast<double>(system.servers);
  steady.present = steady.waiting + carried;
  return steady;
}

}  // namespace fleetsim::analytic
