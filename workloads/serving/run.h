#pragma once
#include <vector>

#include "sim/engine.h"
#include "workloads/serving/arrivals.h"
#include "workloads/serving/collector.h"
#include "workloads/serving/energy.h"
#include "workloads/serving/fleet_tally.h"
#include "workloads/serving/gauges.h"
#include "workloads/serving/journal.h"
#include "workloads/serving/kept_requests.h"
#include "workloads/serving/router.h"

namespace fleetsim::serving {

// One replication of a serving fleet: clients send, the router chooses, replicas work, answers
// travel back, and what does not come in time is sent again.
class ServingRun final : public Desk {
 public:
  // A sink, if any, is told of each request (see Journal).
  ServingRun(const ServingConfig& config, const Chance& chance, RecordSink* sink = nullptr);

  Engine& engine() { return engine_; }
  Collector& collector() { return collector_; }
  void restart();  // a new window begins
  // Of the window, of which there are so many; audits it.
  void report(std::uint32_t windows, std::vector<Measured>& out);
  std::vector<Distribution> distributions();
  void bin_ended() { gauges_.bin_ended(engine_.now(), at_gateway_, config_, seats_); }
  std::vector<Series> series() { return std::move(gauges_).series(); }  // of all bins; once
  void keep(std::size_t requests) { table_ = KeptRequests(requests); }  // from now on
  const std::vector<KeptRequests::Row>& kept() const { return table_.rows(); }
  Table requests() && { return std::move(table_).table(); }

  Request& request(RequestId id) override { return calls_[id.index].request; }
  void joined(RequestId id) override;
  void first_token(RequestId id, Instant when) override;
  void finished(RequestId id, Instant when) override;
  void preempted(RequestId id) override;

 private:
  static constexpr std::uint32_t no_seat = UINT32_MAX;
  // A request with what its client knows of it. Rows are used again; tickets go on.
  struct Call {
    Request request{};
    bool live = false;
    std::uint32_t tries = 0;
    std::uint64_t sent = 0;  // number of the last try, over all calls
    std::uint32_t seat = no_seat;
    std::int64_t to_read = 0;  // tokens, as the router saw it
    enum class Place : std::uint8_t { gateway, wire, replica, answered, away } place{};
    EventHandle step{};  // what happens to it next: on the wire, or away
    EventHandle deadline{}, patience{};
    Instant finished{};
  };

  void expect_next(std::uint32_t client);
  void arrive(std::uint64_t client);
  void send(std::uint64_t call);
  void reach(std::uint64_t call);
  void answer(std::uint64_t call);
  void lose_patience(std::uint64_t call);
  void time_out(std::uint64_t call);
  void serve_line();
  void dispatch(std::uint32_t call, std::uint32_t seat);
  void turn_away(std::uint32_t call, End how);
  void leave_seat(Call& call);
  void note_levels(const Call& call);
  void forget(std::uint32_t call);
  void look_at_meters(std::uint64_t);
  void settle_energy();
  Duration delay(const Call& call) const;
  RequestId id(std::uint64_t call) const { return {static_cast<std::uint32_t>(call)}; }

  const ServingConfig& config_;
  Engine engine_;
  std::vector<IterationCost> costs_;  // by group
  std::vector<Seat> seats_;
  std::vector<Arrivals> arrivals_;  // by client
  std::vector<Arrivals::Arrival> expected_;
  std::vector<Stream> patience_, timeout_, backoff_;  // by client
  std::vector<Call> calls_;
  std::vector<std::uint32_t> free_;
  struct Standing {
    std::uint32_t call;
    std::uint64_t sent;
  };
  std::deque<Standing> line_;  // at the gateway
  std::uint64_t sent_ = 0, arrived_ = 0;
  std::uint64_t at_gateway_ = 0;  // calls that stand there
  Router router_;
  Collector collector_;
  Journal journal_;
  Gauges gauges_;
  std::vector<Tallies> before_;  // by seat, at the beginning of the window
  Instant window_start_{};
  KeptRequests table_{0};
  std::optional<ServingEnergy> energy_;
  std::vector<Tallies> looked_;  // by seat, when meters were last told
  QuantileSketch gaps_;          // of the window that was reported last
};

}  // namespace fleetsim::serving
