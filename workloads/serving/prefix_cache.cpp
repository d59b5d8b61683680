#include "workloads/serving/prefix_cache.h"

#include "sim/check.h"

namespace fleetsim::serving {
namespace {

// Hashes of a trace may be numbers in a row; a multiplication spreads them (Fibonacci hashing).
std::size_t spread(std::uint64_t hash) {
  const std::uint64_t mixed = hash * 0x9E3779B97F4A7C15u;
  return static_cast<std::size_t>(mixed ^ mixed >> 32);
}

}  // namespace

std::uint32_t PrefixCache::seek(std::uint64_t hash) const {
  const std::size_t mask = table_.size() - 1;
  std::size_t at = spread(hash) & mask;
  while (table_[at] != none && rows_[table_[at]].hash != hash) at = (at + 1) & mask;
  return static_cast<std::uint32_t>(at);
}

std::uint32_t PrefixCache::block_of(std::uint64_t hash) const {
  return table_.empty() ? none : table_[seek(hash)];
}

PrefixCache::Found PrefixCache::find(std::span<const std::uint64_t> hashes) const {
  Found found;
  for (const std::uint64_t hash : hashes) {
    const std::uint32_t block = block_of(hash);
    if (block == none) break;
    ++found.blocks;
    found.idle += rows_[block].users == 0;
  }
  return found;
}

void PrefixCache::take_out(std::uint32_t block) {
  Block& row = rows_[block];
  (row.before == none ? oldest_ : rows_[row.before].after) = row.after;
  (row.after == none ? newest_ : rows_[row.after].before) = row.before;
  row.before = row.after = none;
  --idle_;
}

void PrefixCache::use(std::uint32_t block) {
  if (rows_[block].users++ == 0) take_out(block);
}

void PrefixCache::hold(std::span<const std::uint64_t> hashes, std::uint32_t n) {
  for (const std::uint64_t hash : hashes.first(n)) {
    const std::uint32_t block = block_of(hash);
    check(block != none, "a block that is held has been found");
    use(block);
  }
}

std::uint32_t PrefixCache::bring(std::span<const std::uint64_t> hashes, std::uint32_t from) {
  std::uint32_t brought = 0;
  for (const std::uint64_t hash : hashes.subspan(from)) {
    if (block_of(hash) != none) break;
    insert(hash);
    ++brought;
  }
  return brought;
}

// The last is let go first, so that of a prompt's blocks the first stays longest: without it those
// behind it are of no use.
void PrefixCache::let_go(std::span<const std::uint64_t> hashes, std::uint32_t n) {
  for (std::uint32_t i = n; i-- > 0;) {
    const std::uint32_t block = block_of(hashes[i]);
    check(block != none && rows_[block].users > 0, "a block that is let go is in use");
    if (--rows_[block].users > 0) continue;
    rows_[block].before = newest_;
    rows_[block].after = none;
    (newest_ == none ? oldest_ : rows_[newest_].after) = block;
    newest_ = block;
    ++idle_;
  }
}

void PrefixCache::insert(std::uint64_t hash) {
  if (static_cast<std::size_t>(blocks_ + 1) * 2 > table_.size()) grow();
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(rows_.size()));
    rows_.emplace_back();
  }
  const std::uint32_t row = free_.back();
  free_.pop_back();
  rows_[row] = {.hash = hash, .users = 1};
  table_[seek(hash)] = row;
  ++blocks_;
}

void PrefixCache::grow() {
  table_.assign(table_.empty() ? 64 : table_.size() * 2, none);
  std::vector<bool> unused(rows_.size());
  for (const std::uint32_t row : free_) unused[row] = true;
  for (std::uint32_t row = 0; row < rows_.size(); ++row)
    if (!unused[row]) table_[seek(rows_[row].hash)] = row;
}

std::uint64_t PrefixCache::give_up_one() {
  check(oldest_ != none, "a block that is given up is idle");
  const std::uint64_t hash = rows_[oldest_].hash;
  erase(oldest_);
  return hash;
}

void PrefixCache::give_up(std::uint64_t hash) {
  const std::uint32_t block = block_of(hash);
  check(block != none && rows_[block].users == 0, "a block that is given up is idle");
  erase(block);
}

// Rows that were pushed on by others move up into the gap (Knuth 6.4, algorithm R).
void PrefixCache::erase(std::uint32_t block) {
  take_out(block);
  const std::size_t mask = table_.size() - 1;
  std::size_t gap = seek(rows_[block].hash);
  for (std::size_t at = (gap + 1) & mask; table_[at] != none; at = (at + 1) & mask) {
    const std::size_t home = spread(rows_[table_[at]].hash) & mask;
    if (((at - home) & mask) < ((at - gap) & mask)) continue;
    table_[gap] = table_[at];
    gap = at;
  }
  table_[gap] = none;
  free_.push_back(block);
  --blocks_;
}

void PrefixCache::clear() {
  *this = {};
}

}  // namespace fleetsim::serving
