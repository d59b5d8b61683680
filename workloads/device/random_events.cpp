#include <algorithm>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/random/beta_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>
#include <cmath>

#include "workloads/device/life.h"

namespace fleetsim::device {
namespace {

std::uint64_t poisson(double mean, Stream& stream) {
  if (mean <= 0) return 0;
  if (stream.mode() == Stream::Mode::free)
    return static_cast<std::uint64_t>(
        boost::random::poisson_distribution<std::int64_t, double>(mean)(stream));
  using namespace boost::math::policies;
  using Whole = policy<discrete_quantile<integer_round_up>, promote_double<false>>;
  return static_cast<std::uint64_t>(
      quantile(boost::math::poisson_distribution<double, Whole>(mean), stream.uniform()));
}

double beta(double a, double b, Stream& stream) {
  if (stream.mode() == Stream::Mode::free)
    return boost::random::beta_distribution<double>(a, b)(stream);
  return boost::math::ibeta_inv(a, b, stream.uniform());
}

// A device that works at random events: each takes its energy at once. Between them the charge is a
// straight line.
class EventDevice {
 public:
  EventDevice(const DeviceConfig& config, Stream stream)
      : config_(config),
        stream_(stream),
        charge_(config.battery ? config.battery->usable() : 0),
        drain_(config.battery ? config.idle_power + config.battery->leak - config.battery->harvest
                              : 0),
        next_(config.gap->draw(stream_)),
        in_bulk_(std::holds_alternative<ExponentialLaw>(config.gap->kind()) && drain_ >= 0) {}

  void go(double to);
  Snapshot look() const;
  const std::optional<double>& emptied() const { return emptied_; }
  std::uint64_t draws() const { return draws_; }

 private:
  void leap(double to);
  void step(double to);
  void drift(double to);
  void end_among(std::uint64_t events, double span);
  void end(std::uint64_t events, double after);

  const DeviceConfig& config_;
  Stream stream_;
  double charge_;  // J above the cut-off
  double drain_;   // W between events
  double now_ = 0;
  double next_;  // event, where they are taken one by one
  std::uint64_t events_ = 0, draws_ = 0;
  std::optional<double> emptied_{};
  bool in_bulk_;
};

void EventDevice::go(double to) {
  if (!emptied_) in_bulk_ ? leap(to) : step(to);
}

// Events of a Poisson process: how many there are is one draw, however many that is. The charge
// only falls, so it is enough to look at where it ends.
void EventDevice::leap(double to) {
  const double span = to - now_;
  const std::uint64_t events = poisson(span * config_.event_rate(), stream_);
  ++draws_;
  const double left = charge_ - static_cast<double>(events) * config_.event.total() - drain_ * span;
  if (config_.battery && left <= 0) return end_among(events, span);
  events_ += events;
  charge_ = left;
  now_ = to;
}

// The battery ends within the span. Given their number the events are that many uniform instants in
// order; between two that are known, the k-th of n lies at a share Beta(k, n + 1 - k) of the way.
// So the event at which the charge is gone is found by halving, without drawing the others.
void EventDevice::end_among(std::uint64_t events, double span) {
  const double each = config_.event.total();
  const auto after = [&](std::uint64_t k, double at) {
    return charge_ - static_cast<double>(k) * each - drain_ * at;
  };
  std::uint64_t low = 0, high = events + 1;  // the charge lasts beyond `low`, not beyond `high`
  double low_at = 0, high_at = span;
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    const double share =
        beta(static_cast<double>(middle - low), static_cast<double>(high - middle), stream_);
    const double at = low_at + (high_at - low_at) * share;
    ++draws_;
    if (after(middle, at) > 0)
      low = middle, low_at = at;
    else
      high = middle, high_at = at;
  }
  const bool between = high > events || after(low, high_at) <= 0;
  if (between) return end(low, (charge_ - static_cast<double>(low) * each) / drain_);
  end(high, high_at);
}

void EventDevice::end(std::uint64_t events, double after) {
  events_ += events;
  charge_ -= static_cast<double>(events) * config_.event.total() + drain_ * after;
  now_ += after;
  emptied_ = now_;
}

void EventDevice::step(double to) {
  while (!emptied_ && next_ <= to) {
    drift(next_);
    if (emptied_) return;
    ++events_;
    ++draws_;
    if (config_.battery) charge_ -= config_.event.total();
    if (config_.battery && charge_ <= 0) emptied_ = now_;
    next_ += config_.gap->draw(stream_);
  }
  if (!emptied_) drift(to);
}

void EventDevice::drift(double to) {
  const double left = charge_ - drain_ * (to - now_);
  if (config_.battery && drain_ > 0 && left <= 0) return end(0, charge_ / drain_);
  charge_ = left;
  if (config_.battery)
    charge_ = std::min(charge_, config_.battery->capacity - config_.battery->cut_off);
  now_ = to;
}

Snapshot EventDevice::look() const {
  return {.totals = {.full = now_, .frames = static_cast<double>(events_)},
          .charge = config_.battery ? charge_ + config_.battery->cut_off : 0};
}

}  // namespace

Life live_by_events(const DeviceConfig& config, std::uint32_t number, const Chance& chance,
                    std::span<const Instant> instants) {
  EventDevice device(config, chance.stream("device.event", number));
  Life out{.seen = {}};
  for (const Instant t : instants) {
    device.go(seconds(t - Instant{}));
    out.seen.push_back(device.look());
  }
  out.events = device.draws();
  out.emptied = device.emptied();
  if (out.emptied)
    out.records.push_back(
        {.when = Instant{} + from_seconds(*out.emptied), .what = "device.empty", .who = number});
  return out;
}

}  // namespace fleetsim::device
