#include "analytic/queueing/md1.h"

#include <cmath>

#include "analytic/queueing/domain.h"
#include "analytic/queueing/numeric.h"

namespace fleetsim::analytic {

namespace {

// The other poles of the generating function of L lie beyond 8 for rho -> 1 and fade, against the
// first, by far more than 2^-53 over this many services for every rho.
constexpr std::size_t table_size = 256;

// w > 0 with log(1 + w) = rho w; the left side leads until w = 1/rho - 1 and falls behind later.
double pole_less_one(double rho) {
  const auto lead = [&](double w) { return std::log1p(w) - rho * w; };
  const double widest = (1 - rho) / rho;
  return widest + crossing([&](double step) { return lead(widest + step); }, widest);
}

std::vector<double> upper_number(double rho, double growth) {
  std::vector<double> above(table_size);  // P(A > n)
  for (std::size_t n = 0; n < table_size; ++n) above[n] = poisson_upper(n + 1, rho);
  std::vector<double> p(table_size);
  p[0] = 1 - rho;
  for (std::size_t n = 0; n + 1 < table_size; ++n) {
    double up = p[0] * above[n];
    for (std::size_t i = 1; i <= n; ++i) up += p[i] * above[n + 1 - i];
    p[n + 1] = up * std::exp(rho);
  }
  std::vector<double> upper(table_size);
  upper.back() = p.back() / growth;
  for (std::size_t n = table_size - 1; n > 0; --n) upper[n - 1] = upper[n] + p[n];
  return upper;
}

}  // namespace

Result<Md1Steady> md1(double arrival_rate, double service) {
  if (auto wrong = not_positive("M/D/1", "arrival rate", arrival_rate)) return *wrong;
  if (auto wrong = not_positive("M/D/1", "service time", service)) return *wrong;
  const double rho = arrival_rate * service;
  if (auto wrong = unstable("M/D/1", rho)) return *wrong;
  const double growth = pole_less_one(rho);
  return Md1Steady{arrival_rate, service, growth, upper_number(rho, growth),
                   station_means(arrival_rate, 1, rho * service / (2 * (1 - rho)), service)};
}

double md1_wait_upper(const Md1Steady& queue, double t) {
  const double whole = std::floor(t / queue.service) + 1;
  const double rho = queue.arrival_rate * queue.service;
  if (whole >= static_cast<double>(queue.upper_number.size()))
    return (1 - rho) / (rho - 1 + rho * queue.growth) *
           std::exp(-queue.arrival_rate * queue.growth * t);
  const auto k = static_cast<std::size_t>(whole);
  const double x = std::max(0.0, queue.arrival_rate * (whole * queue.service - t));
  double sum = poisson_upper(k, x);
  double term = std::exp(-x);
  for (std::size_t j = 0; j < k; ++j) {
    sum += term * queue.upper_number[k - j];
    term *= x / static_cast<double>(j + 1);
  }
  return sum;
}

Result<double> md1_wait_quantile(const Md1Steady& queue, double p) {
  if (auto wrong = not_a_level(p)) return *wrong;
  return crossing([&](double t) { return md1_wait_upper(queue, t) - (1 - p); },
                  queue.means.sojourn);
}

Result<double> md1_sojourn_quantile(const Md1Steady& queue, double p) {
  const Result<double> wait = md1_wait_quantile(queue, p);
  if (!wait) return wait.error();
  return *wait + queue.service;
}

}  // namespace fleetsim::analytic
