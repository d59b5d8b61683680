#include "workloads/serving/twin.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "analytic/queueing/abandonment.h"
#include "analytic/queueing/closed_network.h"
#include "analytic/queueing/erlang.h"
#include "analytic/queueing/md1.h"
#include "workloads/queueing/layout.h"
#include "workloads/serving/alone.h"
#include "workloads/serving/lockstep.h"
#include "workloads/serving/metrics.h"
#include "workloads/serving/twin_alone.h"
#include "workloads/serving/twin_limits.h"
#include "workloads/serving/twin_upkeep.h"

namespace fleetsim::serving {
namespace {

// The fleet in the words of queueing theory: servers of which each takes one request at a time.
struct Servers {
  double rate = 0;  // 1/s, of all clients
  std::uint64_t servers = 1;
  double mean_service = 0;           // s
  bool exponential = false;          // or else constant
  std::optional<double> patience{};  // s, exponential
  std::uint32_t users = 0;           // of a closed loop, in place of the rate
  double think = 0;                  // s
};

const queueing::Renewal* poisson(const ClientConfig& client) {
  const auto* renewal = std::get_if<queueing::Renewal>(&client.arrivals);
  return renewal && queueing::is_exponential(renewal->interarrival) ? renewal : nullptr;
}

// Seconds a token where a pass takes what was measured, in proportion to the tokens of its prompts.
std::optional<double> slope(const PassCost& cost) {
  if (!cost.measured_prefill || cost.table || cost.launch_prefill > 0) return std::nullopt;
  const auto points = cost.measured_prefill->points();
  if (points.size() != 2 || points[0].x != 0 || points[0].y != 0) return std::nullopt;
  return points[1].y / points[1].x;
}

// A line before each of several replicas.
bool split(const ServingConfig& config) {
  return config.groups.front().replicas > 1 && config.routing == Routing::random;
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
  const bool scales = group.autoscale.has_value() && group.replicas == 1;
  if (config.upkeep && (!scales || !config.upkeep->failures.empty() || config.upkeep->upgrade))
    return {"replicas that stop and start"};
  if (group.scheduler.speculation) return {"passes that make several tokens of a sequence"};
  if (group.scheduler.adapters) return {"adapters that have to be loaded"};
  const queueing::Renewal* arrivals = poisson(client);
  const auto* users = std::get_if<Users>(&client.arrivals);
  if (arrivals == nullptr && users == nullptr) return {"arrivals that are not Poisson"};
  if (client.sessions && (users == nullptr || client.sessions->growth))
    return {"conversations of several requests"};
  if (group.scheduler.max_batch > 1) return {"batches: a pass serves several requests"};
  if (group.replicas > 1 && config.routing != Routing::central && config.routing != Routing::random)
    return {"a line before each replica"};
  if (users != nullptr && (split(config) || client.patience))
    return {"users of several lines, or without patience"};
  if (client.timeout || client.retry || config.queue_limit || client.rate_limit ||
      config.in_flight_limit || client.delay.front() > Duration{})
    return {"time-outs, retries, limits or distance"};
  Servers out{.servers = split(config) ? 1 : group.replicas};
  if (users != nullptr) {
    out.users = users->count;
    out.think = client.sessions->think.mean();
  } else {
    out.rate = 1 / arrivals->interarrival.mean() / (split(config) ? group.replicas : 1);
  }
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

// Of a replica that is off when idle theory says how often it is.
void tell_cold(const ServingConfig& config, const Servers& system, Telling& tell) {
  const AutoscaleConfig& scale = *config.groups.front().autoscale;
  if (scale.least > 0) return;
  tell.say("serving.cold", "s.cold",
           cold_share(system.rate, system.rate * system.mean_service, seconds(scale.idle),
                      seconds(config.upkeep->startup)));
}

void tell_users(const Servers& system, Telling& tell) {
  const auto loop = analytic::closed_network(
      {.stations = {{.mean_service = system.mean_service, .servers = system.servers}},
       .customers = system.users,
       .mean_think = system.think});
  if (!loop) return;
  tell.say("serving.throughput_requests", "q.closed", loop->throughput);
  tell.say("serving.e2e.mean", "q.closed", loop->response, 1e-9);
  tell.say("serving.ttft.mean", "q.closed", loop->response, 1e-9);
  tell.say("serving.queue_wait.mean", "q.closed", loop->response - system.mean_service, 1e-9);
  tell.say("serving.in_flight", "q.closed", loop->throughput * loop->response);
  tell.say("serving.utilization", "q.closed",
           loop->throughput * system.mean_service / static_cast<double>(system.servers));
}

void tell_lockstep(const ServingConfig& config, const Lockstep& loop, Telling& tell) {
  const ClientConfig& client = config.clients.front();
  const double users = std::get<Users>(client.arrivals).count;
  tell.say("serving.throughput_requests", "s.batch", users / loop.cycle, 1e-9 * users);
  tell.say("serving.throughput_tokens", "s.batch",
           users * std::ceil(client.output->mean()) / loop.cycle, 1e-9 * users);
  tell.say("serving.e2e.mean", "s.batch", loop.cycle, 1e-9);
  tell.say("serving.ttft.mean", "s.batch", loop.first, 1e-9);
  tell.say("serving.in_flight", "s.batch", users, 1e-9);
  tell.say("serving.batch_size", "s.batch", users, 1e-9);
  tell.say("serving.utilization", "s.batch", 1, 1e-9);
}

// A pass accepts i drafted tokens or more with the probability a^i, so a / (1 - a) (1 - a^k) of k
// on average; of the last pass of an answer what is beyond its end does not count.
void tell_speculation(const ServingConfig& config, Telling& tell) {
  const auto& speculation = config.groups.front().scheduler.speculation;
  if (!speculation || speculation->concentration) return;
  const double a = speculation->acceptance;
  double accepted = 0, power = a;
  for (std::uint32_t i = 0; i < speculation->draft; ++i, power *= a) accepted += power;
  tell.say("serving.accepted", "s.spec", accepted / speculation->draft);
  if (config.clients.size() > 1 || !config.clients.front().output ||
      !queueing::is_constant(*config.clients.front().output))
    return;
  const double later = std::ceil(config.clients.front().output->mean()) - 1;
  if (later < 1 || later > 1e6) return;
  const double passes = passes_until(*speculation, a, static_cast<std::uint32_t>(later));
  const double drafted = speculation->draft * (1 + speculation->draft_flops);
  tell.say("serving.tokens_per_pass", "s.spec", later / passes);
  tell.say("serving.operations", "s.spec", passes * (1 + drafted) / later);
}

}  // namespace

Twin twin_of(const ServingConfig& config) {
  Telling tell(config);
  for (const Prediction& prediction : predictions_alone(config)) tell.say(prediction);
  if (const auto held = held_by_memory(config)) tell.say("serving.batch_size", "s.kv", *held, 1e-9);
  tell_speculation(config, tell);
  if (const auto up = config.upkeep ? availability_of(config) : std::nullopt)
    tell.say("serving.replicas", "s.up", up->replicas);
  if (const auto loop = lockstep(config)) {
    tell_lockstep(config, *loop, tell);
    return std::move(tell).finish("");
  }
  const Seen seen = seen_of(config);
  if (!seen.why.empty()) return std::move(tell).finish("no closed form: " + seen.why);
  const Servers& system = seen.system;
  const double load = system.rate * system.mean_service / static_cast<double>(system.servers);
  if (config.upkeep) {
    if (system.users == 0 && !system.patience && load < 1) tell_cold(config, system, tell);
    return std::move(tell).finish("no closed form: a replica that is off when idle");
  }
  if (system.users > 0) {
    if (!system.exponential) return std::move(tell).finish("no closed form: constant services");
    tell_users(system, tell);
    return std::move(tell).finish("");
  }
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
