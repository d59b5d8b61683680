#include "workloads/serving/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "sim/check.h"
#include "workloads/serving/replication.h"

namespace fleetsim::serving {
namespace {

constexpr std::size_t knobs = 7;
using Point = std::array<double, knobs>;  // logarithms: what they scale stays positive

constexpr double usual_launch = 1e-4, usual_sequence = 1e-6, usual_token = 1e-7;  // s

Calibration calibration_at(const Point& x) {
  return {.token = std::exp(x[0]),
          .pair = std::exp(x[1]),
          .weights = std::exp(x[2]),
          .key = std::exp(x[3]),
          .launch = usual_launch * std::expm1(std::abs(x[4])),
          .sequence = usual_sequence * std::expm1(std::abs(x[5])),
          .each_token = usual_token * std::expm1(std::abs(x[6]))};
}

struct Seen {
  double ttft = 0, e2e = 0;
};

// What the service makes of the requests, in their order.
std::vector<Seen> simulated(const ServingConfig& service, const Calibration& calibration,
                            std::span<const MeasuredRequest> measured) {
  auto trace = std::make_shared<RequestTrace>();
  for (const MeasuredRequest& request : measured) {
    trace->arrival.push_back(Instant{} + from_seconds(request.arrival));
    trace->prompt.push_back(request.prompt);
    trace->output.push_back(request.output);
  }
  ServingConfig config = service;
  if (config.energy) config.energy->counted = false;
  apply(calibration, config.groups.front().cost);
  ClientConfig client{.name = "measured", .arrivals = Replay{trace}};
  client.delay = {Duration{}};
  config.clients = {client};
  Replication replication(config, Chance{});
  ServingRun& run = replication.run;
  run.keep(measured.size());
  run.engine().run();
  std::vector<Seen> out(measured.size());
  for (const KeptRequests::Row& row : run.kept())
    out[row.request.number] = {seconds(row.seen - row.request.arrived - row.tail),
                               seconds(row.seen - row.request.arrived)};
  return out;
}

double per_token(double ttft, double e2e, std::uint32_t output) {
  return (e2e - ttft) / std::max(1.0, static_cast<double>(output) - 1);
}

double squares(const ServingConfig& config, const Point& x,
               std::span<const MeasuredRequest> measured) {
  const std::vector<Seen> seen = simulated(config, calibration_at(x), measured);
  double ttft = 0, tpot = 0, ttft_error = 0, tpot_error = 0;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const MeasuredRequest& real = measured[i];
    if (!real.told) continue;
    const double token = per_token(real.ttft, real.e2e, real.output);
    ttft += real.ttft * real.ttft;
    tpot += token * token;
    ttft_error += std::pow(seen[i].ttft - real.ttft, 2);
    tpot_error += std::pow(per_token(seen[i].ttft, seen[i].e2e, real.output) - token, 2);
  }
  const auto share = [](double error, double of) { return of > 0 ? error / of : 0; };
  return share(ttft_error, ttft) + share(tpot_error, tpot);  // no tokens but first ones: no gaps
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double p99(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const double rank = 0.99 * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(rank);
  const double high = values[std::min(low + 1, values.size() - 1)];
  return values[low] + (rank - static_cast<double>(low)) * (high - values[low]);
}

// The simplex of points, best first, and what they come to.
class Simplex {
 public:
  Simplex(const ServingConfig& config, std::span<const MeasuredRequest> measured,
          const Point& start, double edge)
      : config_(config),
        measured_(measured) {
    add(start);
    for (std::size_t k = 0; k < knobs; ++k) {
      Point x = start;
      x[k] += edge;
      add(x);
    }
    sort();
  }

  void step() {
    Point middle{};
    for (std::size_t i = 0; i < knobs; ++i)
      for (std::size_t k = 0; k < knobs; ++k) middle[k] += corners_[i].x[k] / knobs;
    Corner& worst = corners_.back();
    const Corner reflected = at(toward(middle, worst.x, -1));
    if (reflected.value < corners_.front().value) {
      const Corner beyond = at(toward(middle, worst.x, -2));
      worst = beyond.value < reflected.value ? beyond : reflected;
    } else if (reflected.value < corners_[knobs - 1].value) {
      worst = reflected;
    } else {
      const Corner nearer = at(toward(middle, worst.x, 0.5));
      if (nearer.value < worst.value)
        worst = nearer;
      else
        shrink();
    }
    sort();
  }
  const Point& best() const { return corners_.front().x; }
  double least() const { return corners_.front().value; }
  double spread() const { return corners_.back().value - corners_.front().value; }

