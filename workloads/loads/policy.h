#pragma once
#include "workloads/loads/plan.h"

namespace fleetsim::loads {

// One arrival of a load, and how far it has got.
struct Job {
  enum class State : std::uint8_t { waiting, queued, moving, running, done };

  std::uint32_t load = 0;
  Instant arrival{}, deadline = end_of_time;
  Duration needs{}, left{};  // at full power
  State state = State::waiting;
  std::optional<std::uint32_t> at{};  // the place where it has run last
  std::optional<Schedule> schedule{};
  std::optional<Instant> started{};
  Instant ended{};
  std::uint32_t pauses = 0, moves = 0;
  double it = 0, facility = 0, carbon = 0, cost = 0;  // J, J, kg, $ with moves

  bool running() const { return state == State::running; }
  bool done() const { return state == State::done; }
  bool in_time() const { return done() && ended <= deadline; }
};

// What a job does next: runs at a place, with a cap, or waits; and when to ask again.
struct Choice {
  std::optional<std::uint32_t> place{};
  double share = 1;
  Instant until = end_of_time;
};

// The policy of a load. Asked when a job arrives, when a step of a series that it looks at begins,
// and when a full site lets a job in. A plan is made once, and again only after a wait for a site;
// all else looks at the present step.
class Decider {
 public:
  Decider(const LoadConfig& load, const Sites& sites);
  Choice decide(Job& job, Instant now) const;

 private:
  Choice by_plan(Job& job, Instant now) const;
  Choice by_threshold(const Job& job, Instant now) const;
  Choice after_the_sun(const Job& job, Instant now) const;
  Choice by_caps(const Job& job, Instant now) const;
  bool clean(std::uint32_t place, Instant now) const;
  std::uint32_t cleanest(Instant now) const;
  Instant next_change(Instant now) const;  // of carbon at any place
  const StepSeries& grid(std::uint32_t place) const;

  const LoadConfig& load_;
  const Sites& sites_;
  Signal carbon_, cost_;
};

}  // namespace fleetsim::loads
