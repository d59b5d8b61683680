#pragma once
#include <Random123/philox.h>

#include <cstdint>
#include <string_view>

namespace fleetsim {

// A stream of random words. Word n of an entity's stream for a purpose is a pure function of
// (seed, replication, purpose, entity, n): adding an entity, a purpose or a draw elsewhere changes
// nothing here, and common random numbers come for free.
//
// Philox4x32-10 (Salmon et al., SC 2011; Random123): the key is made of seed and replication, the
// counter is (n / 2, entity, purpose), so distinct streams of a run never overlap.
class Stream {
 public:
  using result_type = std::uint64_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return UINT64_MAX; }

  // How uniforms become draws. `inversion` maps one uniform u to one draw by the quantile function;
  // `antithetic` does so with 1 - u. A pair of runs, one of each, has negatively correlated draws.
  enum class Mode : std::uint8_t { free, inversion, antithetic };

  Stream(std::uint64_t key, std::uint32_t purpose, std::uint32_t entity, Mode mode)
      : key_(key),
        entity_(entity),
        purpose_(purpose),
        mode_(mode) {}

  Mode mode() const { return mode_; }

  result_type operator()() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const philox4x32_ctr_t counter = {{low(block_), high(block_), entity_, purpose_}};
    const philox4x32_key_t key = {{low(key_), high(key_)}};
    const philox4x32_ctr_t words = philox4x32_R(10, counter, key);
    ++block_;
    spare_ = word(words.v[2], words.v[3]);
    has_spare_ = true;
    return word(words.v[0], words.v[1]);
  }

  // Uniform on the open interval (0, 1), on a lattice symmetric about 1/2; 1 - u when antithetic.
  double uniform() {
    const double u = (static_cast<double>((*this)() >> 12) + 0.5) * 0x1p-52;
    return mode_ == Mode::antithetic ? 1 - u : u;
  }

 private:
  static std::uint32_t low(std::uint64_t w) { return static_cast<std::uint32_t>(w); }
  static std::uint32_t high(std::uint64_t w) { return static_cast<std::uint32_t>(w >> 32); }
  static std::uint64_t word(std::uint32_t hi, std::uint32_t lo) {
    return std::uint64_t{hi} << 32 | lo;
  }

  std::uint64_t key_;
  std::uint64_t block_ = 0;
  std::uint64_t spare_ = 0;
  std::uint32_t entity_, purpose_;
  Mode mode_;
  bool has_spare_ = false;
};

// All the chance of one replication: hands out streams by name. A value; copying it copies nothing
// that changes.
struct Chance {
  std::uint64_t seed = 1;
  std::uint32_t replication = 0;
  Stream::Mode mode = Stream::Mode::free;

  // The purpose is a literal such as "queueing.service"; its hash is part of the stream's counter.
  Stream stream(std::string_view purpose, std::uint32_t entity = 0) const;
};

}  // namespace fleetsim
