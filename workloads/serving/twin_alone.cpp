#include "workloads/serving/twin_alone.h"

#include <algorithm>
#include <cmath>

#include "workloads/queueing/layout.h"

namespace fleetsim::serving {
namespace {

constexpr double nanosecond = 1e-9;  // the clock rounds up to it, and a mean of gaps down

struct Tokens {
  std::uint32_t prompt = 1, output = 1;
};

// Where all requests are alike, and nothing but passes takes time.
std::optional<Tokens> alike(const ServingConfig& config) {
  if (config.clients.size() > 1 || config.groups.size() > 1) return std::nullopt;
  const ClientConfig& client = config.clients.front();
  const GroupConfig& group = config.groups.front();
  if (group.cost.stages > 1 || group.cost.load || group.cost.table || group.scheduler.speculation ||
      group.scheduler.adapters || config.upkeep || config.window || client.sessions)
    return std::nullopt;
  if (client.timeout || client.patience || client.delay.front() > Duration{}) return std::nullopt;
  if (!client.prompt || !client.output || !queueing::is_constant(*client.prompt) ||
      !queueing::is_constant(*client.output))
    return std::nullopt;
  const auto whole = [](const Law& law) {
    return static_cast<std::uint32_t>(std::max(1.0, std::ceil(law.mean())));
  };
  return Tokens{whole(*client.prompt), whole(*client.output)};
}

// A pass that reads n tokens of a prompt after `known`, or decodes one at so many keys.
double prefill_pass(const PassCost& cost, double n, double known) {
  if (cost.measured_prefill || cost.measured_decode)
    return (cost.measured_prefill ? cost.measured_prefill->at(n) : 0) + cost.launch_prefill;
  const double arithmetic = cost.token * n + cost.pair * (n * known + n * (n + 1) / 2);
  const double read =
      cost.weights + cost.experts * (1 - std::pow(1 - cost.chosen, n)) + cost.key * known;
  return std::max(arithmetic, read) + cost.message * n + cost.launch_prefill;
}

double decode_pass(const PassCost& cost, double keys) {
  if (cost.measured_prefill || cost.measured_decode)
    return (cost.measured_decode ? cost.measured_decode->at(1) : 0) + cost.sequence +
           cost.launch_decode;
  const double arithmetic = cost.token + cost.pair * keys;
  const double read = cost.weights + cost.experts * cost.chosen + cost.key * keys;
  return std::max(arithmetic, read) + cost.message + cost.sequence + cost.launch_decode;
}

struct Times {
  std::uint32_t pieces = 0;  // of the prompt
  double ttft = 0, e2e = 0;  // s
};

Times times_of(const GroupConfig& group, const Tokens& tokens) {
  const SchedulerConfig& scheduler = group.scheduler;
  const std::uint32_t most =
      scheduler.chunk ? std::min(*scheduler.chunk, scheduler.max_tokens) : tokens.prompt;
  Times out;
  for (std::uint32_t known = 0; known < tokens.prompt; ++out.pieces) {
    const std::uint32_t n = std::min(most, tokens.prompt - known);
    out.ttft += prefill_pass(group.cost, n, known);
    known += n;
  }
  out.e2e = out.ttft;
  for (std::uint32_t made = 1; made < tokens.output; ++made)
    out.e2e += decode_pass(group.cost, tokens.prompt + made);
  return out;
}

}  // namespace

std::vector<Prediction> predictions_alone(const ServingConfig& config) {
  const std::optional<Tokens> tokens = alike(config);
  if (!tokens) return {};
  const GroupConfig& group = config.groups.front();
  const auto* arrivals = std::get_if<queueing::Renewal>(&config.clients.front().arrivals);
  if (arrivals == nullptr || !queueing::is_constant(arrivals->interarrival) ||
      !holds(group.scheduler, tokens->prompt + tokens->output))
    return {};
  const Times times = times_of(group, *tokens);
  if (times.e2e + nanosecond >= arrivals->interarrival.mean()) return {};
  const bool one_pass = times.pieces == 1 && tokens->output == 1;
  std::vector<Prediction> out;
  const auto say = [&](const char* metric, double value) {
    out.push_back({metric, value, one_pass ? "s.roofline" : "s.prefill_decode", "", nanosecond});
  };
  say("serving.queue_wait.mean", 0);
  say("serving.ttft.mean", times.ttft);
  say("serving.e2e.mean", times.e2e);
  if (tokens->output == 1) return out;
  const double gap = (times.e2e - times.ttft) / (tokens->output - 1.0);
  say("serving.tpot.mean", gap);
  say("serving.itl.mean", gap);
  return out;
}

}  // namespace fleetsim::serving
