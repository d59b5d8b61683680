#pragma once
#include <cstdint>

namespace fleetsim::serving {

// A word that stands for both, spread over all 64 bits: the finalizer of SplitMix64 (Steele, Lea
// and Flood, OOPSLA 2014), a bijection of the second for each first.
constexpr std::uint64_t named_by(std::uint64_t one, std::uint64_t other) {
  std::uint64_t z = (one + 1) * 0x9e3779b97f4a7c15u ^ other;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace fleetsim::serving
