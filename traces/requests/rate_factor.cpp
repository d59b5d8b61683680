#include "traces/requests/rate_factor.h"

#include <cmath>
#include <limits>

namespace fleetsim::requests {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr int steps_a_day = 288, steps_a_memory = 4;

// Standard normal: the logarithm of exp(Normal(0, 1)).
double normal(Stream& stream) {
  static const Law law = *Law::lognormal(0, 1);
  return std::log(law.draw(stream));
}

class OnOffFactor : public RateFactor {
 public:
  OnOffFactor(const Recipe::OnOff& law, Stream stream) : law_(law), stream_(stream) {
    on_value_ = (law_.on.mean() + law_.off.mean()) / law_.on.mean();
    value_ = on_value_;
    until_ = law_.on.value(stream_.uniform());
  }
  void advance() override {
    const bool on = value_ == 0;
    value_ = on ? on_value_ : 0;
    until_ += (on ? law_.on : law_.off).value(stream_.uniform());
  }

 private:
  Recipe::OnOff law_;
  Stream stream_;
  double on_value_ = 1;
};

// Steps that are short beside the period, each at the rate of its middle.
class DiurnalFactor : public RateFactor {
 public:
  explicit DiurnalFactor(const Recipe::Diurnal& law) : law_(law) { advance(); }
  void advance() override {
    const double step = law_.period / steps_a_day;
    const double middle = (static_cast<double>(index_) + 0.5) * step;
    value_ = 1 + law_.swing * std::cos(2 * M_PI * (middle - law_.peak) / law_.period);
    until_ = static_cast<double>(++index_) * step;
  }

 private:
  Recipe::Diurnal law_;
  std::uint64_t index_ = 0;
};

class PhasesFactor : public RateFactor {
 public:
  PhasesFactor(const std::vector<Recipe::Phase>& phases, Stream stream)
      : phases_(phases),
        stream_(stream) {
    double time = 0, arrivals = 0;
    for (const Recipe::Phase& phase : phases_) {
      time += phase.stay;
      arrivals += phase.stay * phase.rate;
    }
    scale_ = time / arrivals;
    // In the long run a phase is met as long as it stays.
    double left = stream_.uniform() * time;
    while (phase_ + 1 < phases_.size() && left > phases_[phase_].stay)
      left -= phases_[phase_++].stay;
    stay();
  }
  void advance() override {
    phase_ = (phase_ + 1) % phases_.size();
    stay();
  }

 private:
  void stay() {
    value_ = phases_[phase_].rate * scale_;
    until_ -= phases_[phase_].stay * std::log(stream_.uniform());
  }

  std::vector<Recipe::Phase> phases_;
  Stream stream_;
  double scale_ = 1;
  std::size_t phase_ = 0;
};

// exp(sigma Z - sigma^2/2), Z normal and correlated by exp(-step/memory) from one step to the next:
// of mean 1 and that cv.
class DriftFactor : public RateFactor {
 public:
  DriftFactor(const Recipe::Drift& law, Stream stream)
      : stream_(stream),
        step_(law.memory / steps_a_memory),
        variance_(std::log1p(law.cv * law.cv)),
        keep_(std::exp(-1.0 / steps_a_memory)),
        state_(normal(stream_)) {
    show();
  }
  void advance() override {
    state_ = keep_ * state_ + std::sqrt(1 - keep_ * keep_) * normal(stream_);
    show();
  }

 private:
  void show() {
    value_ = std::exp(std::sqrt(variance_) * state_ - variance_ / 2);
    until_ += step_;
  }

  Stream stream_;
  double step_, variance_, keep_, state_;
};

class WindowsFactor : public RateFactor {
 public:
  WindowsFactor(std::vector<RateWindow> windows, double length)
      : windows_(std::move(windows)),
        length_(length) {
    advance();
  }
  void advance() override {
    if (inside_) ++next_;
    const bool over = next_ == windows_.size();
    inside_ = !over && windows_[next_].start <= until_;
    value_ = inside_ ? windows_[next_].rate : 0;
    until_ = over ? never : windows_[next_].start + (inside_ ? length_ : 0);
  }
  const Law* gaps() const override { return inside_ ? &windows_[next_].gaps : nullptr; }

 private:
  std::vector<RateWindow> windows_;
  double length_;
  std::size_t next_ = 0;
  bool inside_ = false;
};

}  // namespace

std::vector<std::unique_ptr<RateFactor>> rate_factors(const Recipe::Client& client,
                                                      const Chance& chance, std::uint32_t entity) {
  std::vector<std::unique_ptr<RateFactor>> out;
  if (client.on_off)
    out.push_back(
        std::make_unique<OnOffFactor>(*client.on_off, chance.stream("requests.on_off", entity)));
  if (client.diurnal) out.push_back(std::make_unique<DiurnalFactor>(*client.diurnal));
  if (!client.phases.empty())
    out.push_back(
        std::make_unique<PhasesFactor>(client.phases, chance.stream("requests.phases", entity)));
  for (std::uint32_t i = 0; i < client.drift.size(); ++i)
    if (client.drift[i].cv > 0)
      out.push_back(std::make_unique<DriftFactor>(
          client.drift[i], chance.stream("requests.drift", entity * most_drifts + i)));
  return out;
}

std::unique_ptr<RateFactor> rate_windows(std::vector<RateWindow> windows, double length) {
  return std::make_unique<WindowsFactor>(std::move(windows), length);
}

}  // namespace fleetsim::requests
