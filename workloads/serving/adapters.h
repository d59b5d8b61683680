#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "sim/law.h"
#include "workloads/serving/fine.h"
#include "workloads/serving/prefix_cache.h"

namespace fleetsim::serving {

// Small sets of weights (LoRA) beside the model's, of which each request needs one. A replica has
// `slots` of them on its devices; another one takes the place of that which nobody uses for longest
// (LRU), and holds up the pass while it is loaded.
struct Adapters {
  Law popularity;           // which number a request needs
  std::uint32_t slots = 1;  // of a replica
  double load = 0;          // s
};

// The adapter that a request needs follows from its luck alone.
std::uint32_t adapter_of(const Adapters& adapters, std::uint64_t luck);
// Numbers 0 .. count - 1 with weights 1 / (i + 1)^exponent (Zipf).
Result<Law> zipf(std::uint32_t count, double exponent);

class AdapterSlots {
 public:
  explicit AdapterSlots(const std::optional<Adapters>& config) : config_(config) {}

  bool any() const { return config_.has_value(); }
  std::uint32_t needed(std::uint64_t luck) const { return adapter_of(*config_, luck); }
  bool has_room(std::uint32_t adapter) const;
  // One more uses it; whether it had to be loaded. REQUIRES: has_room(adapter).
  bool use(std::uint32_t adapter);
  Fine load_time() const { return fine_of(config_->load); }
  void let_go(std::uint32_t adapter);
  void clear() { there_.clear(); }

 private:
  const std::optional<Adapters>& config_;
  PrefixCache there_;  // blocks are adapters, named by their numbers
};

}  // namespace fleetsim::serving
