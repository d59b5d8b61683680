#include "workloads/serving/twin.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "analytic/queueing/abandonment.h"
#include "analytic/queueing/erlang.h"
#include "analytic/queueing/md1.h"
#include "workloads/queueing/layout.h"
#include "workloads/serving/alone.h"
#include "workloads/serving/metrics.h"
#include "workloads/serving/twin_alone.h"

namespace fleetsim::serving {
namespace {

// The fleet in the words of queueing theory: servers of which each takes one request at a time.
struct Servers {
  double rate = 0;  // 1/s, of all clients
  std::uint64_t servers = 1;
  double mean_service = 0;           // s
  bool exponential = false;          // or else constant
  std::optional<double> patience{};  // s, exponential
};

const queueing::Renewal* poisson(const ClientConfig& client) {
  const auto* renewal = std::get_if<queueing::Renewal>(&client.arrivals);
  return renewal && queueing::is_exponential(renewal->interarrival) ? renewal : nullptr;
}

// Seconds a token where a pass takes what was measured, in proportion to the tokens of its prompts.
std::optional<double> slope(const PassCost& cost) {
  if (!cost.measured_prefill || cost.launch_prefill > 0) return std::nullopt;
  const auto points = cost.measured_prefill->points();
  if (points.size() != 2 || points[0].x != 0 || points[0].y != 0) return std::nullopt;
  return points[1].y / points[1].x;
}

// Why the fleet is no such system; or the system.
struct Seen {
  std::string why{};
  Servers system{};
};

Seen seen_of(const ServingConfig& config) {
  if (config.clients.size() > 1) return {"clients of several kinds"};
  if (config.groups.size() > 1) return {"replicas of several kinds"};
  const ClientConfig& client = config.clients.front();
  const GroupConfig& group = config.groups.front();
  const queueing::Renewal* arrivals = poisson(client);
  if (arrivals == nullptr) return {"arrivals that are not Poisson"};
  if (group.scheduler.max_batch > 1) return {"batches: a pass serves several requests"};
  if (group.replicas > 1 && config.routing != Routing::central && config.routing != Routing::random)
    return {"a line before each replica"};
  if (client.timeout || client.retry || config.queue_limit || client.delay.front() > Duration{})
    return {"time-outs, retries, limits or distance"};
  const bool split = group.replicas > 1 && config.routing == Routing::random;
  Servers out{.rate = 1 / arrivals->interarrival.mean() / (split ? group.replicas : 1),
              .servers = split ? 1 : group.replicas};
  if (!client.prompt || !client.output || !queueing::is_constant(*client.output))
    return {"services of a general law"};
  const auto tokens = static_cast<std::uint32_t>(std::ceil(client.output->mean()));
  if (queueing::is_constant(*client.prompt)) {
    const auto prompt = static_cast<std::uint32_t>(std::ceil(client.prompt->mean()));
    out.mean_service = alone(group, prompt, tokens).e2e;
    return {{}, out};
  }
  const auto per_token = slope(group.cost);
  if (!queueing::is_exponential(*client.prompt) || !per_token || tokens > 1 ||
      group.scheduler.chunk)
    return {"services of a general law"};
  out.exponential = true;
  // Whole tokens, rounded up: geometric with this mean.
  out.mean_service = *per_token / -std::expm1(-1 / client.prompt->mean());
  if (client.patience) {
    if (!queueing::is_exponential(*client.patience)) return {"a patience that is not exponential"};
    out.patience = client.patience->mean();
  }
  return {{}, out};
}

class Telling {
 public:
  explicit Telling(const ServingConfig& config) : config_(config) {}

