#include "traces/requests/fit_arrivals.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "traces/requests/gap_distance.h"
#include "traces/requests/synth_requests.h"

namespace fleetsim::requests {
namespace {

constexpr double silence = 25;  // mean gaps
constexpr std::size_t fewest_silences = 10;
constexpr double poor_gaps = 0.05;                   // largest difference of distributions
constexpr std::uint64_t fewest_windows = 10;         // for a dispersion that says something
constexpr std::array memories = {2.0, 20.0, 200.0};  // s
constexpr int corrections = 12, twins = 8;
constexpr double most_simulated = 50'000;  // arrivals of a twin
constexpr std::size_t widths = ArrivalCounts::widths.size();

double width(std::size_t i) {
  return seconds(ArrivalCounts::widths[i]);
}

// What is to be alike: gap CV, then dispersions. What has too few windows is left out.
struct Burstiness {
  double cv = 0;
  std::array<double, widths> dispersion{};
};

Burstiness burstiness(const ArrivalCounts& counts) {
  Burstiness out{.cv = counts.gap_cv()};
  for (std::size_t i = 0; i < widths; ++i)
    if (counts.windows()[i].windows() >= fewest_windows)
      out.dispersion[i] = counts.windows()[i].dispersion();
  return out;
}

struct Shape {
  double cv = 1;  // of gaps
  std::array<double, memories.size()> variance{};
};

// How much a drift of variance 1 adds to the dispersion in windows of w.
double response(double rate, double w, double memory) {
  return rate * 2 * memory * (1 + memory / w * std::expm1(-w / memory));
}

// Least squares over v >= 0 by one coordinate after the other; errors count relative to the aim.
std::array<double, memories.size()> drifts(double rate, const Burstiness& aim, double cv2) {
  std::array<double, memories.size()> v{};
  for (int sweep = 0; sweep < 2000; ++sweep)
    for (std::size_t k = 0; k < v.size(); ++k) {
      double up = 0, down = 0;
      for (std::size_t i = 0; i < widths; ++i) {
        if (!(aim.dispersion[i] > 0)) continue;
        double missing = aim.dispersion[i] - cv2;
        for (std::size_t j = 0; j < v.size(); ++j)
          if (j != k) missing -= v[j] * response(rate, width(i), memories[j]);
        const double gain = response(rate, width(i), memories[k]);
        const double weight = 1 / (aim.dispersion[i] * aim.dispersion[i]);
        up += weight * gain * missing;
        down += weight * gain * gain;
      }
      v[k] = down > 0 ? std::clamp(up / down, 0.0, 25.0) : 0;
    }
  return v;
}

// A slowly drifting rate of variance v makes gaps of cv c in its own time scatter by
// (1 + c^2)(1 + v) - 1.
Shape solve(double rate, const Burstiness& aim, std::optional<double> fixed_cv) {
  Shape shape{.cv = fixed_cv.value_or(aim.cv)};
  for (int i = 0; i < 5; ++i) {
    shape.variance = drifts(rate, aim, shape.cv * shape.cv);
    if (fixed_cv) break;
    double v = 0;
    for (const double one : shape.variance) v += one;
    const double cv2 = (aim.cv * aim.cv + 1) / (1 + v) - 1;
    shape.cv = std::sqrt(std::clamp(cv2, 0.04, 64.0));
  }
  return shape;
}

void apply(const Shape& shape, Recipe::Client& client) {
  if (!client.gaps.table) client.gaps = {Recipe::Gaps::Law::gamma, rounded(shape.cv, 4)};
  client.drift.clear();
  for (std::size_t k = 0; k < memories.size(); ++k)
    if (shape.variance[k] > 1e-4)
      client.drift.push_back({rounded(std::sqrt(shape.variance[k]), 3), memories[k]});
}

std::vector<Instant> twin_arrivals(const Recipe::Client& client, double span, std::uint64_t seed) {
  const Chance chance{.seed = seed};
  ArrivalTimes times(client.rate, *unit_gap(client.gaps), rate_factors(client, chance, 0),
                     chance.stream("requests.gaps"));
  times.stop_at(span);
  std::vector<Instant> arrivals;
  for (double t = times.next(); t < span; t = times.next())
    arrivals.push_back({std::llround(t * 1e9)});
  return arrivals;
}

// The mean over some twins as long as the trace: short traces bias them alike.
Burstiness of_twins(const Recipe::Client& client, double span) {
  Burstiness mean;
  for (std::uint64_t seed = 1; seed <= twins; ++seed) {
    const Burstiness one = burstiness(count_arrivals(twin_arrivals(client, span, seed)));
    mean.cv += one.cv / twins;
    for (std::size_t i = 0; i < widths; ++i) mean.dispersion[i] += one.dispersion[i] / twins;
  }
  return mean;
}

double misfit(const Burstiness& wanted, const Burstiness& got) {
  const auto term = [](double a, double b) {
    return a > 0 && b > 0 ? std::log(a / b) * std::log(a / b) : 0;
  };
  double sum = term(wanted.cv, got.cv);
  for (std::size_t i = 0; i < widths; ++i) sum += term(wanted.dispersion[i], got.dispersion[i]);
  return sum;
}

// Finds drifts, and the cv of gamma gaps unless a law of gaps is given. `aim` is what they would
// make alone: at first a guess, corrected until twins are as wanted.
void fit_shape(const Burstiness& wanted, Burstiness aim, double simulated, Recipe::Client& client) {
  std::optional<double> fixed_cv;
  if (client.gaps.table) fixed_cv = unit_gap(client.gaps)->cv();
  Recipe::Client best = client;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < corrections; ++i) {
    apply(solve(client.rate, aim, fixed_cv), client);
    const Burstiness got = of_twins(client, simulated);
    if (const double now = misfit(wanted, got); now < least) {
      least = now;
      best = client;
    }
    const auto correct = [](double& to, double want, double have) {
      if (want > 0 && have > 0) to *= std::pow(std::clamp(want / have, 0.2, 5.0), 0.6);
    };
    correct(aim.cv, wanted.cv, got.cv);
    for (std::size_t k = 0; k < widths; ++k)
      correct(aim.dispersion[k], wanted.dispersion[k], got.dispersion[k]);
  }
  client = best;
}

// The arrivals with silences cut out of them, and what the cutting has found.
struct Cut {
  std::vector<Instant> arrivals{};
  std::vector<double> on{}, off{};  // s
};

Cut cut_silences(std::span<const Instant> arrivals, double longest) {
  double on_time = 0;
  std::size_t on_gaps = 0;
  for (std::size_t i = 1; i < arrivals.size(); ++i) {
    const double gap = seconds(arrivals[i] - arrivals[i - 1]);
    if (gap > longest) continue;
    on_time += gap;
    ++on_gaps;
  }
  // A run of n arrivals lasts for n gaps: the last of them belongs to it, not to the silence.
  const double usual = on_gaps > 0 ? on_time / static_cast<double>(on_gaps) : longest;
  Cut out{.arrivals = {Instant{}}};
  double on = usual;
  for (std::size_t i = 1; i < arrivals.size(); ++i) {
    const double gap = seconds(arrivals[i] - arrivals[i - 1]);
    const bool silent = gap > longest;
    if (silent) {
      out.on.push_back(rounded(on, 5));
      out.off.push_back(rounded(gap - usual, 5));
      on = 0;
    }
    on += silent ? usual : gap;
    out.arrivals.push_back(out.arrivals.back() + from_seconds(silent ? usual : gap));
  }
  out.on.push_back(rounded(on, 5));
  return out;
}

// Gamma gaps if they will do, else gaps by the trace's own quantiles.
void fit_gaps(std::span<const Instant> arrivals, Recipe::Client& client) {
  const ArrivalCounts counts = count_arrivals(arrivals);
  const Burstiness wanted = burstiness(counts);
  client.rate = counts.rate();
  const double simulated = std::min(counts.span(), most_simulated / client.rate);
  const std::vector<double> gaps = sorted_gaps(arrivals);
  const auto miss = [&](const Recipe::Client& by) {
    const std::vector<double> twin = sorted_gaps(twin_arrivals(by, simulated, 1));
    return twin.empty() ? 1 : largest_difference(gaps, twin);
  };
  fit_shape(wanted, wanted, simulated, client);
  const double gamma_miss = miss(client);
  if (gamma_miss < poor_gaps) return;
  Recipe::Client other = client;
  other.gaps = {Recipe::Gaps::Law::quantiles, 1,
                std::make_shared<const QuantileTable>(QuantileTable::of(gaps))};
  fit_shape(wanted, wanted, simulated, other);
  if (miss(other) < gamma_miss) client = other;
}

}  // namespace

ArrivalCounts count_arrivals(std::span<const Instant> arrivals) {
  ArrivalCounts counts;
  for (const Instant arrival : arrivals) counts.add(arrival);
  return counts;
}

void fit_arrivals(std::span<const Instant> arrivals, Recipe::Client& client) {
  const ArrivalCounts counts = count_arrivals(arrivals);
  const double mean_gap = counts.span() / static_cast<double>(arrivals.size() - 1);
  const Cut cut = cut_silences(arrivals, silence * mean_gap);
  const bool silences = cut.off.size() >= fewest_silences;
  const std::span<const Instant> busy = silences ? cut.arrivals : arrivals;
  fit_gaps(busy, client);
  client.rate = rounded(counts.rate(), 5);
  if (!silences) return;
  client.on_off = Recipe::OnOff{QuantileTable::of(cut.on), QuantileTable::of(cut.off)};
  fit_shape(burstiness(counts), burstiness(count_arrivals(busy)),
            std::min(counts.span(), most_simulated / client.rate), client);
}

}  // namespace fleetsim::requests
