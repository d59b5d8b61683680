#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/law.h"
#include "sim/units.h"

namespace fleetsim::queueing {

// A queueing system is sources, stations and routers, named by the user and wired by target. These
// are plain tables; `validated` in scenario loading is the one place where their rules are checked.

// Where a customer goes next.
struct Target {
  enum class Kind : std::uint8_t { exit, station, router };
  Kind kind = Kind::exit;
  std::uint32_t index = 0;
  friend bool operator==(Target, Target) = default;
};

// Independent gaps between arrivals.
struct Renewal {
  Law interarrival;
};
// Markov-modulated Poisson process: the state holds for an exponential time, then moves to the next
// state in the cycle; while in a state, customers come at its rate.
struct Mmpp {
  struct State {
    double rate = 0;       // customers per second
    double mean_stay = 1;  // seconds
  };
  std::vector<State> states;
};
// Arrivals at given instants.
struct Schedule {
  std::vector<Instant> at;  // not decreasing
};
// A closed population: each customer thinks, visits the system, and thinks again.
struct Population {
  std::uint32_t count = 1;
  Law think;
};

struct SourceConfig {
  std::string name;
  Target to{};
  std::variant<Renewal, Mmpp, Schedule, Population> arrivals;
  std::uint32_t priority = 0;    // 0 is served first
  std::optional<Law> service{};  // replaces the station's law for this source's customers
};

enum class Discipline : std::uint8_t {
  fcfs,                 // first come, first served
  lcfs,                 // last come, first served, without pre-emption
  lcfs_preemptive,      // last come interrupts; interrupted work resumes
  ps,                   // processor sharing: all present share the servers
  srpt,                 // shortest remaining processing time, pre-emptive
  priority,             // lowest priority number first, without pre-emption
  priority_preemptive,  // the same, interrupting; interrupted work resumes
};

// One service takes several customers at once and takes one draw of the service law.
struct Bulk {
  std::uint32_t size = 1;
  bool full_only = false;  // true: a batch starts only when `size` customers wait
};

// What happens to a customer who finds no room: without this, the customer is lost.
struct Retrial {
  Law delay;
  bool constant =
      false;  // true: the orbit as a whole retries at one rate; false: each customer does
};

struct StationConfig {
  std::string name;
  std::uint32_t copies = 1;   // identical stations side by side, chosen from by a router
  std::uint32_t servers = 1;  // of each copy
  Discipline discipline = Discipline::fcfs;
  Law service;
  std::optional<std::uint32_t> room{};  // customers in a copy at once, those in service included
  std::optional<Bulk> bulk{};
  std::optional<Law> patience{};  // a customer waiting longer than this leaves unserved
  std::optional<Retrial> retrial{};
  Target to{};
};

struct RouterConfig {
  enum class Policy : std::uint8_t { random, round_robin, probabilities, shortest, power_of_d };
  std::string name;
  Policy policy = Policy::random;
  std::vector<Target> to{};           // a station with copies stands for all of them
  std::vector<double> probability{};  // one a target, for `probabilities`
  std::uint32_t choices = 2;          // for `power_of_d`
};

struct QueueingConfig {
  std::vector<SourceConfig> sources;
  std::vector<StationConfig> stations;
  std::vector<RouterConfig> routers;
};

}  // namespace fleetsim::queueing
