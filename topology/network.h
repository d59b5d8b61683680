#pragma once
#include <cstdint>

#include "sim/engine.h"
#include "topology/fleet.h"

namespace fleetsim {

struct Transfer {
  DeviceId from, to;
  std::int64_t bytes = 0;
  std::uint64_t label = 0;  // what the hash that chooses among equal routes is taken of
};

// All that the work may ask of a network. Two answer: the ideal one, where every transfer has its
// way to itself, and the fluid one, where transfers share links; a job cannot tell which it has.
class Network {
 public:
  virtual ~Network() = default;

  // Runs `delivered` when the last byte is there. REQUIRES: bytes >= 0, and a way in the fleet.
  virtual void send(const Transfer& transfer, Event delivered) = 0;
};

// Every transfer takes the latency of its way, and its bytes over the least rate on it.
class IdealNetwork final : public Network {
 public:
  IdealNetwork(Engine& engine, const Fleet& fleet) : engine_(engine), fleet_(fleet) {}
  void send(const Transfer& transfer, Event delivered) override;

 private:
  Engine& engine_;
  const Fleet& fleet_;
  Route route_;
};

// The number that equal-cost routing makes of a transfer: a function of its ends and label alone,
// so that a flow keeps its way, and of nothing random (SplitMix64, Steele, Lea and Flood 2014).
std::uint64_t route_hash(const Transfer& transfer);

}  // namespace fleetsim
