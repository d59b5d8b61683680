#include "workloads/serving/collector.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "sim/check.h"
#include "workloads/serving/metrics.h"

namespace fleetsim::serving {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void Collector::Spell::add(Duration length) {
  ns.add(static_cast<double>(length.ns));
  sum += length.ns;
}

void Collector::came(Instant now) {
  ++came_;
  present_.set(now, present_.level() + 1);
}

// Within all limits that are given.
bool Collector::kept(const Request& request, Instant seen, Duration tail) const {
  const Slo& slo = config_.slo;
  const std::int64_t later = std::int64_t{request.output} - 1;
  return (!slo.ttft || seen - request.arrived - tail <= *slo.ttft) &&
         (!slo.tpot || later == 0 || tail.ns <= later * slo.tpot->ns) &&
         (!slo.e2e || seen - request.arrived <= *slo.e2e);
}

void Collector::completed(const Request& request, Instant seen, Duration tail) {
  ttft_.add(seen - request.arrived - tail);
  wait_.add(request.scheduled - request.ready);
  e2e_.add(seen - request.arrived);
  if (request.output > 1) tpot_.add({tail.ns / (std::int64_t{request.output} - 1)});
  tokens_ += request.output;
  const bool good = kept(request, seen, tail);
  good_ += good;
  if (!clients_.empty())
    clients_[request.client].completed(request, seen - request.arrived - tail, good);
  ended(request, seen, End::completed);
}

void Collector::ended(const Request& request, Instant now, End how) {
  ++ended_[static_cast<std::size_t>(how)];
  if (!clients_.empty()) clients_[request.client].ended(how == End::refused);
  present_.set(now, present_.level() - 1);
  inside_ += (now - std::max(request.arrived, start_)).ns;
}

void Collector::restart(Instant now) {
  present_.restart(now);
  at_start_ = present_.level();
  start_ = now;
  for (Spell* spell : {&ttft_, &tpot_, &e2e_, &wait_}) *spell = {};
  for (std::uint64_t& count : ended_) count = 0;
  for (ClientTally& client : clients_) client.clear();
  came_ = good_ = retried_ = preempted_ = resent_ = tokens_ = too_long_ = 0;
  inside_ = 0;
}

void Collector::audit(Instant now, std::int64_t under_way, TimeAverage::Area time_under_way) const {
  const std::uint64_t gone = std::accumulate(std::begin(ended_), std::end(ended_), std::uint64_t{});
  check(under_way == present_.level(), "the number under way is that of the requests under way");
  check(at_start_ + static_cast<std::int64_t>(came_) == under_way + static_cast<std::int64_t>(gone),
        "requests = completed + refused + timed out + lost + under way");
  check(inside_ + time_under_way == present_.area(now), "Little's law, as an identity");
}

void Collector::report(Instant now, std::vector<Measured>& out) const {
  const auto spell = [&](const char* name, const Spell& of) {
    const double n = static_cast<double>(of.ns.count());
    const double mean = n > 0 ? static_cast<double>(of.sum) / 1e9 / n : nothing;
    out.push_back({{std::string(name) + ".mean", "s"}, mean, n});
    for (const NamedQuantile& q : quantiles)
      out.push_back(
          {{std::string(name) + "." + q.name, "s"}, n > 0 ? of.ns.quantile(q.p) / 1e9 : nothing});
  };
  spell("serving.ttft", ttft_);
  spell("serving.tpot", tpot_);
  spell("serving.e2e", e2e_);
  spell("serving.queue_wait", wait_);
  const double elapsed = seconds(now - start_);
  const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
  const std::uint64_t gone = std::accumulate(std::begin(ended_), std::end(ended_), std::uint64_t{});
  const double done = number(ended_[0]);
  out.push_back({{"serving.throughput_requests", "1/s"}, done / elapsed});
  out.push_back({{"serving.throughput_tokens", "1/s"}, number(tokens_) / elapsed});
  out.push_back({{"serving.goodput_requests", "1/s"}, number(good_) / elapsed});
  out.push_back({{"serving.slo_attainment", "1"},
                 gone > 0 ? number(good_) / number(gone) : nothing,
                 number(gone)});
  out.push_back({{"serving.in_flight", "1"}, present_.mean(now)});
  const auto count = [&](const char* name, std::uint64_t n) {
    out.push_back({{name, "count"}, number(n)});
  };
  count("serving.arrived", came_);
  count("serving.completed", ended_[0]);
  count("serving.rejected", ended_[1]);
  if (config_.window) count("serving.too_long", too_long_);
  count("serving.timed_out", ended_[2]);
  count("serving.lost", ended_[3]);
  count("serving.retried", retried_);
  count("serving.preempted", preempted_);
  if (config_.upkeep) count("serving.resent", resent_);
  for (std::size_t c = 0; c < clients_.size(); ++c)
    clients_[c].report(config_.clients[c].name, elapsed, out);
}

void Collector::distributions(std::vector<Distribution>& out) const {
  out.push_back({"serving.ttft", ttft_.ns});
  out.push_back({"serving.tpot", tpot_.ns});
  out.push_back({"serving.e2e", e2e_.ns});
  out.push_back({"serving.queue_wait", wait_.ns});
}

}  // namespace fleetsim::serving
