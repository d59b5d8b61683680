#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace fleetsim::serving {

// Blocks of prompts whose keys and values are kept for prompts that begin alike. A block is named
// by a hash of all that comes before its end. Those that no sequence uses can be given up, the one
// that was let go first before others (LRU); of one sequence, the last block first.
class PrefixCache {
 public:
  std::int64_t blocks() const { return blocks_; }
  std::int64_t idle() const { return idle_; }  // blocks that nobody uses

  // How many of the hashes, from the first on, are there; and how many of those nobody uses.
  struct Found {
    std::uint32_t blocks = 0, idle = 0;
  };
  Found find(std::span<const std::uint64_t> hashes) const;
  bool has(std::uint64_t hash) const { return block_of(hash) != none; }

  // The first `n` are there: they are used once more.
  void hold(std::span<const std::uint64_t> hashes, std::uint32_t n);
  // Has them all used once more, those from `from` on; the number of blocks that were new. Ends
  // at the first that had been brought by somebody else in the meantime, which it does not use.
  std::uint32_t bring(std::span<const std::uint64_t> hashes, std::uint32_t from);
  void let_go(std::span<const std::uint64_t> hashes, std::uint32_t n);

  std::uint64_t give_up_one();       // its hash; REQUIRES: idle() > 0
  void give_up(std::uint64_t hash);  // REQUIRES: it is there, and nobody uses it
  void clear();

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  struct Block {
    std::uint64_t hash = 0;
    std::uint32_t users = 0, before = none, after = none;  // in the order of being let go
  };
  std::uint32_t seek(std::uint64_t hash) const;  // its place in the table, or that where it may go
  std::uint32_t block_of(std::uint64_t hash) const;  // or none
  void insert(std::uint64_t hash);
  void erase(std::uint32_t block);
  void grow();
  void take_out(std::uint32_t block);  // of the line of idle ones
  void use(std::uint32_t block);

  std::vector<Block> rows_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> table_;  // open addressing by hash: rows, or none
  std::uint32_t oldest_ = none, newest_ = none;
  std::int64_t blocks_ = 0, idle_ = 0;
};

}  // namespace fleetsim::serving
