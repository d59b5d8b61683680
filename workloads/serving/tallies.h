#pragma once
#include <array>
#include <cstdint>

#include "workloads/serving/fine.h"
#include "workloads/serving/key_tiers.h"

namespace fleetsim::serving {

// What a replica has done since it began, or in between: a difference of two.
struct Tallies {
  Fine busy = 0;
  Fine arithmetic = 0, memory = 0;                // of that: what held passes up
  Fine keys = 0;                                  // reading keys and values, hidden or not
  Fine prefill_only = 0;                          // of that: passes that only read prompts
  double sequence_seconds = 0;                    // sequences in passes x time
  double page_seconds = 0;                        // pages in use x time
  std::int64_t decoded = 0, read = 0;             // tokens
  std::int64_t hit_tokens = 0, asked_tokens = 0;  // of prompts let in: found in the cache, all
  std::int64_t hit_blocks = 0, asked_blocks = 0;
  Fine gaps = 0;                            // between tokens, of all sequences
  std::int64_t verified = 0, accepted = 0;  // sequences x passes with drafts; drafted tokens kept
  std::int64_t swapped = 0;                 // sequences, out
  std::array<std::int64_t, most_tiers> tier_blocks{};   // of the blocks that were found: where
  std::int64_t adapters_used = 0, adapters_loaded = 0;  // by sequences that were let in
};

}  // namespace fleetsim::serving
