#include "workloads/serving/lockstep.h"

#include <cmath>

#include "workloads/queueing/layout.h"

namespace fleetsim::serving {
namespace {

bool alike(const ClientConfig& client) {
  return client.sessions && !client.sessions->growth &&
         queueing::is_constant(client.sessions->think) && client.sessions->think.mean() == 0 &&
         queueing::is_constant(*client.prompt) && queueing::is_constant(*client.output);
}

bool undisturbed(const ServingConfig& config) {
  const ClientConfig& client = config.clients.front();
  return config.clients.size() == 1 && config.replicas() == 1 && !client.timeout &&
         !client.patience && !client.rate_limit && !config.queue_limit && !config.in_flight_limit &&
         client.delay.front() == Duration{};
}

}  // namespace

std::optional<Lockstep> lockstep(const ServingConfig& config) {
  const ClientConfig& client = config.clients.front();
  const auto* users = std::get_if<Users>(&client.arrivals);
  if (users == nullptr || config.upkeep || !undisturbed(config) || !alike(client))
    return std::nullopt;
  const SchedulerConfig& scheduler = config.groups.front().scheduler;
  const std::int64_t n = users->count;
  const auto prompt = static_cast<std::int64_t>(std::ceil(client.prompt->mean()));
  const auto output = static_cast<std::int64_t>(std::ceil(client.output->mean()));
  const std::int64_t pages = n * ((prompt + output) / scheduler.page_tokens + 1);
  if (scheduler.chunk || n > scheduler.max_batch || n * prompt > scheduler.max_tokens ||
      pages + scheduler.watermark > scheduler.pages)
    return std::nullopt;
  const IterationCost cost(config.groups.front().cost);
  const Fine read =
      cost.pace({.fresh = n * prompt, .pairs = n * (prompt * (prompt + 1) / 2)}).pass(0);
  Fine decode = 0;
  if (output > 1)
    decode = cost.pace({.decodes = n, .context = n * (prompt + 1)}).passes(output - 1);
  return Lockstep{seconds_of(read), seconds_of(read + decode)};
}

}  // namespace fleetsim::serving
