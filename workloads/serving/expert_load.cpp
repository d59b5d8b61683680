#include "workloads/serving/expert_load.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "sim/check.h"

namespace fleetsim::serving {
namespace {

double poisson(double mean, double count) {
  return std::exp(count * std::log(mean) - mean - std::lgamma(count + 1));
}

// Places with the same share, and P(at most m) of the Poisson law of each as m goes up.
class Places {
 public:
  Places(double mean, double m) : mean_(mean), here_(poisson(mean, m)) {
    double term = here_, sum = 0;
    if (m > mean) {  // the few that have more
      for (double c = m + 1; (term *= mean / c) > 1e-18; ++c) sum += term;
      upto_ = 1 - sum;
      return;
    }
    for (double c = m; c >= 0 && term > 1e-18 * sum; term *= c / mean, --c) sum += term;
    upto_ = sum;
  }
  void another() { ++count_; }
  double mean() const { return mean_; }
  void next(double m) {
    here_ *= mean_ / m;
    upto_ = std::min(1.0, upto_ + here_);
  }

  // Cumulants of all these counts, cut off at m: derivatives of the mean by log(mean_).
  struct Cumulants {
    double log_upto = 0, k1 = 0, k2 = 0, k3 = 0, k4 = 0;
  };
  void add_to(Cumulants& sum, double m) const {
    if (here_ < 1e-18 && m > mean_) {  // not cut off
      for (double* k : {&sum.k1, &sum.k2, &sum.k3, &sum.k4}) *k += count_ * mean_;
      return;
    }
    const double d = mean_ * here_ / upto_, mean = mean_ - d, above = m - mean;
    const double variance = mean - above * d;
    const double third = variance * (1 + d) - above * d * (1 + above);
    const double fourth =
        third * (1 + d) + variance * d * (2 + 3 * above) - above * d * (1 + above) * (1 + above);
    sum.log_upto += count_ * std::log(upto_);
    sum.k1 += count_ * mean;
    sum.k2 += count_ * variance;
    sum.k3 += count_ * third;
    sum.k4 += count_ * fourth;
  }

 private:
  double count_ = 1, mean_, here_, upto_ = 0;
};

// P(no place has more than m), of so many visits.
double all_within(const std::vector<Places>& places, double visits, double m) {
  Places::Cumulants sum;
  for (const Places& some : places) some.add_to(sum, m);
  if (!(sum.k2 > 1e-9) || !(sum.log_upto > -600)) return 0;
  const double x = (visits - sum.k1) / std::sqrt(sum.k2), x2 = x * x;
  const double skew = sum.k3 / std::pow(sum.k2, 1.5), excess = sum.k4 / (sum.k2 * sum.k2);
  const double series = 1 + skew / 6 * x * (x2 - 3) + excess / 24 * (x2 * x2 - 6 * x2 + 3) +
                        skew * skew / 72 * (x2 * x2 * x2 - 15 * x2 * x2 + 45 * x2 - 15);
  const double density = std::exp(sum.log_upto - x2 / 2) * std::numbers::inv_sqrtpi /
                         std::numbers::sqrt2 / std::sqrt(sum.k2);
  return std::clamp(density * series / poisson(visits, visits), 0.0, 1.0);
}

// By falling popularity: the probability that a token is sent there.
std::vector<double> popularity(const ExpertLoad::In& in) {
  std::vector<double> out(static_cast<std::size_t>(in.experts));
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = std::pow(static_cast<double>(i + 1), -in.skew);
  double left = static_cast<double>(in.chosen), rest = 0;
  for (const double p : out) rest += p;
  for (double& p : out) {
    const double weight = p;
    p = std::min(1.0, left * weight / rest);  // who is behind is no more popular
    left -= p;
    rest -= weight;
  }
  return out;
}

// The mean over tokens of the most experts that a device has to read.
double expected_read(double tokens, const std::vector<double>& chosen, std::size_t devices) {
  const std::size_t own = chosen.size() / devices;
  std::vector<double> within(own + 1, 1.0);  // P(no device reads more than h)
  for (std::size_t j = 0; j < devices; ++j) {
    std::vector<double> count = {1};
    for (std::size_t i = j; i < chosen.size(); i += devices) {
      const double read = -std::expm1(tokens * std::log1p(-chosen[i]));
      count.push_back(0);
      for (std::size_t h = count.size() - 1; h > 0; --h)
        count[h] = count[h] * (1 - read) + count[h - 1] * read;
      count[0] *= 1 - read;
    }
    double upto = 0;
    for (std::size_t h = 0; h <= own; ++h) within[h] *= std::min(1.0, upto += count[h]);
  }
  double out = 0;
  for (std::size_t h = 0; h < own; ++h) out += 1 - within[h];
  return out;
}

Polyline line(std::vector<Polyline::Point> points) {
  auto out = Polyline::make(std::move(points));
  check(bool(out), "tokens rise from point to point");
  return *std::move(out);
}

constexpr double last_point = 4096;  // tokens

double next_point(double tokens) {
  return tokens < 32 ? tokens + 1 : std::floor(tokens * 5 / 4);
}

std::vector<Polyline::Point> over_tokens(auto value) {
  std::vector<Polyline::Point> out;
  for (double tokens = 1; tokens <= last_point; tokens = next_point(tokens))
    out.push_back({tokens, value(tokens)});
  return out;
}

Polyline busiest(const ExpertLoad::In& in) {
  const auto n = [](std::int64_t count) { return static_cast<double>(count); };
  if (in.devices == 1 || in.chosen == in.experts) return line({{0, 1}});
  std::vector<double> shares(static_cast<std::size_t>(in.devices));
  const std::vector<double> chosen = popularity(in);
  for (std::size_t i = 0; i < chosen.size(); ++i)
    shares[i % shares.size()] += chosen[i] / n(in.chosen);
  const double even = n(in.experts - 1) / n(in.experts - in.chosen);
  auto points = over_tokens([&](double tokens) {
    const double visits = n(in.chosen) * tokens * even;
    return n(in.devices) * expected_most(visits, shares) / visits;
  });
  const double limit = n(in.devices) * shares.front();
  const Polyline::Point last = points.back();
  for (double tokens = last.x * 5 / 4; tokens < 0x1p24; tokens *= 1.25)
    points.push_back({tokens, limit + (last.y - limit) * std::sqrt(last.x / tokens)});
  return line(std::move(points));
}

}  // namespace

double expected_most(double visits, std::span<const double> shares) {
  const double most = visits * shares.front();
  const double even = std::ceil(visits / static_cast<double>(shares.size()));
  double m = std::max({0.0, even - 1, std::floor(most - 7 * std::sqrt(most) - 7)});
  std::vector<Places> places;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (i > 0 && shares[i] > shares[i - 1] * (1 - 1e-9))
      places.back().another();
    else
      places.emplace_back(visits * shares[i], m);
  }
  double out = m;  // P(all within fewer) is 0
  while (m < visits) {
    const double beyond = 1 - all_within(places, visits, m);
    out += beyond;
    if (m > most && beyond < 1e-10) break;
    ++m;
    for (Places& some : places) some.next(m);
  }
  return std::clamp(out, std::max(1.0, most), visits);
}

ExpertLoad::ExpertLoad(const In& in)
    : busiest_(serving::busiest(in)),
      read_(line(over_tokens([&, chosen = popularity(in)](double tokens) {
        const auto devices = static_cast<std::size_t>(in.devices);
        return expected_read(tokens, chosen, devices) * static_cast<double>(in.devices) /
               static_cast<double>(in.experts);
      }))) {}

}  // namespace fleetsim::serving
