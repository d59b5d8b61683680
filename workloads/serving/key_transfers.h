#pragma once
#include <memory>
#include <vector>

#include "sim/quantile_sketch.h"
#include "topology/fluid_network.h"
#include "workloads/model.h"
#include "workloads/serving/placement.h"
#include "workloads/serving/router.h"

namespace fleetsim::serving {

// What came over the wires in a window.
struct TransferTally {
  QuantileSketch ns{};
  std::int64_t time = 0, bytes = 0;  // time: of all, ns
  void report(std::vector<Measured>& out) const;
};

// Keys and values on their way from the replica that read a prompt to the one that decodes. All
// devices of the larger replica take part at once, each with an equal stripe, as heads are split
// over them: stripe i of n goes from device i p/n of p to device i d/n of d. The stripes of all
// requests share the links of the fleet by max-min fairness, and keys have come when the last
// stripe has. What has been sent off can't be called back, and holds its pages until it is through.
class KeyTransfers {
 public:
  KeyTransfers(const ServingConfig& config, std::vector<Seat>& seats, Engine& engine,
               const Chance& chance);

  struct Trip {
    std::uint32_t from = 0, to = 0;  // seats
    std::uint64_t keys = 0;          // as the replica `from` names them
    std::uint64_t label = 0;         // that routes are chosen by
    std::uint32_t tokens = 0;
  };
  // Runs `came` when they are there; the answer names the transfer until then.
  std::uint32_t send(const Trip& trip, Event came);
  void give_up(std::uint32_t transfer) { under_way_[transfer].came = {}; }  // nobody waits for it

  void restart() { tally_ = {}; }  // a new window begins
  const TransferTally& tally() const { return tally_; }
  const FluidNetwork* network() const { return network_.get(); }  // none: they take no time

 private:
  struct Transfer {
    Trip trip{};
    Event came{};
    Instant begun{};
    std::int64_t bytes = 0;
    std::uint32_t stripes = 0;  // not yet there
  };
  DeviceId device(std::uint32_t seat, std::uint32_t number) const;
  void stripe_came(std::uint64_t transfer);

  const ServingConfig& config_;
  std::vector<Seat>& seats_;
  Engine& engine_;
  std::unique_ptr<FluidNetwork> network_;
  std::vector<Stand> stands_;  // by seat, where there is a network
  std::vector<Transfer> under_way_;
  std::vector<std::uint32_t> free_;
  TransferTally tally_;
};

}  // namespace fleetsim::serving
