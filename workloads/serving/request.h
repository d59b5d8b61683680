#pragma once
#include <cstdint>
#include <span>

#include "sim/ids.h"
#include "sim/units.h"

namespace fleetsim::serving {

using RequestId = Id<struct RequestTable>;

// A request on its way: what it asks for, and how far it is.
struct Request {
  std::uint64_t number = 0;              // in the order of arrival
  std::uint32_t prompt = 1, output = 1;  // tokens
  std::uint32_t made = 0;                // tokens of the output so far
  std::uint32_t cached = 0;   // tokens of the prompt that its present replica need not read
  std::uint32_t brought = 0;  // tokens of which keys and values come along from another replica
  std::uint32_t client = 0;
  std::uint32_t priority = 0;               // 0 goes first
  std::uint64_t session = 0;                // stands for its conversation; 0: of none
  std::span<const std::uint64_t> hashes{};  // of blocks of the prompt; last as long as it
  Instant arrived{};                        // at the client
  Instant ready{};      // when its present try could have begun, were nobody else there
  Instant submitted{};  // to its present replica
  Instant scheduled{};  // the first pass that it took part in began
  Instant first_token{};
  std::uint32_t ticket = 0;         // of its present place in a line; another one makes that void
  std::uint64_t luck = 0;           // what chance of its own follows from, wherever it is
  std::uint32_t tier = UINT32_MAX;  // of its replica, where its keys are while it is swapped out
  std::uint32_t slot = UINT32_MAX;  // of its replica, while it takes part in passes
};

}  // namespace fleetsim::serving
