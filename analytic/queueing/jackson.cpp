#include "analytic/queueing/jackson.h"

#include <fmt/format.h>

#include <optional>

#include "analytic/queueing/dense.h"
#include "analytic/queueing/domain.h"
#include "analytic/queueing/erlang.h"

namespace fleetsim::analytic {

namespace {

std::optional<Error> wrong_with(const JacksonNetwork& network) {
  const std::size_t n = network.stations.size();
  if (auto wrong = not_counted("a Jackson network", "station", n)) return wrong;
  double external = 0;
  for (const JacksonStation& s : network.stations) {
    if (!(s.external_rate >= 0))
      return Error{
          fmt::format("a Jackson network needs external rates >= 0, not {:.6g}", s.external_rate)};
    external += s.external_rate;
  }
  if (auto wrong = not_positive("a Jackson network", "external arrival rate", external))
    return wrong;
  bool square = network.routing.size() == n;
  for (const auto& row : network.routing) square = square && row.size() == n;
  if (!square)
    return Error{fmt::format("a Jackson network of {} stations needs {} x {} routing probabilities",
                             n, n, n)};
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (const double p : network.routing[i]) {
      if (!(p >= 0)) return Error{fmt::format("routing probability {:.6g} of station {}", p, i)};
      sum += p;
    }
    if (sum > 1 + 1e-9)
      return Error{fmt::format("routing probabilities of station {} add up to {:.6g} > 1", i, sum)};
  }
  return std::nullopt;
}

// The traffic equations; nothing when a customer may stay for ever.
std::optional<std::vector<double>> throughputs(const JacksonNetwork& network) {
  const std::size_t n = network.stations.size();
  Matrix routing(n);
  std::vector<double> external;
  std::vector<double> exit;
  for (std::size_t i = 0; i < n; ++i) {
    external.push_back(network.stations[i].external_rate);
    double leave = 1;
    for (std::size_t j = 0; j < n; ++j) {
      routing(i, j) = network.routing[i][j];
      leave -= network.routing[i][j];
    }
    exit.push_back(leave > 1e-12 ? leave : 0);  // 0.1 taken ten times from 1 leaves 1e-16
  }
  const std::optional<Matrix> visits = inverse(routing, exit);
  if (!visits) return std::nullopt;
  return external * *visits;
}

}  // namespace

Result<JacksonSteady> jackson(const JacksonNetwork& network) {
  if (auto wrong = wrong_with(network)) return *wrong;
  const auto rates = throughputs(network);
  if (!rates) return Error{"a Jackson network is open: from some station nobody ever leaves"};
  JacksonSteady steady;
  steady.throughput = *rates;
  for (std::size_t i = 0; i < rates->size(); ++i) {
    const JacksonStation& s = network.stations[i];
    steady.arrival_rate += s.external_rate;
    StationMeans means = station_means(0, 1, 0, 1 / s.service_rate);  // of a station without visits
    if ((*rates)[i] > 0) {
      const Result<MmcSteady> station = mmc({(*rates)[i], s.service_rate, s.servers});
      if (!station) return Error{fmt::format("station {}: {}", i, station.error().message)};
      means = station->means;
    }
    steady.present += means.present;
    steady.stations.push_back(means);
  }
  steady.sojourn = steady.present / steady.arrival_rate;
  return steady;
}

}  // namespace fleetsim::analytic
