#pragma once
#include <cstdint>
#include <span>

#include "sim/engine.h"
#include "workloads/serving/iteration_cost.h"
#include "workloads/serving/request.h"
#include "workloads/serving/scheduler_config.h"

namespace fleetsim::serving {

// What a replica keeps of those that take part in its passes, and of the passes.

using Slot = std::uint32_t;
inline constexpr Slot no_slot = UINT32_MAX;

struct Sequence {
  enum class Stage : std::uint8_t { free, reading, decoding };
  RequestId request{};  // none: it was cancelled, and leaves after the pass
  std::span<const std::uint64_t> hashes{};
  Stage stage = Stage::free;
  std::uint32_t use = 0;     // how often the slot was taken: tells its users apart
  std::uint32_t blocks = 0;  // of the cache that it holds
  std::uint32_t prompt = 0;
  std::uint32_t goal = 0;      // tokens to read before it makes the next
  std::uint32_t known = 0;     // of those, tokens that are there
  std::int64_t shift = 0;      // its context is shift + ticks while it decodes
  std::int64_t last = 0;       // tick that makes its last token
  std::uint64_t order = 0;     // of being let in
  Fine joined = 0;             // when it made its first token here
  double acceptance = 1;       // of its drafted tokens
  std::uint32_t verified = 1;  // tokens that the pass under way makes of it
  std::uint32_t adapter = 0;
};

struct Finish {
  std::int64_t tick;
  Slot slot;
  std::uint32_t use;
  friend bool operator>(const Finish& x, const Finish& y) {
    return x.tick != y.tick ? x.tick > y.tick : x.slot > y.slot;
  }
};

struct Waiting {
  RequestId request;
  std::uint32_t ticket;
};

constexpr std::int64_t pages_for(std::int64_t tokens, std::int64_t page) {
  return (tokens + page - 1) / page;
}

// Pages of a request's first tokens beside the blocks that it shares. With hashes a prompt takes
// whole blocks, of which some are the cache's, and what is made after it pages of their own.
inline std::int64_t pages_of(const SchedulerConfig& config, const Request& request,
                             std::int64_t tokens, std::uint32_t blocks) {
  if (!config.prefix_cache || request.hashes.empty()) return pages_for(tokens, config.page_tokens);
  const auto own = static_cast<std::int64_t>(request.hashes.size()) - blocks;
  return own * (config.block_tokens / config.page_tokens) +
         pages_for(tokens - request.prompt, config.page_tokens);
}

// Whether a request fits when it is alone, to its last token and those drafted after it.
inline bool can_hold(const SchedulerConfig& config, const Request& request) {
  const std::int64_t drafted = config.speculation ? config.speculation->draft : 0;
  const std::int64_t made = config.role == Role::prefill ? 0 : request.output + drafted;
  return pages_of(config, request, request.prompt + made, 0) <= config.pages;
}

// Tokens of a prompt, in a pass.
struct Piece {
  Slot slot;
  std::uint32_t tokens;
};

// A row of passes under way.
struct PassRow {
  bool runs = false, decodes = false;
  Fine begin = 0, end = 0;
  Pace pace{};
  std::int64_t passes = 0, counted = 0;   // counted: those that tallies know of
  std::int64_t sequences = 0, pages = 0;  // present, in use, when it began
  std::uint32_t spare = 0;                // tokens of prompts that a pass could read beside
  Fine moving = 0;                        // before the first pass: what has to be there for it
  // With speculation, of its one pass: drafting; tokens that sequences accept, and make of them.
  Fine drafting = 0;
  std::int64_t accepted = 0, made = 0;
  EventHandle event{};
};

}  // namespace fleetsim::serving
