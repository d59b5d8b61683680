#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "workloads/serving/adapters.h"
#include "workloads/serving/key_tiers.h"
#include "workloads/serving/speculation.h"

namespace fleetsim::serving {

// What of a request a replica does: all; or its prompt and first token; or what comes after that.
enum class Role : std::uint8_t { both, prefill, decode };

// How a replica puts passes together.
struct SchedulerConfig {
  std::uint32_t max_batch = 256;    // sequences at once
  std::uint32_t max_tokens = 8192;  // of a pass: those that decode and those of prompts
  // Of prompts, in a pass that decodes too. None: passes that read prompts read whole ones, and
  // decoding waits for them.
  std::optional<std::uint32_t> chunk{};
  std::int64_t pages = 0;  // of keys and values that memory holds
  std::uint32_t page_tokens = 16;
  std::int64_t watermark = 0;  // pages that stay free when a sequence is let in
  bool prefix_cache = false;
  std::uint32_t block_tokens = 512;  // of a hash; a multiple of page_tokens
  Role role = Role::both;
  double key_bytes = 0;          // of a token, on all devices of a replica
  bool swap = false;             // who gives way is swapped out, where tiers have room
  std::vector<KeyTier> tiers{};  // nearest first
  std::optional<Speculation> speculation{};
  std::optional<Adapters> adapters{};
  bool one_by_one = false;  // every pass an event of its own: slow, to check with
};

// Whether so many tokens of one sequence fit when it is alone.
constexpr bool holds(const SchedulerConfig& config, std::int64_t tokens) {
  return (tokens + config.page_tokens - 1) / config.page_tokens <= config.pages;
}

}  // namespace fleetsim::serving
