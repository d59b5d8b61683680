#pragma once
#include <bit>
#include <cstdint>
#include <string_view>

#include "sim/record.h"

namespace fleetsim {

// A fingerprint of a history: equal for equal runs on every machine and build, and changed by any
// record that differs, is missing, or comes in another order. It is no defence against forgery.
class Digest final : public RecordSink {
 public:
  void write(std::span<const Record> batch) override {
    for (const Record& r : batch) {
      const std::string_view what = r.what;
      mix(what.size());
      for (const char c : what) mix(static_cast<unsigned char>(c));
      mix(static_cast<std::uint64_t>(r.when.ns));
      mix(r.who);
      mix(std::bit_cast<std::uint64_t>(r.value));
      mix(static_cast<std::uint64_t>(r.shape));
    }
  }

  std::uint64_t value() const { return state_; }

 private:
  // Every step is a bijection of the state (exclusive or, an odd factor, a shift folded in), so two
  // histories that differ in one word never meet again by that word alone. The constants are those
  // of SplitMix64 (Steele, Lea, Flood 2014).
  void mix(std::uint64_t word) {
    state_ = (state_ ^ word) + 0x9E3779B97F4A7C15u;
    state_ = (state_ ^ (state_ >> 30)) * 0xBF58476D1CE4E5B9u;
    state_ = (state_ ^ (state_ >> 27)) * 0x94D049BB133111EBu;
    state_ ^= state_ >> 31;
  }

  std::uint64_t state_ = 0;
};

}  // namespace fleetsim
