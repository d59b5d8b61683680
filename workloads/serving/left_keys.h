#pragma once
#include <cstdint>
#include <map>
#include <span>

#include "workloads/serving/request.h"

namespace fleetsim::serving {

// What sequences that were handed over have left behind, by the order of their being let in: it
// takes pages until it has been sent.
struct LeftKeys {
  RequestId request{};
  std::uint32_t ticket = 0;  // of the request then; another one: it is no longer here
  std::span<const std::uint64_t> hashes{};
  std::uint32_t blocks = 0;  // of the cache, in use
  std::int64_t pages = 0;    // beside those
};
using LeftKeysByOrder = std::map<std::uint64_t, LeftKeys>;

}  // namespace fleetsim::serving
