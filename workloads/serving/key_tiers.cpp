#include "workloads/serving/key_tiers.h"

#include <algorithm>
#include <cmath>

#include "sim/check.h"

namespace fleetsim::serving {

KeyTiers::KeyTiers(const std::vector<KeyTier>& tiers, double block_bytes)
    : block_bytes_(std::max<std::int64_t>(1, std::llround(block_bytes))) {
  check(tiers.size() <= most_tiers, "tallies count blocks of so many tiers");
  for (const KeyTier& tier : tiers)
    tiers_.push_back({.capacity = static_cast<std::int64_t>(tier.capacity),
                      .byte = fine_of(1 / tier.bandwidth),
                      .latency = fine_of(tier.latency)});
}

Fine KeyTiers::time(std::uint32_t tier, std::int64_t bytes) const {
  return tiers_[tier].latency + tiers_[tier].byte * bytes;
}

// Blocks give way, to the next tier. REQUIRES: it can.
void KeyTiers::make_room(std::size_t tier, std::int64_t bytes) {
  Tier& here = tiers_[tier];
  while (here.held + here.blocks.blocks() * block_bytes_ + bytes > here.capacity)
    keep_from(tier + 1, here.blocks.give_up_one());
}

std::optional<std::uint32_t> KeyTiers::hold(std::int64_t bytes) {
  for (std::uint32_t tier = 0; tier < tiers_.size(); ++tier) {
    if (tiers_[tier].held + bytes > tiers_[tier].capacity) continue;
    make_room(tier, bytes);
    tiers_[tier].held += bytes;
    return tier;
  }
  return std::nullopt;
}

void KeyTiers::let_go(std::uint32_t tier, std::int64_t bytes) {
  tiers_[tier].held -= bytes;
  check(tiers_[tier].held >= 0, "a sequence leaves with what it came with");
}

void KeyTiers::keep(std::uint64_t hash) {
  if (const auto old = tier_of(hash)) tiers_[*old].blocks.give_up(hash);
  keep_from(0, hash);
}

void KeyTiers::keep_from(std::size_t tier, std::uint64_t hash) {
  for (; tier < tiers_.size(); ++tier) {
    Tier& here = tiers_[tier];
    if (here.held + block_bytes_ > here.capacity) continue;
    make_room(tier, block_bytes_);
    here.blocks.bring({&hash, 1}, 0);
    return here.blocks.let_go({&hash, 1}, 1);
  }
}

std::optional<std::uint32_t> KeyTiers::tier_of(std::uint64_t hash) const {
  for (std::uint32_t tier = 0; tier < tiers_.size(); ++tier)
    if (tiers_[tier].blocks.has(hash)) return tier;
  return std::nullopt;
}

std::uint32_t KeyTiers::find(std::span<const std::uint64_t> hashes) const {
  std::uint32_t n = 0;
  while (n < hashes.size() && tier_of(hashes[n])) ++n;
  return n;
}

KeyTiers::Taken KeyTiers::take(std::span<const std::uint64_t> hashes) {
  Taken taken;
  for (const std::uint64_t hash : hashes) {
    const auto tier = tier_of(hash);
    check(tier.has_value(), "a block that is taken has been found");
    tiers_[*tier].blocks.give_up(hash);
    ++taken.blocks[*tier];
  }
  for (std::uint32_t tier = 0; tier < tiers_.size(); ++tier)
    if (taken.blocks[tier] > 0) taken.time += time(tier, taken.blocks[tier] * block_bytes_);
  return taken;
}

void KeyTiers::clear() {
  for (Tier& tier : tiers_) {
    tier.held = 0;
    tier.blocks.clear();
  }
}

}  // namespace fleetsim::serving