 private:
  struct Corner {
    Point x{};
    double value = 0;
  };
  Corner at(const Point& x) const { return {x, squares(config_, x, measured_)}; }
  void add(const Point& x) { corners_.push_back(at(x)); }
  void sort() {
    std::stable_sort(corners_.begin(), corners_.end(),
                     [](const Corner& a, const Corner& b) { return a.value < b.value; });
  }
  static Point toward(const Point& from, const Point& to, double share) {
    Point out{};
    for (std::size_t k = 0; k < knobs; ++k) out[k] = from[k] + share * (to[k] - from[k]);
    return out;
  }
  void shrink() {
    for (std::size_t i = 1; i < corners_.size(); ++i)
      corners_[i] = at(toward(corners_.front().x, corners_[i].x, 0.5));
  }

  const ServingConfig& config_;
  std::span<const MeasuredRequest> measured_;
  std::vector<Corner> corners_;
};

struct Found {
  Point best{};
  double least = 0;
};

Found search(const ServingConfig& config, std::span<const MeasuredRequest> measured,
             const Point& start) {
  constexpr int most = 1000, rounds = 24;
  constexpr double close = 1e-8, better = 0.002;
  constexpr std::array edges = {0.3, 1.0, -0.3, -1.0};
  Found out{start, squares(config, start, measured)};
  std::size_t in_vain = 0;
  for (std::size_t round = 0; round < rounds && in_vain < edges.size(); ++round) {
    Simplex simplex(config, measured, out.best, edges[round % edges.size()]);
    for (int i = 0; i < most && simplex.spread() > close * simplex.least(); ++i) simplex.step();
    in_vain = simplex.least() < (1 - better) * out.least ? 0 : in_vain + 1;
    out = {simplex.best(), simplex.least()};
  }
  return out;
}

}  // namespace

void apply(const Calibration& calibration, PassCost& cost) {
  cost.token = cost.token * calibration.token;
  cost.routed *= calibration.token;
  cost.pair *= calibration.pair;
  cost.weights *= calibration.weights;
  cost.experts *= calibration.weights;
  cost.key *= calibration.key;
  cost.launch_decode += calibration.launch;
  cost.launch_prefill += calibration.launch;
  cost.sequence += calibration.sequence;
  cost.message += calibration.each_token;
}

Errors errors_of(const ServingConfig& config, const Calibration& calibration,
                 std::span<const MeasuredRequest> measured, bool told) {
  check(config.replicas() == 1, "what is measured is one replica");
  const std::vector<Seen> seen = simulated(config, calibration, measured);
  std::array<std::vector<double>, 6> columns;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const MeasuredRequest& real = measured[i];
    if (real.told != told) continue;
    columns[0].push_back(real.ttft);
    columns[1].push_back(seen[i].ttft);
    columns[2].push_back(per_token(real.ttft, real.e2e, real.output));
    columns[3].push_back(per_token(seen[i].ttft, seen[i].e2e, real.output));
    columns[4].push_back(real.e2e);
    columns[5].push_back(seen[i].e2e);
  }
  const auto off = [&](std::size_t real, auto figure) {
    const double seen_of_it = figure(columns[real + 1]), truth = figure(columns[real]);
    return seen_of_it == truth ? 0 : seen_of_it / truth - 1;
  };
  return {off(0, mean), off(0, p99), off(2, mean), off(2, p99), off(4, mean), off(4, p99)};
}

Calibration calibrate(const ServingConfig& config, std::span<const MeasuredRequest> measured) {
  const Found from_sheet = search(config, measured, {});
  const Found from_slower = search(config, measured, {0.3, 0.3, 0.3, 0.3, 3, 3, 3});
  return calibration_at(from_slower.least < from_sheet.least ? from_slower.best : from_sheet.best);
}

}  // namespace fleetsim::serving
