#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/law.h"
#include "topology/fleet.h"
#include "topology/site.h"
#include "workloads/queueing/config.h"
#include "workloads/serving/iteration_cost.h"
#include "workloads/serving/replica.h"
#include "workloads/serving/request_trace.h"

namespace fleetsim::serving {

// Serving as plain tables: clients that send requests, groups of equal replicas, and what sends the
// one to the other. The rules are checked where scenarios are loaded.

// A trace that is gone through `speed` times as fast, once or round and round.
struct Replay {
  std::shared_ptr<const RequestTrace> trace;
  double speed = 1;
  bool repeats = false;
};

// A request that timed out, was turned away or lost is sent again after a while, which grows by a
// factor from try to try.
struct RetryConfig {
  std::uint32_t attempts = 1;  // beyond the first
  Law backoff;
  double growth = 2;
};

struct ClientConfig {
  std::string name;
  std::variant<Replay, queueing::Renewal, queueing::Mmpp> arrivals{};
  std::optional<Law> prompt{}, output{};  // tokens, rounded up; none where the trace tells
  std::uint32_t priority = 0;
  std::optional<Law> patience{};  // s, of an attempt, until it takes part in a pass
  std::optional<Law> timeout{};   // s, of an attempt, until the last token
  std::optional<RetryConfig> retry{};
  std::vector<Duration> delay{};  // one way, to each group
};

// Equal replicas in one place.
struct GroupConfig {
  std::string name;
  ClusterId cluster{};
  std::uint32_t replicas = 1;
  std::uint32_t devices = 1;  // of a replica
  PassCost cost{};
  SchedulerConfig scheduler{};
};

enum class Routing : std::uint8_t {
  random,
  round_robin,
  least_outstanding,     // fewest requests
  least_kv,              // fewest pages in use
  power_of_two,          // the better of two drawn
  prefix,                // fewest tokens of prompts to read, of its own those not in the cache
  nearest,               // least delay, in turn
  nearest_least_loaded,  // least delay among those with room in the batch, then fewest requests
  central                // one line for all; who has room takes the next
};

struct Slo {
  std::optional<Duration> ttft{}, tpot{}, e2e{};
};

struct ServingConfig {
  std::string name;
  std::vector<ClientConfig> clients;
  std::vector<GroupConfig> groups;
  Routing routing = Routing::least_outstanding;
  std::optional<std::uint32_t> queue_limit{};  // requests at a replica; those beyond are refused
  Slo slo{};
  std::optional<std::uint32_t>
      window{};  // tokens of a prompt and its answer; longer ones are refused
  // What it draws and costs; none: that is not counted.
  struct Energy {
    std::shared_ptr<const Fleet> fleet;
    Sites sites;
    double use = 1;  // of a device's arithmetic, in passes that are held up by it
    std::optional<double> network_price{};  // $, written off as the devices of the first group
  };
  std::optional<Energy> energy{};

  std::uint32_t replicas() const;
  bool too_long(const Request& request) const {
    return window && std::uint64_t{request.prompt} + request.output > *window;
  }
};

}  // namespace fleetsim::serving
