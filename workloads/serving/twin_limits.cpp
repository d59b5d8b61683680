#include "workloads/serving/twin_limits.h"

#include <cmath>

#include "workloads/queueing/layout.h"

namespace fleetsim::serving {
namespace {

// Requests a second that leave where so many are in the batch; fewer while they come and go.
double most_answered(const GroupConfig& group, std::int64_t held, std::int64_t prompt,
                     std::int64_t output) {
  const IterationCost cost(group.cost);
  const std::int64_t pairs = prompt * (prompt + 1) / 2;
  Fine time = cost.pace({.fresh = held * prompt, .pairs = held * pairs, .pieces = held}).pass(0);
  for (std::int64_t made = 1; made < output; ++made)
    time += cost.pace({.decodes = held, .context = held * (prompt + made)}).pass(0);
  return static_cast<double>(held) / seconds_of(time);
}

}  // namespace

std::optional<double> held_by_memory(const ServingConfig& config) {
  if (config.clients.size() > 1 || config.groups.size() > 1) return std::nullopt;
  const ClientConfig& client = config.clients.front();
  const GroupConfig& group = config.groups.front();
  const SchedulerConfig& scheduler = group.scheduler;
  const auto* arrivals = std::get_if<queueing::Renewal>(&client.arrivals);
  const bool constant = client.prompt && client.output && queueing::is_constant(*client.prompt) &&
                        queueing::is_constant(*client.output);
  if (arrivals == nullptr || !constant || client.patience || client.timeout || client.retry ||
      config.queue_limit || config.replicas() > 1 || scheduler.prefix_cache || scheduler.chunk ||
      scheduler.watermark > 0)
    return std::nullopt;
  const auto prompt = static_cast<std::int64_t>(std::ceil(client.prompt->mean()));
  const auto output = static_cast<std::int64_t>(std::ceil(client.output->mean()));
  const std::int64_t page = scheduler.page_tokens, own = (prompt + page - 1) / page;
  const std::int64_t held = scheduler.pages / own;
  if (prompt + output > own * page || held < 1 || held > scheduler.max_batch ||
      held * prompt > scheduler.max_tokens)
    return std::nullopt;
  constexpr double far = 1.2;  // more than it can answer
  if (1 / arrivals->interarrival.mean() < far * most_answered(group, held, prompt, output))
    return std::nullopt;
  return static_cast<double>(held);
}

}  // namespace fleetsim::serving
