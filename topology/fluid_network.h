#pragma once
#include <functional>
#include <vector>

#include "topology/network.h"

namespace fleetsim {

// Transfers as flows that share links by max-min fairness. Between two changes every flow has a
// constant rate, so the next that ends is known: an event. A change, that is a flow that begins or
// ends or a link whose rate moves, costs what it touches (see FairShare); changes of one instant
// are solved together, at its end.
//
// Where a cluster's routing is adaptive, a flow takes of some of its routes the one whose fullest
// link would have the fewest flows for its rate.
//
// A flow holds its links until its last byte has left and is delivered a latency later. Its end is
// rounded up to the nanosecond.
class FluidNetwork final : public Network {
 public:
  FluidNetwork(Engine& engine, const Fleet& fleet, const Chance& chance = {});
  FluidNetwork(const FluidNetwork&) = delete;
  FluidNetwork& operator=(const FluidNetwork&) = delete;

  void send(const Transfer& transfer, Event delivered) override;

  // From now on the link carries this share of its rate; at 0 it is down. Flows over a link that
  // goes down take another way where there is one; else they wait, and look again whenever a link
  // comes back. A flow keeps its new way. What takes the link from now on is later by `added`.
  void degrade(LinkId link, double share, Duration added = {});

  double bytes_carried(LinkId link) const;  // up to now, whether or not they have arrived
  double rate_over(LinkId link) const { return shares_.load(link); }
  void each_flow(const std::function<void(const Transfer&, double rate)>& tell) const;
  std::uint64_t in_flight() const { return flows_in_flight_; }
  std::uint64_t delivered() const { return delivered_; }
  const FairShare& shares() const { return shares_; }

 private:
  struct Flow {
    Transfer transfer;
    Event delivered{};
    EventHandle end;
    Instant since;         // when `left` was true
    double left = 0;       // bytes not yet sent
    double left_here = 0;  // and when it began on this way
    double rate = 0;
    Duration latency{};
    std::uint64_t hash = 0;
    Path links{};
    bool stuck = false;
  };
  void choose_way(Flow& flow);
  bool find_least_loaded(const Flow& flow, std::uint32_t candidates);
  void start(Flow flow);
  Flow take(std::uint32_t index);
  void move(std::uint32_t index);
  void change_soon();
  void settle(std::uint64_t);
  void ended(std::uint64_t index);
  void advance(Flow& flow) const;

  Engine& engine_;
  const Fleet& fleet_;
  FairShare shares_;
  std::vector<Flow> flows_;  // by the rows of shares_
  std::vector<double> carried_;
  Jitter jitter_;
  std::vector<bool> down_;       // by link; empty while none ever was
  std::vector<Duration> added_;  // by link; as long
  std::vector<std::uint32_t> stuck_;
  Route route_;
  bool settling_ = false;
  std::uint64_t flows_in_flight_ = 0, delivered_ = 0;
};

}  // namespace fleetsim
