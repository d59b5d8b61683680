#include "workloads/queueing/collector.h"

#include <algorithm>
#include <limits>

#include "workloads/queueing/metrics.h"

namespace fleetsim::queueing {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

Measured share(const char* name, std::uint64_t part, std::uint64_t whole) {
  const double all = static_cast<double>(whole);
  return {{name, "1"}, whole > 0 ? static_cast<double>(part) / all : nothing, all};
}

}  // namespace

void Passages::add(Duration sojourn, Duration work) {
  const std::int64_t wait = std::max<std::int64_t>(0, (sojourn - work).ns);
  ++count_;
  wait_ns_ += wait;
  sojourn_ns_ += sojourn.ns;
  waits_.add(static_cast<double>(wait));
  sojourns_.add(static_cast<double>(sojourn.ns));
}

void Passages::clear() {
  wait_ns_ = sojourn_ns_ = 0;
  count_ = 0;
  waits_.clear();
  sojourns_.clear();
}

void Passages::report(const std::string& prefix, std::vector<Measured>& out) const {
  const auto put = [&](const char* kind, Sum total_ns, const QuantileSketch& sketch) {
    const std::string name = prefix + kind;
    const double n = static_cast<double>(count_);
    const double mean = count_ > 0 ? static_cast<double>(total_ns) / 1e9 / n : nothing;
    out.push_back({{name + ".mean", "s"}, mean, n});
    for (const NamedQuantile& q : passage_quantiles)
      out.push_back(
          {{name + "." + q.name, "s"}, count_ > 0 ? sketch.quantile(q.p) / 1e9 : nothing});
  };
  put("wait", wait_ns_, waits_);
  put("sojourn", sojourn_ns_, sojourns_);
}

void Passages::distributions(const std::string& prefix, std::vector<Distribution>& out) const {
  out.push_back({prefix + "wait", waits_});
  out.push_back({prefix + "sojourn", sojourns_});
}

Collector::Collector(const QueueingConfig& config)
    : config_(config),
      came_from_(config.sources.size()),
      asked_(config.stations.size()) {
  if (config.sources.size() > 1) by_source_.resize(config.sources.size());
  if (config.stations.size() > 1) by_station_.resize(config.stations.size());
}

void Collector::entered(Instant now, std::uint32_t source) {
  ++came_;
  ++came_from_[source];
  present_.set(now, present_.level() + 1);
}

void Collector::left(Instant now, const Customer& customer) {
  ++left_;
  present_.set(now, present_.level() - 1);
  time_inside_ns_ += (now - std::max(customer.entered, window_start_)).ns;
  sojourn_ns_ += (now - customer.entered).ns;
}

void Collector::served(Instant now, const Customer& customer) {
  left(now, customer);
  const Duration sojourn = now - customer.entered;
  system_.add(sojourn, customer.served);
  if (!by_source_.empty()) by_source_[customer.source].add(sojourn, customer.served);
}

void Collector::gave_up(Instant now, const Customer& customer) {
  left(now, customer);
  ++gave_up_;
}

void Collector::lost(Instant now, const Customer& customer) {
  left(now, customer);
}

void Collector::served_by(std::uint32_t station, Duration sojourn, Duration work) {
  if (!by_station_.empty()) by_station_[station].add(sojourn, work);
}

void Collector::asked_for(std::uint32_t station, Duration work) {
  asked_[station].ns += work.ns;
  ++asked_[station].times;
}

// The rate of each renewal source, and the mean work asked of each station where all ask alike.
std::vector<ControlValue> Collector::controls(Instant now) const {
  std::vector<ControlValue> out;
  const double elapsed = seconds(now - window_start_);
  bool alike = true;
  for (std::size_t i = 0; i < config_.sources.size(); ++i) {
    const SourceConfig& source = config_.sources[i];
    alike = alike && !source.service;
    if (std::holds_alternative<Renewal>(source.arrivals))
      out.push_back({static_cast<double>(came_from_[i]) / elapsed,
                     1 / std::get<Renewal>(source.arrivals).interarrival.mean()});
  }
  for (std::size_t i = 0; alike && i < asked_.size(); ++i)
    if (asked_[i].times > 0)
      out.push_back({static_cast<double>(asked_[i].ns) / 1e9 / static_cast<double>(asked_[i].times),
                     config_.stations[i].service.mean()});
  return out;
}

std::vector<Distribution> Collector::distributions() const {
  std::vector<Distribution> out;
  system_.distributions("queue.", out);
  for (std::size_t i = 0; i < by_source_.size(); ++i)
    by_source_[i].distributions(source_prefix(config_, i), out);
  for (std::size_t i = 0; i < by_station_.size(); ++i)
    by_station_[i].distributions(station_prefix(config_, i), out);
  return out;
}

void Collector::restart(Instant now) {
  std::fill(came_from_.begin(), came_from_.end(), 0);
  std::fill(asked_.begin(), asked_.end(), Asked{});
  present_.restart(now);
  present_at_start_ = present_.level();
  window_start_ = now;
  time_inside_ns_ = 0;
  sojourn_ns_ = 0;
  came_ = left_ = gave_up_ = offered_ = refused_ = retried_ = 0;
  system_.clear();
  for (Passages& p : by_source_) p.clear();
  for (Passages& p : by_station_) p.clear();
}

void Collector::audit(Instant now, const Customers& customers) const {
  Sum inside = time_inside_ns_;
  std::int64_t still_there = 0;
  for (const Customer& customer : customers.rows()) {
    if (customer.entered == Customers::never) continue;
    ++still_there;
    inside += (now - std::max(customer.entered, window_start_)).ns;
  }
  check(still_there == present_.level(), "the number present is that of the customers present");
  check(present_at_start_ + static_cast<std::int64_t>(came_) ==
            still_there + static_cast<std::int64_t>(left_),
        "who came has left or is still there");
  check(inside == present_.area(now), "L T = the sum of times in the system (Little's law)");
}

void Collector::report(Instant now, std::vector<Measured>& out) const {
  system_.report("queue.", out);
  report_counts(now, out);
  for (std::size_t i = 0; i < by_source_.size(); ++i)
    by_source_[i].report(source_prefix(config_, i), out);
  for (std::size_t i = 0; i < by_station_.size(); ++i)
    by_station_[i].report(station_prefix(config_, i), out);
}

void Collector::report_counts(Instant now, std::vector<Measured>& out) const {
  const double elapsed = seconds(now - window_start_);
  const auto any = [&](auto has) {
    return std::any_of(config_.stations.begin(), config_.stations.end(), has);
  };
  out.push_back({{"queue.length", "1"}, present_.mean(now)});
  out.push_back({{"queue.throughput", "1/s"}, static_cast<double>(system_.count()) / elapsed});
  // L / (lambda W): lambda of those who came, W of those who left.
  const double arrival_rate = static_cast<double>(came_) / elapsed;
  const double mean_sojourn = static_cast<double>(sojourn_ns_) / 1e9 / static_cast<double>(left_);
  out.push_back(
      {{"queue.little", "1"},
       came_ > 0 && left_ > 0 ? present_.mean(now) / (arrival_rate * mean_sojourn) : nothing});
  if (any([](const StationConfig& s) { return s.room.has_value(); }))
    out.push_back(share("queue.blocked", refused_, offered_));
  if (any([](const StationConfig& s) { return s.patience.has_value(); }))
    out.push_back(share("queue.abandoned", gave_up_, left_));
  if (any([](const StationConfig& s) { return s.retrial.has_value(); }))
    out.push_back(share("queue.retries", retried_, left_));
}

}  // namespace fleetsim::queueing
