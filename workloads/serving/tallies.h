#pragma once
#include <cstdint>

#include "workloads/serving/fine.h"

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
  Fine gaps = 0;  // between tokens, of all sequences
};

}  // namespace fleetsim::serving
