#include "workloads/serving/arrivals.h"

#include <algorithm>
#include <cmath>

#include "workloads/serving/name_hash.h"

namespace fleetsim::serving {
namespace {

// Whole tokens, one at least.
std::uint32_t tokens(const Law& law, Stream& stream) {
  constexpr double most = 1u << 30;
  return static_cast<std::uint32_t>(std::clamp(std::ceil(law.draw(stream)), 1.0, most));
}

double exponential(double rate, Stream& stream) {
  return -std::log(stream.uniform()) / rate;
}

}  // namespace

Arrivals::Arrivals(const ClientConfig& config, const Chance& chance, std::uint32_t number)
    : config_(config),
      number_(number),
      times_(chance.stream("serving.arrivals", number)),
      prompts_(chance.stream("serving.prompts", number)),
      outputs_(chance.stream("serving.outputs", number)) {
  if (const auto* mmpp = std::get_if<queueing::Mmpp>(&config.arrivals))
    left_ = exponential(1 / mmpp->states.front().mean_stay, times_);
}

std::optional<Arrivals::Arrival> Arrivals::next() {
  std::optional<Arrival> out;
  if (std::holds_alternative<Users>(config_.arrivals)) return out;
  if (const auto* replay = std::get_if<Replay>(&config_.arrivals)) {
    out = replayed(*replay);
    if (!out) return out;
  } else if (const auto* mmpp = std::get_if<queueing::Mmpp>(&config_.arrivals)) {
    out = fresh(last_ + gap(*mmpp));
  } else {
    out = fresh(last_ + gap(std::get<queueing::Renewal>(config_.arrivals)));
  }
  last_ = out->at;
  return out;
}

Arrivals::Arrival Arrivals::fresh(Instant now) {
  Arrival out{.at = now};
  if (config_.prompt) out.prompt = tokens(*config_.prompt, prompts_);
  if (config_.output) out.output = tokens(*config_.output, outputs_);
  return out;
}

Duration Arrivals::gap(const queueing::Renewal& renewal) {
  return from_seconds(renewal.interarrival.draw(times_));
}

// A gap that outlasts the state is drawn anew from its end on: the exponential law has no memory.
Duration Arrivals::gap(const queueing::Mmpp& mmpp) {
  double waited = 0;
  while (true) {
    const auto& state = mmpp.states[state_];
    const double gap = state.rate > 0 ? exponential(state.rate, times_) : left_;
    if (gap < left_) {
      left_ -= gap;
      return from_seconds(waited + gap);
    }
    waited += left_;
    state_ = (state_ + 1) % mmpp.states.size();
    left_ = exponential(1 / mmpp.states[state_].mean_stay, times_);
  }
}

std::optional<Arrivals::Arrival> Arrivals::replayed(const Replay& replay) {
  const RequestTrace& trace = *replay.trace;
  if (row_ == trace.size()) {
    if (!replay.repeats) return std::nullopt;
    row_ = 0;
    ++rounds_;
  }
  // A round is as long as the trace, and a mean gap more.
  const double span = seconds(trace.arrival.back() - Instant{});
  const double n = static_cast<double>(trace.size());
  const double round = n > 1 ? span * n / (n - 1) : span;
  const double at = static_cast<double>(rounds_) * round + seconds(trace.arrival[row_] - Instant{});
  const std::size_t row = row_++;
  Arrival out{.at = Instant{} + from_seconds(at / replay.speed),
              .prompt = trace.prompt[row],
              .output = trace.output[row],
              .hashes = trace.hashes_of(row)};
  if (replay.poisson) out.at = last_ + from_seconds(exponential(n * replay.speed / round, times_));
  if (!trace.session.empty() && trace.session[row] != 0)
    out.session = named_by(number_, trace.session[row]) | 1;
  return out;
}

}  // namespace fleetsim::serving
