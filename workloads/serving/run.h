#pragma once
#include <vector>

#include "sim/engine.h"
#include "workloads/serving/arrivals.h"
#include "workloads/serving/autoscaler.h"
#include "workloads/serving/call.h"
#include "workloads/serving/collector.h"
#include "workloads/serving/energy.h"
#include "workloads/serving/fleet_tally.h"
#include "workloads/serving/gauges.h"
#include "workloads/serving/journal.h"
#include "workloads/serving/keeper.h"
#include "workloads/serving/kept_requests.h"
#include "workloads/serving/key_transfers.h"
#include "workloads/serving/rate_limit.h"
#include "workloads/serving/retries.h"
#include "workloads/serving/role_tally.h"
#include "workloads/serving/router.h"
#include "workloads/serving/sessions.h"

namespace fleetsim::serving {

// One replication of a serving fleet: clients send, the router chooses, replicas work, answers
// travel back, and what does not come in time is sent again.
class ServingRun final : public Desk, public Staff {
 public:
  // On an engine, and where something breaks on nodes, that others may use beside it. A sink, if
  // any, is told of each request (see Journal).
  ServingRun(const ServingConfig& config, Engine& engine, SharedPools* pools, const Chance& chance,
             RecordSink* sink = nullptr);

  Engine& engine() { return engine_; }
  Collector& collector() { return collector_; }
  void restart();  // a new window begins
  // Of the window, of which there are so many; audits it.
  void report(std::uint32_t windows, std::vector<Measured>& out);
  std::vector<Distribution> distributions();
  void bin_ended() { gauges_.bin_ended(engine_.now(), gateway_.waiting(), config_, seats_); }
  std::vector<Series> series() { return std::move(gauges_).series(); }  // of all bins; once
  void keep(std::size_t requests) { table_ = KeptRequests(requests); }  // from now on
  const std::vector<KeptRequests::Row>& kept() const { return table_.rows(); }
  Table requests() { return std::move(table_).table(); }  // once, at the end

  Request& request(RequestId id) override { return calls_[id.index].request; }
  void joined(RequestId id) override;
  void first_token(RequestId id, Instant when) override;
  void finished(RequestId id, Instant when) override;
  void preempted(RequestId id) override;
  void handed_over(RequestId id, std::uint64_t keys) override;
  const KeyTransfers* transfers() const { return transfers_ ? &*transfers_ : nullptr; }

  void stopped(std::uint32_t seat) override;
  void handed_back(std::uint32_t seat) override;
  void closed(std::uint32_t seat) override;
  void opened(std::uint32_t seat) override;
  void slowed(std::uint32_t seat, double factor) override;
  bool is_empty(std::uint32_t seat) const override { return seats_[seat].outstanding == 0; }

 private:
  struct Standing {
    std::uint32_t call;
    std::uint64_t number;  // of its place at the gateway: another one makes that void
  };

  void expect_next(std::uint32_t client);
  void arrive(std::uint64_t client);
  void speak(std::uint64_t session);
  void talk_on(const Request& request, std::uint32_t session, bool answered);
  void take_up(std::uint32_t client, const Arrivals::Arrival& sent, std::uint32_t session);
  void refuse_too_long(std::uint32_t call);
  void send(std::uint64_t call);
  void stand_at_gateway(std::uint32_t call);
  void reach(std::uint64_t call);
  void answer(std::uint64_t call);
  void lose_patience(std::uint64_t call);
  void time_out(std::uint64_t call);
  void serve_line();
  void serve_gateway();
  void serve_read();
  void dispatch(std::uint32_t call, std::uint32_t seat);
  void send_keys(std::uint32_t call, std::uint32_t seat);
  void keys_came(std::uint64_t call);
  void drop_keys(Call& call);
  void turn_away(std::uint32_t call, End how);
  void take_seat(Call& call, std::uint32_t seat);
  static bool untouched(const Call& call);
  void leave_seat(Call& call);
  void get_stuck(std::uint32_t call);
  void hand_back(std::uint32_t call);
  void note_levels(const Call& call);
  void forget(std::uint32_t call);
  void look_at_meters(std::uint64_t);
  void settle_energy();
  Duration delay(const Call& call) const;
  RequestId id(std::uint64_t call) const { return {static_cast<std::uint32_t>(call)}; }

  const ServingConfig& config_;
  Engine& engine_;
  std::vector<IterationCost> costs_;  // by group
  std::vector<Seat> seats_;
  std::vector<Arrivals> arrivals_;  // by client
  std::vector<Arrivals::Arrival> expected_;
  std::vector<Stream> patience_, timeout_;  // by client
  std::vector<Retries> retries_;            // by client
  std::vector<std::optional<RateLimit>> limits_;
  std::vector<std::optional<Sessions>> sessions_;
  std::vector<Call> calls_;
  std::vector<std::uint32_t> free_;
  Gateway gateway_;
  bool serving_line_ = false;
  std::uint64_t in_fleet_ = 0;                // sent on and not yet ended
  std::deque<Standing> read_;                 // for a replica that decodes
  std::vector<std::vector<Standing>> stuck_;  // by seat
  std::uint64_t arrived_ = 0;
  Router router_;
  Collector collector_;
  Journal journal_;
  Gauges gauges_;
  std::optional<Stream> luck_;   // of requests, where anything is drawn from it
  std::vector<Tallies> before_;  // by seat, at the beginning of the window
  Instant window_start_{};
  KeptRequests table_{0};
  std::optional<KeyTransfers> transfers_;
  std::optional<ServingEnergy> energy_;
  std::optional<Keeper> keeper_;
  std::optional<Autoscaler> autoscaler_;
  std::vector<Tallies> looked_;  // by seat, when meters were last told
  QuantileSketch gaps_;          // of the window that was reported last
};

}  // namespace fleetsim::serving
