#include "analytic/queueing/srpt.h"

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

#include "analytic/queueing/domain.h"
#include "analytic/queueing/mg1.h"
#include "analytic/queueing/numeric.h"

namespace fleetsim::analytic {

namespace {

struct Srpt {
  double rate;
  const Law& law;

  double rho(double x) const { return rate * law.partial_mean(x); }

  // Mean time until the customer of size x is first served.
  double start(double x) const {
    const double work = law.partial_second_moment(x) + x * x * (1 - law.cdf(x));
    const double below = rho(std::nextafter(x, -1.0));
    return rate * work / (2 * (1 - below) * (1 - rho(x)));
  }
};

struct Atom {
  double size, probability;
};

// The sizes of a law that has atoms only, rising; none when it has a density.
std::vector<Atom> atoms(const Law& law) {
  if (const auto* one = std::get_if<ConstantLaw>(&law.kind())) return {{one->value, 1}};
  std::vector<Atom> found;
  const auto* many = std::get_if<EmpiricalLaw>(&law.kind());
  if (many == nullptr) return found;
  double before = 0;
  for (std::size_t i = 0; i < many->table->value.size(); ++i) {
    const Atom atom{many->table->value[i], many->table->cumulative[i] - before};
    before = many->table->cumulative[i];
    if (!found.empty() && found.back().size == atom.size)
      found.back().probability += atom.probability;
    else
      found.push_back(atom);
  }
  return found;
}

double mean_of_atoms(double rate, const std::vector<Atom>& sizes) {
  double sum = 0;
  double reached = 0;    // the largest size so far
  double remaining = 1;  // probability of a larger one
  double mean = 0;       // E[S; S <= reached], and the same of S^2
  double square = 0;
  for (const auto& [size, probability] : sizes) {
    const double idle_below = 1 - rate * mean;
    sum += remaining * (size - reached) / idle_below;
    mean += probability * size;
    square += probability * size * size;
    remaining -= probability;
    reached = size;
    const double work = square + size * size * remaining;
    sum += probability * rate * work / (2 * idle_below * (1 - rate * mean));
  }
  return sum;
}

// integral_0^x dt / (1 - rho(t)).
double served_through_atoms(double rate, const std::vector<Atom>& sizes, double x) {
  double sum = 0;
  double reached = 0;
  double mean = 0;
  for (const auto& [size, probability] : sizes) {
    if (size >= x) break;
    sum += (size - reached) / (1 - rate * mean);
    mean += probability * size;
    reached = size;
  }
  return sum + (x - reached) / (1 - rate * mean);
}

// 0 and the sizes that a share of e^-0.5, e^-1, ... exceeds: panels on which integrands are tame,
// be the tail heavy or light.
constexpr double share_step = 0.5;
constexpr int share_steps = 70;  // 1 - e^-35 is as near to 1 as a double tells

std::vector<double> panels(const Law& law) {
  std::vector<double> edge{0, law.quantile(1e-9)};
  for (int k = 1; k <= share_steps; ++k) edge.push_back(law.quantile(-std::expm1(-share_step * k)));
  return edge;
}

constexpr double tolerance = 1e-11;  // of a panel, against the mean service

// integral_0^end of g, panel by panel.
double by_panels(const std::vector<double>& edge, double end, double scale, const RealFunction& g) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < edge.size() && edge[i] < end; ++i)
    sum += integral(g, edge[i], std::min(edge[i + 1], end), tolerance * scale);
  if (end > edge.back()) sum += integral(g, edge.back(), end, tolerance * scale);
  return sum;
}

double mean_of_density(const Srpt& queue) {
  const std::vector<double> edge = panels(queue.law);
  const double served = by_panels(edge, edge.back(), queue.law.mean(), [&](double t) {
    return (1 - queue.law.cdf(t)) / (1 - queue.rho(t));
  });
  double starting = 0;  // over v = -log(1 - F(x)), so that quantiles stand in for the density
  for (int k = 0; k < share_steps; ++k)
    starting += integral(
        [&](double v) {
          const double level = std::clamp(-std::expm1(-v), 1e-300, 1 - 0x1p-53);
          return std::exp(-v) * queue.start(queue.law.quantile(level));
        },
        share_step * k, share_step * (k + 1), tolerance * queue.law.mean());
  return served + starting;
}

}  // namespace

Result<SrptSteady> mg1_srpt(double arrival_rate, const Law& service) {
  const Result<StationMeans> fcfs = mg1_fcfs(arrival_rate, service);  // the same domain
  if (!fcfs) return fcfs.error();
  const Srpt queue{arrival_rate, service};
  const auto sizes = atoms(service);
  const double sojourn =
      sizes.empty() ? mean_of_density(queue) : mean_of_atoms(arrival_rate, sizes);
  return SrptSteady{station_means(arrival_rate, 1, sojourn - service.mean(), service.mean()),
                    fcfs->sojourn};
}

Result<double> mg1_srpt_sojourn_given(double arrival_rate, const Law& service, double x) {
  const Result<StationMeans> fcfs = mg1_fcfs(arrival_rate, service);
  if (!fcfs) return fcfs.error();
  if (auto wrong = not_positive("M/G/1-SRPT", "service time of the customer", x)) return *wrong;
  const Srpt queue{arrival_rate, service};
  const auto sizes = atoms(service);
  const double served = sizes.empty() ? by_panels(panels(service), x, x,
                                                  [&](double t) { return 1 / (1 - queue.rho(t)); })
                                      : served_through_atoms(arrival_rate, sizes, x);
  return queue.start(x) + served;
}

}  // namespace fleetsim::analytic
