#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/units.h"

namespace fleetsim::serving {

// Requests in the order of their arrival, as columns. What a source does not tell is left empty:
// no sessions, or no hashes. Prompts that begin with the same hashes begin with the same tokens,
// `block_tokens` of them a hash; the last block of a prompt may be shorter.
struct RequestTrace {
  std::vector<Instant> arrival{};  // from the beginning of the trace; never falls
  std::vector<std::uint32_t> prompt{}, output{};  // tokens, at least one each
  std::vector<std::uint32_t> session{};           // empty, or one a request; 0: of no session
  std::uint32_t block_tokens = 0;
  std::vector<std::uint64_t> first_hash{};  // empty, or where those of a request begin; and an end
  std::vector<std::uint64_t> hashes{};

  std::size_t size() const { return arrival.size(); }
  std::span<const std::uint64_t> hashes_of(std::size_t request) const {
    if (first_hash.empty()) return {};
    return std::span(hashes).subspan(first_hash[request],
                                     first_hash[request + 1] - first_hash[request]);
  }
};

}  // namespace fleetsim::serving
