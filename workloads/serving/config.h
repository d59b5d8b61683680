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
#include "workloads/serving/upkeep_config.h"

namespace fleetsim::serving {

// Serving as plain tables: clients that send requests, groups of equal replicas, and what sends the
// one to the other. The rules are checked where scenarios are loaded.

// A trace that is gone through `speed` times as fast, once or round and round; or its requests, one
// after the other, at independent instants of the same rate.
struct Replay {
  std::shared_ptr<const RequestTrace> trace;
  double speed = 1;
  bool repeats = false;
  bool poisson = false;
};

// So many users for ever: each sends, waits for the answer, thinks and sends again.
struct Users {
  std::uint32_t count = 1;
};

// Conversations of several requests: who was answered thinks before the next. Each arrival begins
// one; of users, each begins another after the last. A request that fails ends its conversation.
struct SessionConfig {
  Law think;
  std::optional<Law> turns{};  // requests, rounded up; none: without end
  bool growth = false;         // a prompt holds all that was said before, and begins with it
};

// A request that timed out, was turned away or lost is sent again after a while, which grows by a
// factor from try to try.
struct RetryConfig {
  std::uint32_t attempts = 1;  // beyond the first
  Law backoff;
  double growth = 2;
  double jitter = 0;               // share of the wait that is drawn between nothing and all
  std::optional<double> budget{};  // tries again, of all requests
};

// Tries a second, and at once; what comes beyond is refused.
struct RateLimitConfig {
  double rate = 1;
  std::uint32_t burst = 1;
};

struct ClientConfig {
  std::string name;
  std::variant<Replay, queueing::Renewal, queueing::Mmpp, Users> arrivals{};
  std::optional<Law> prompt{}, output{};  // tokens, rounded up; none where the trace tells
  std::uint32_t priority = 0;
  std::optional<Law> patience{};  // s, of an attempt, until it takes part in a pass
  std::optional<Law> timeout{};   // s, of an attempt, until the last token
  std::optional<RetryConfig> retry{};
  std::vector<Duration> delay{};            // one way, to each group
  std::optional<SessionConfig> sessions{};  // of users always
  std::uint32_t model = 0;                  // of the groups that may answer
  std::string tenant{};                     // who shares with others where the gateway is fair
  double weight = 1;                        // of the tenant
  std::optional<RateLimitConfig> rate_limit{};
};

// Equal replicas in one place.
struct GroupConfig {
  std::string name;
  ClusterId cluster{};
  std::uint32_t replicas = 1;
  std::uint32_t devices = 1;         // of a replica
  double key_bytes = 0;              // keys and values of a token, on all devices of a replica
  double token_flops = 0, peak = 0;  // FLOP of a token, FLOP/s of a replica; 0: not known
  PassCost cost{};
  SchedulerConfig scheduler{};
  std::optional<AutoscaleConfig> autoscale{};  // none: all are on
  std::uint32_t model = 0;                     // its number among those of the fleet
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
  central,               // one line for all; who has room takes the next
  sticky,                // where its session, or what begins alike, always goes; or fewest requests
  cleanest,  // least carbon now among those with room in the batch, then the nearest, then fewest
  cheapest   // the same by the price of electricity
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
  bool fair = false;  // the gateway serves tenants by their weights, else who came first
  std::optional<std::uint32_t> in_flight_limit{};  // requests sent on; others wait at the gateway
  std::optional<std::uint32_t> gateway_limit{};    // that wait there; those beyond are refused
  Slo slo{};
  double slow_down = 1;                  // all passes take so many times as long
  std::optional<UpkeepConfig> upkeep{};  // none: all are on for ever
  std::optional<std::uint32_t>
      window{};  // tokens of a prompt and its answer; longer ones are refused
  // What it draws and costs; none: that is not counted.
  struct Energy {
    std::shared_ptr<const Fleet> fleet;
    Sites sites;
    double use = 1;  // of a device's arithmetic, in passes that are held up by it
    std::optional<double> network_price{};  // $, written off as the devices of the first group
    bool counted = true;                    // else only routers look at its sites
  };
  std::optional<Energy> energy{};
  // Over which keys and values go from prefill to decode replicas; none: they take no time.
  std::shared_ptr<const Fleet> wires{};

  std::uint32_t replicas() const;
  bool disaggregated() const;  // some replicas only read prompts
  bool too_long(const Request& request) const {
    return window && std::uint64_t{request.prompt} + request.output > *window;
  }
};

}  // namespace fleetsim::serving