  void say(const Prediction& prediction) { told_[prediction.metric] = prediction; }
  void say(const std::string& metric, const char* formula, const Result<double>& value,
           double rounding = 0) {
    if (value) told_[metric] = {metric, *value, formula, "", rounding};
  }
  Twin finish(const std::string& why) && {
    Twin out;
    for (const MetricSpec& metric : metrics_of(config_)) {
      const auto found = told_.find(metric.name);
      out.predictions.push_back(found != told_.end() ? found->second
                                                     : Prediction{metric.name, {}, {}, why});
    }
    return out;
  }

 private:
  const ServingConfig& config_;
  std::map<std::string, Prediction> told_;
};

void tell_line(const Servers& system, Telling& tell) {
  const auto queue = analytic::mmc({system.rate, 1 / system.mean_service, system.servers});
  if (!queue) return;
  tell.say("serving.queue_wait.mean", "q.mmc", queue->means.wait, 1e-9);
  tell.say("serving.e2e.mean", "q.mmc", queue->means.sojourn, 1e-9);
  tell.say("serving.ttft.mean", "q.mmc", queue->means.sojourn, 1e-9);
  for (const NamedQuantile& q : quantiles) {
    const std::string end = std::string(".") + q.name;
    tell.say("serving.queue_wait" + end, "q.mmc", analytic::mmc_wait_quantile(*queue, q.p), 1e-9);
    const auto sojourn = analytic::mmc_sojourn_quantile(*queue, q.p);
    tell.say("serving.e2e" + end, "q.mmc", sojourn, 1e-9);
    tell.say("serving.ttft" + end, "q.mmc", sojourn, 1e-9);
  }
}

void tell_constant(const Servers& system, Telling& tell) {
  const auto queue = analytic::md1(system.rate, system.mean_service);
  if (!queue) return;
  tell.say("serving.queue_wait.mean", "q.md1", queue->means.wait, 1e-9);
  tell.say("serving.e2e.mean", "q.md1", queue->means.sojourn, 1e-9);
  for (const NamedQuantile& q : quantiles) {
    const std::string end = std::string(".") + q.name;
    tell.say("serving.queue_wait" + end, "q.md1", analytic::md1_wait_quantile(*queue, q.p), 1e-9);
    tell.say("serving.e2e" + end, "q.md1", analytic::md1_sojourn_quantile(*queue, q.p), 1e-9);
  }
}

void tell_impatient(const Servers& system, Telling& tell) {
  const auto queue = analytic::erlang_a({.arrival_rate = system.rate,
                                         .service_rate = 1 / system.mean_service,
                                         .servers = system.servers,
                                         .mean_patience = *system.patience});
  if (!queue) return;
  tell.say("serving.queue_wait.mean", "q.erlang-a", queue->mean_wait_served, 1e-9);
  tell.say("serving.utilization", "q.erlang-a", queue->utilization, 1e-9);
  tell.say("serving.in_flight", "q.erlang-a", queue->present, 1e-9);
  tell.say("serving.throughput_requests", "q.erlang-a",
           system.rate * (1 - queue->abandonment_probability));
}

}  // namespace

Twin twin_of(const ServingConfig& config) {
  Telling tell(config);
  for (const Prediction& prediction : predictions_alone(config)) tell.say(prediction);
  const Seen seen = seen_of(config);
  if (!seen.why.empty()) return std::move(tell).finish("no closed form: " + seen.why);
  const Servers& system = seen.system;
  const double load = system.rate * system.mean_service / static_cast<double>(system.servers);
  if (system.patience) {
    tell_impatient(system, tell);
    return std::move(tell).finish("");
  }
  if (load >= 1) return std::move(tell).finish("no steady state: more work comes than is done");
  const double fleet_rate =
      system.rate * static_cast<double>(config.replicas()) / static_cast<double>(system.servers);
  tell.say("serving.utilization", "q.little", load, 1e-9);
  tell.say("serving.throughput_requests", "q.little", fleet_rate);
  if (system.exponential)
    tell_line(system, tell);
  else if (system.servers == 1)
    tell_constant(system, tell);
  return std::move(tell).finish("");
}

}  // namespace fleetsim::serving
