#include "workloads/serving/sessions.h"

#include <algorithm>
#include <cmath>

#include "workloads/serving/name_hash.h"

namespace fleetsim::serving {
namespace {

constexpr std::uint32_t most_tokens = 1u << 30;
// Who is turned away at once and would not think comes again after this.
constexpr Duration breath = 1_s;

}  // namespace

Sessions::Sessions(const ClientConfig& config, std::uint32_t block_tokens, const Chance& chance,
                   std::uint32_t client)
    : config_(config),
      block_tokens_(config.sessions->growth ? block_tokens : 0),
      client_(client),
      think_(chance.stream("serving.think", client)),
      turns_(chance.stream("serving.turns", client)) {}

void Sessions::begin(Session& session) {
  session = {.name = named_by(std::uint64_t{client_} + 1, ++begun_) | 1,
             .left = UINT32_MAX,
             .hashes = std::move(session.hashes)};
  session.hashes.clear();
  if (const auto& turns = config_.sessions->turns)
    session.left = static_cast<std::uint32_t>(std::clamp(std::ceil(turns->draw(turns_)), 1.0, 1e9));
}

std::uint32_t Sessions::open() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(sessions_.size()));
    sessions_.emplace_back();
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  begin(sessions_[number]);
  return number;
}

Duration Sessions::think() {
  return from_seconds(config_.sessions->think.draw(think_));
}

Arrivals::Arrival Sessions::say(std::uint32_t number, const Arrivals::Arrival& fresh) {
  Session& session = sessions_[number];
  Arrivals::Arrival out = fresh;
  out.session = session.name;
  ++session.turn;
  if (session.left != UINT32_MAX) --session.left;
  out.prompt = std::min(most_tokens, fresh.prompt + session.known);
  if (block_tokens_ == 0) return out;
  session.hashes.resize(session.whole);
  for (; session.whole < out.prompt / block_tokens_; ++session.whole)
    session.hashes.push_back(named_by(session.name, session.whole));
  if (out.prompt % block_tokens_ != 0)
    session.hashes.push_back(named_by(named_by(session.name, session.whole), session.turn));
  out.hashes = session.hashes;
  return out;
}

std::optional<Duration> Sessions::ended(std::uint32_t number, bool answered, std::uint32_t prompt,
                                        std::uint32_t output) {
  Session& session = sessions_[number];
  if (answered && config_.sessions->growth) session.known = std::min(most_tokens, prompt + output);
  const bool over = !answered || session.left == 0;
  if (over && !std::holds_alternative<Users>(config_.arrivals)) {
    free_.push_back(number);
    return std::nullopt;
  }
  if (over) begin(session);
  const Duration pause = think();
  return answered ? pause : std::max(pause, breath);
}

}  // namespace fleetsim::serving
