#pragma once
#include <optional>

#include "sim/stream.h"
#include "workloads/serving/config.h"

namespace fleetsim::serving {

// What a client sends, one request after the other. Users come by themselves; see Sessions.
class Arrivals {
 public:
  struct Arrival {
    Instant at{};
    std::uint32_t prompt = 1, output = 1;
    std::uint64_t session = 0;  // stands for it; 0: of none
    std::span<const std::uint64_t> hashes{};
  };
  Arrivals(const ClientConfig& config, const Chance& chance, std::uint32_t number);
  std::optional<Arrival> next();  // nothing: the trace is at its end, or all are users
  Arrival fresh(Instant now);     // of lengths that are drawn

 private:
  Duration gap(const queueing::Renewal& renewal);
  Duration gap(const queueing::Mmpp& mmpp);
  std::optional<Arrival> replayed(const Replay& replay);

  const ClientConfig& config_;
  std::uint32_t number_;
  Stream times_, prompts_, outputs_;
  Instant last_{};
  std::size_t row_ = 0;      // of the trace
  std::int64_t rounds_ = 0;  // through it
  std::size_t state_ = 0;    // of an MMPP
  double left_ = 0;          // s of its stay there
};

}  // namespace fleetsim::serving
