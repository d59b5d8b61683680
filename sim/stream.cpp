#include "sim/stream.h"

namespace fleetsim {
namespace {

// SplitMix64's finaliser: a bijection in which every input bit reaches every output bit.
constexpr std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

constexpr std::uint32_t fnv1a(std::string_view text) {
  std::uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

}  // namespace

Stream Chance::stream(std::string_view purpose, std::uint32_t entity) const {
  const std::uint64_t key = mix(seed + 0x9E3779B97F4A7C15u) ^ mix(~std::uint64_t{replication});
  return {key, fnv1a(purpose), entity, mode};
}

}  // namespace fleetsim
