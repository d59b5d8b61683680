#include "analytic/queueing/mmpp.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "analytic/queueing/domain.h"
#include "analytic/queueing/numeric.h"
#include "sim/check.h"

namespace fleetsim::analytic {

namespace {

// The inverse of a matrix that a stable chain guarantees to have one; see dense.h.
Matrix inverted(const Matrix& rate, std::vector<double> exit) {
  const std::optional<Matrix> x = inverse(rate, std::move(exit));
  check(x.has_value(), "a stable chain leaves each level");
  return *x;
}

double norm(const Matrix& a) {
  const std::vector<double> sums = row_sums(a);
  return *std::max_element(sums.begin(), sums.end());
}

// The phase in which the level below is first reached, by the phase of the start; `up` holds the
// arrival rates. Logarithmic reduction, on matrices >= 0 only: a step of the embedded walk goes up
// or down, so the row sums of I - (rise fall + fall rise) are those of rise^2 + fall^2.
Matrix first_passage(const Matrix& up, const Matrix& change, double service_rate) {
  std::vector<double> leave = row_sums(up);
  for (double& rate : leave) rate += service_rate;
  const Matrix step = inverted(change, leave);
  Matrix rise = step * up;
  Matrix fall = service_rate * step;
  Matrix g = fall;
  Matrix path = rise;
  for (int doublings = 0; doublings < 60 && norm(path) > 1e-16; ++doublings) {
    const Matrix up_twice = rise * rise;
    const Matrix down_twice = fall * fall;
    const Matrix more = inverted(rise * fall + fall * rise, row_sums(up_twice + down_twice));
    rise = more * up_twice;
    fall = more * down_twice;
    g = g + path * fall;
    path = path * rise;
  }
  return g;
}

// row (I - R)^-1 summed. The column sums of diag(share) (I - R) are those of `idle`.
double sum_of_levels(const MmppSteady& queue, std::span<const double> row) {
  const std::size_t m = row.size();
  Matrix back(m);
  std::vector<double> exit;
  std::vector<double> scaled;
  for (std::size_t j = 0; j < m; ++j) {
    exit.push_back(queue.idle[j] / queue.share[j]);
    scaled.push_back(row[j] / queue.share[j]);
    for (std::size_t i = 0; i < m; ++i)
      back(j, i) = queue.share[i] * queue.r(i, j) / queue.share[j];
  }
  const Matrix levels = inverted(back, exit);
  double sum = 0;
  for (std::size_t j = 0; j < m; ++j)
    for (std::size_t i = 0; i < m; ++i) sum += queue.share[j] * levels(j, i) * scaled[i];
  return sum;
}

// The largest eigenvalue of a non-negative matrix: squared until only its vector is left.
double spectral_radius(const Matrix& r) {
  Matrix power = r;
  for (int i = 0; i < 50 && norm(power) > 0; ++i) {
    power = (1 / norm(power)) * power;
    power = power * power;
  }
  const std::vector<double> row = std::vector<double>(r.size(), 1) * power;
  const std::vector<double> next = row * r;
  const double before = std::accumulate(row.begin(), row.end(), 0.0);
  return before > 0 ? std::accumulate(next.begin(), next.end(), 0.0) / before : 0;
}

// row e^{-x (I - R)} column: e^{-h} sum h^i R^i / i! for h = x / 2^k <= 1, squared k times; all
// terms are positive.
double decayed(std::span<const double> row, const Matrix& r, double x,
               std::span<const double> column) {
  int doublings = 0;
  double step = x;
  while (step > 1) {
    step /= 2;
    ++doublings;
  }
  Matrix term = std::exp(-step) * Matrix::identity(r.size());
  Matrix flow = term;
  for (int i = 1; i <= 20; ++i) {
    term = (step / i) * (term * r);
    flow = flow + term;
  }
  for (int i = 0; i < doublings; ++i) flow = flow * flow;
  return dot(row * flow, column);
}

}  // namespace

Result<MmppSteady> mmpp_m1(std::span<const MmppPhase> phases, double service_rate) {
  const char* const model = "MMPP/M/1";
  if (auto wrong = not_counted(model, "phase", phases.size())) return *wrong;
  if (auto wrong = not_positive(model, "service rate", service_rate)) return *wrong;
  const std::size_t m = phases.size();
  MmppSteady queue{.service_rate = service_rate};
  Matrix up(m);
  Matrix change(m);  // of phases; its diagonal is not needed
  double cycle = 0;
  for (std::size_t i = 0; i < m; ++i) {
    const MmppPhase& phase = phases[i];
    if (auto wrong = not_positive(model, "mean stay", phase.mean_stay)) return *wrong;
    if (!(phase.rate >= 0)) return *not_positive(model, "rates", phase.rate);
    up(i, i) = phase.rate;
    change(i, (i + 1) % m) = 1 / phase.mean_stay;
    queue.share.push_back(phase.mean_stay);
    cycle += phase.mean_stay;
  }
  for (std::size_t i = 0; i < m; ++i) {
    queue.share[i] /= cycle;
    queue.arrival_rate += queue.share[i] * phases[i].rate;
  }
  if (auto wrong = not_positive(model, "mean arrival rate", queue.arrival_rate)) return *wrong;
  const double rho = queue.arrival_rate / service_rate;
  if (auto wrong = unstable(model, rho)) return *wrong;

  const Matrix between = change + up * first_passage(up, change, service_rate);
  queue.r = up * inverted(between, std::vector<double>(m, service_rate));
  queue.idle = stationary(between);
  for (double& p : queue.idle) p *= 1 - rho;
  for (const MmppPhase& phase : phases) queue.seen.push_back(phase.rate / queue.arrival_rate);
  const std::vector<double> busy = queue.share * queue.r;  // P(at least one present, phase)
  queue.wait_probability = dot(busy, queue.seen);
  queue.decay = spectral_radius(queue.r);
  queue.means =
      station_means(queue.arrival_rate, 1,
                    sum_of_levels(queue, busy * queue.r) / queue.arrival_rate, 1 / service_rate);
  queue.burstiness = queue.means.sojourn * (service_rate - queue.arrival_rate);
  return queue;
}

double mmpp_present(const MmppSteady& queue, std::uint64_t n) {
  Matrix power = Matrix::identity(queue.r.size());
  Matrix square = queue.r;
  for (std::uint64_t left = n; left > 0; left /= 2) {
    if (left % 2 == 1) power = power * square;
    square = square * square;
  }
  const std::vector<double> phases = queue.idle * power;
  return std::accumulate(phases.begin(), phases.end(), 0.0);
}

double mmpp_wait_upper(const MmppSteady& queue, double t) {
  return decayed(queue.share * queue.r, queue.r, queue.service_rate * t, queue.seen);
}

double mmpp_sojourn_upper(const MmppSteady& queue, double t) {
  return decayed(queue.share, queue.r, queue.service_rate * t, queue.seen);
}

Result<double> mmpp_wait_quantile(const MmppSteady& queue, double p) {
  if (auto wrong = not_a_level(p)) return *wrong;
  return crossing([&](double t) { return mmpp_wait_upper(queue, t) - (1 - p); },
                  queue.means.sojourn);
}

Result<double> mmpp_sojourn_quantile(const MmppSteady& queue, double p) {
  if (auto wrong = not_a_level(p)) return *wrong;
  return crossing([&](double t) { return mmpp_sojourn_upper(queue, t) - (1 - p); },
                  queue.means.sojourn);
}

}  // namespace fleetsim::analytic
