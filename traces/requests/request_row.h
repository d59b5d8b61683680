#pragma once
#include <cstdint>
#include <vector>

#include "sim/result.h"
#include "sim/units.h"

namespace fleetsim::requests {

// One request of a trace. What a source does not tell is 0 or empty.
struct RequestRow {
  Instant arrival{};
  std::uint32_t prompt = 0, output = 0;  // tokens
  std::uint32_t session = 0;
  std::vector<std::uint64_t> hashes{};  // one for each block of the prompt
};

// Requests one after the other, so that a trace may be longer than memory: files are such sources,
// and so is what changes, joins or invents them. Arrivals never fall, the first is at 0 or later.
class RowSource {
 public:
  virtual ~RowSource() = default;
  virtual Result<bool> next(RequestRow& row) = 0;           // false: there are no more
  virtual std::uint32_t block_tokens() const { return 0; }  // tokens a hash; 0: has none
};

}  // namespace fleetsim::requests
