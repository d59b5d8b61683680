#include "workloads/queueing/collector.h"

#include <algorithm>
#include <limits>

namespace fleetsim::queueing {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

struct NamedQuantile {
  const char* name;
  double p;
};
constexpr NamedQuantile quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}};

double share(std::uint64_t part, std::uint64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : nothing;
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
    out.push_back(
        {{name + ".mean", "s"}, count_ > 0 ? static_cast<double>(total_ns) * 1e-9 / n : nothing});
    for (const NamedQuantile& q : quantiles)
      out.push_back(
          {{name + "." + q.name, "s"}, count_ > 0 ? sketch.quantile(q.p) * 1e-9 : nothing});
  };
  put("wait", wait_ns_, waits_);
  put("sojourn", sojourn_ns_, sojourns_);
}

Collector::Collector(const QueueingConfig& config) : config_(config) {
  if (config.sources.size() > 1) by_source_.resize(config.sources.size());
  if (config.stations.size() > 1) by_station_.resize(config.stations.size());
}

void Collector::entered(Instant now, std::uint32_t) {
  ++came_;
  present_.set(now, present_.level() + 1);
}

void Collector::left(Instant now, const Customer& customer) {
  ++left_;
  present_.set(now, present_.level() - 1);
  time_inside_ns_ += (now - std::max(customer.entered, window_start_)).ns;
  total_sojourn_s_ += seconds(now - customer.entered);
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

void Collector::restart(Instant now) {
  present_.restart(now);
  present_at_start_ = present_.level();
  window_start_ = now;
  time_inside_ns_ = 0;
  total_sojourn_s_ = 0;
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
    by_source_[i].report("queue." + config_.sources[i].name + ".", out);
  for (std::size_t i = 0; i < by_station_.size(); ++i)
    by_station_[i].report("queue." + config_.stations[i].name + ".", out);
}

void Collector::report_counts(Instant now, std::vector<Measured>& out) const {
  const double elapsed = seconds(now - window_start_);
  const auto any = [&](auto has) {
    return std::any_of(config_.stations.begin(), config_.stations.end(), has);
  };
  out.push_back({{"queue.length", "1"}, present_.mean(now)});
  out.push_back({{"queue.throughput", "1/s"}, static_cast<double>(system_.count()) / elapsed});
  const double arrivals_time = total_sojourn_s_ / elapsed;  // lambda W, over those who left
  out.push_back(
      {{"queue.little", "1"}, arrivals_time > 0 ? present_.mean(now) / arrivals_time : nothing});
  if (any([](const StationConfig& s) { return s.room.has_value(); }))
    out.push_back({{"queue.blocked", "1"}, share(refused_, offered_)});
  if (any([](const StationConfig& s) { return s.patience.has_value(); }))
    out.push_back({{"queue.abandoned", "1"}, share(gave_up_, left_)});
  if (any([](const StationConfig& s) { return s.retrial.has_value(); }))
    out.push_back({{"queue.retries", "1"}, share(retried_, left_)});
}

}  // namespace fleetsim::queueing
