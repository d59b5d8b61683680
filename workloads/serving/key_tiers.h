#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "workloads/serving/fine.h"
#include "workloads/serving/prefix_cache.h"

namespace fleetsim::serving {

// A place for keys and values that memory has no room for: the host's memory, a disk.
struct KeyTier {
  std::string name;
  double capacity = 0;   // B, of a replica
  double bandwidth = 1;  // B/s
  double latency = 0;    // s, of a transfer
};
inline constexpr std::size_t most_tiers = 4;

// The tiers of a replica. Sequences that give way are swapped out to the first that has room, and
// stay there. Blocks of prompts that memory gives up go to the first, which gives up the one that
// came first to the next, and so on (LRU by tier); what memory takes back is there no longer.
// Sequences come before blocks. Writing blocks is hidden behind passes; all else takes latency +
// bytes / bandwidth.
class KeyTiers {
 public:
  KeyTiers(const std::vector<KeyTier>& tiers, double block_bytes);

  bool any() const { return !tiers_.empty(); }

  // The tier where so many bytes of a sequence have been put; none: there is no room.
  std::optional<std::uint32_t> hold(std::int64_t bytes);
  void let_go(std::uint32_t tier, std::int64_t bytes);
  Fine time(std::uint32_t tier, std::int64_t bytes) const;  // of one transfer

  void keep(std::uint64_t hash);  // a block that memory gives up
  // How many of the hashes, from the first on, are in any tier.
  std::uint32_t find(std::span<const std::uint64_t> hashes) const;
  // They go to memory. REQUIRES: all are here.
  struct Taken {
    Fine time = 0;
    std::array<std::int64_t, most_tiers> blocks{};
  };
  Taken take(std::span<const std::uint64_t> hashes);
  void clear();

 private:
  struct Tier {
    std::int64_t capacity = 0, held = 0;  // B; of sequences
    Fine byte = 0, latency = 0;
    PrefixCache blocks{};
  };
  std::optional<std::uint32_t> tier_of(std::uint64_t hash) const;
  void keep_from(std::size_t tier, std::uint64_t hash);
  void make_room(std::size_t tier, std::int64_t bytes);

  std::vector<Tier> tiers_;
  std::int64_t block_bytes_;
};

}  // namespace fleetsim::serving
