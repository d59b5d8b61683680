#pragma once
#include <algorithm>
#include <optional>
#include <vector>

#include "workloads/serving/replica.h"

namespace fleetsim::serving {

struct Asked {
  Instant at{};
  Request request{};
  std::optional<Instant> cancelled{};
};

// Sends requests to one replica, and writes down what becomes of them.
class Driver : public Desk {
 public:
  Driver(const SchedulerConfig& config, const PassCost& cost, const std::vector<Asked>& asked,
         std::optional<Instant> crash = {})
      : cost_(cost),
        replica_(config, cost_, engine_, *this),
        first(asked.size()),
        done(asked.size()) {
    for (std::uint32_t i = 0; i < asked.size(); ++i) {
      requests_.push_back(asked[i].request);
      engine_.at(asked[i].at, on<&Driver::send>(*this, i));
      if (asked[i].cancelled) engine_.at(*asked[i].cancelled, on<&Driver::cancel>(*this, i));
    }
    if (crash) engine_.at(*crash, on<&Driver::crash>(*this));
    engine_.run();
  }

  Request& request(RequestId id) override { return requests_[id.index]; }
  void first_token(RequestId id, Instant when) override { first[id.index] = when; }
  void finished(RequestId id, Instant when) override { done[id.index] = when; }
  void preempted(RequestId) override { ++preemptions; }
  void handed_over(RequestId id, std::uint64_t keys) override {
    done[id.index] = engine_.now();
    engine_.after(id.index % 300 * Duration{1'000'003}, on<&Driver::let_go>(*this, keys));
  }

  Tallies tallies() { return replica_.tallies(engine_.now()); }
  Replica& replica() { return replica_; }
  std::uint64_t events() const { return engine_.events_run(); }

 private:
  void send(std::uint64_t i) {
    requests_[i].first_token = engine_.now();  // of those that others have read
    replica_.submit({static_cast<std::uint32_t>(i)});
  }
  void let_go(std::uint64_t keys) { replica_.let_go(keys); }
  void cancel(std::uint64_t i) {
    const auto id = static_cast<std::uint32_t>(i);
    const bool here = std::find(lost.begin(), lost.end(), id) == lost.end();
    if (here && !done[i]) replica_.cancel({id});
  }
  void crash(std::uint64_t) {
    for (const RequestId id : replica_.crash()) lost.push_back(id.index);
  }

  Engine engine_;
  IterationCost cost_;
  std::vector<Request> requests_;
  Replica replica_;

 public:
  std::vector<std::optional<Instant>> first, done;
  std::vector<std::uint32_t> lost;
  int preemptions = 0;
};

}  // namespace fleetsim::serving
