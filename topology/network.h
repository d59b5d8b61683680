#pragma once
#include <cstdint>
#include <vector>

#include "sim/engine.h"
#include "sim/stream.h"
#include "topology/fleet.h"

namespace fleetsim {

struct Transfer {
  DeviceId from, to;
  std::int64_t bytes = 0;
  std::uint64_t label = 0;  // what the hash that chooses among equal routes is taken of
  bool striped = false;     // from all of the cluster of `from` to all of the cluster of `to`
};

// All that the work may ask of a network. Two answer: the ideal one, where every transfer has its
// way to itself, and the fluid one, where transfers share links; a job cannot tell which it has.
class Network {
 public:
  virtual ~Network() = default;

  // Runs `delivered` when the last byte is there. REQUIRES: bytes >= 0, and a way in the fleet.
  virtual void send(const Transfer& transfer, Event delivered) = 0;
};

// The part of the delay of wide links that is chance: drawn for each transfer that crosses one.
class Jitter {
 public:
  Jitter(const Fleet& fleet, const Chance& chance);
  Duration draw(const Path& links);

 private:
  const Fleet& fleet_;
  std::vector<Stream> streams_;  // by wide link
};

// Every transfer takes the latency of its way, and its bytes over the least rate on it.
class IdealNetwork final : public Network {
 public:
  IdealNetwork(Engine& engine, const Fleet& fleet, const Chance& chance = {})
      : engine_(engine),
        fleet_(fleet),
        jitter_(fleet, chance) {}
  void send(const Transfer& transfer, Event delivered) override;

 private:
  Engine& engine_;
  const Fleet& fleet_;
  Jitter jitter_;
  Route route_;
};

// The number that equal-cost routing makes of a transfer: a function of its ends and label alone,
// so that a flow keeps its way, and of nothing random (SplitMix64, Steele, Lea and Flood 2014).
std::uint64_t route_hash(const Transfer& transfer);

// The way of a transfer, as Fleet::route has it.
bool find_way(const Fleet& fleet, const Transfer& transfer, std::uint64_t choice, Route& out,
              const std::vector<bool>& down = {});

// byte/s of a transfer that has its way to itself; infinite on a way without links.
double least_rate(const Fleet& fleet, const Path& links);

}  // namespace fleetsim
