#include "workloads/loads/plan.h"

#include <algorithm>
#include <numeric>

namespace fleetsim::loads {
namespace {

constexpr int most_tries = 8;  // to find how often a load pauses that pays for it

using Stretches = std::vector<Stretch>;

struct Step {
  Stretch span{};
  double rate = 0;  // of value by second
};

class Planner {
 public:
  Planner(const LoadConfig& load, const Signal& signal, const Task& task)
      : load_(load),
        signal_(signal),
        task_(task) {}

  std::uint32_t places() const { return static_cast<std::uint32_t>(load_.places.size()); }
  Duration window() const { return task_.deadline - task_.now; }
  bool roams() const { return load_.pausable && places() > 1; }

  // The best span at a place: the value of a span by its begin is straight between the instants at
  // which the begin or the end passes a change, so it is least at one of them.
  Stretch unbroken(std::uint32_t place) const {
    const Instant last{task_.deadline.ns - task_.left.ns};
    std::vector<Instant> begins;
    for (const Instant edge : signal_.cells(place, task_.now, task_.deadline))
      for (const Instant begin : {edge, Instant{edge.ns - task_.left.ns}})
        if (task_.now <= begin && begin <= last) begins.push_back(begin);
    std::sort(begins.begin(), begins.end());
    Stretch best{place, begins.front(), begins.front() + task_.left};
    double least = signal_.of(place, best.from, best.to);
    for (const Instant begin : begins) {
      const double value = signal_.of(place, begin, begin + task_.left);
      if (value >= least) continue;
      least = value;
      best = {place, begin, begin + task_.left};
    }
    return best;
  }

  std::vector<Step> steps_at(std::uint32_t place) const {
    return steps({place}, signal_.cells(place, task_.now, task_.deadline));
  }

  std::vector<Step> steps_anywhere() const {
    std::vector<std::uint32_t> all(places());
    std::iota(all.begin(), all.end(), 0u);
    std::vector<Instant> edges;
    for (const std::uint32_t place : all)
      for (const Instant edge : signal_.cells(place, task_.now, task_.deadline))
        edges.push_back(edge);
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    return steps(all, edges);
  }

  // The best of the steps, enough for so much running. REQUIRES: there is enough.
  static Stretches pick(const std::vector<Step>& steps, Duration needed);

  // The best steps with all pauses paid; empty where that finds no end or no room.
  std::optional<Stretches> paid(const std::vector<Step>& steps) const {
    std::int64_t pauses = 0;
    for (int i = 0; i < most_tries; ++i) {
      const Duration needed = task_.left + pauses * load_.pause;
      if (needed > window()) return std::nullopt;
      Stretches out = pick(steps, needed);
      const auto breaks = static_cast<std::int64_t>(out.size()) - 1;
      if (breaks <= pauses || load_.pause == Duration{}) return out;
      pauses = breaks;
    }
    return std::nullopt;
  }

  Schedule follow(const Stretches& wanted, Signal::Of of) const;

 private:
  std::vector<Step> steps(const std::vector<std::uint32_t>& places,
                          const std::vector<Instant>& edges) const {
    std::vector<Step> out;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
      const Instant from = edges[i], to = edges[i + 1];
      std::optional<Step> best;
      for (const std::uint32_t place : places) {
        const double rate = signal_.of(place, from, to) / seconds(to - from);
        if (!best || rate < best->rate) best = Step{{place, from, to}, rate};
      }
      out.push_back(*best);
    }
    return out;
  }

  const LoadConfig& load_;
  const Signal& signal_;
  const Task& task_;
};

// Of the step that is needed in part, the part beside a step that is chosen as well.
Stretches Planner::pick(const std::vector<Step>& steps, Duration needed) {
  std::vector<std::size_t> order(steps.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return steps[a].rate < steps[b].rate; });
  std::vector<Duration> used(steps.size());
  for (const std::size_t i : order) {
    used[i] = std::min(needed, steps[i].span.to - steps[i].span.from);
    needed = needed - used[i];
    if (needed == Duration{}) break;
  }
  const auto joins = [&](std::size_t i, std::size_t beside) {
    return beside < steps.size() && used[beside] > Duration{} &&
           steps[i].span.place == steps[beside].span.place;
  };
  Stretches out;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (used[i] == Duration{}) continue;
    Stretch next = steps[i].span;
    const bool late = joins(i, i + 1) && !(i > 0 && joins(i, i - 1));
    if (late) next.from = {next.to.ns - used[i].ns};
    next.to = next.from + used[i];
    if (!out.empty() && out.back().to == next.from && out.back().place == next.place)
      out.back().to = next.to;
    else
      out.push_back(next);
  }
  return out;
}

// How that comes out when state has to come and go.
Schedule Planner::follow(const Stretches& wanted, Signal::Of of) const {
  Schedule out{.end = task_.now};
  Duration left = task_.left;
  std::optional<std::uint32_t> at = task_.at;
  for (std::size_t i = 0; i < wanted.size() && left > Duration{}; ++i) {
    const Stretch& next = wanted[i];
    const bool moves = at && *at != next.place;
    const Move move = moves ? load_.move(*at, next.place) : Move{};
    const Instant from = std::max(next.from, out.end + move.time);
    const bool last = i + 1 == wanted.size();
    if (!last && from >= next.to) continue;
    if (!out.stretches.empty()) left = left + load_.pause;
    const Instant to = last ? from + left : std::min(next.to, from + left);
    left = left - (to - from);
    out.stretches.push_back({next.place, from, to});
    out.value += signal_.of(next.place, from, to);
    if (of == Signal::Of::cost) out.value += move.price;
    out.end = to;
    at = next.place;
  }
  return out;
}

}  // namespace

Schedule plan(const LoadConfig& load, const Signal& signal, Signal::Of of, const Task& task) {
  const Planner planner(load, signal, task);
  std::optional<Schedule> best;
  const auto consider = [&](const Stretches& wanted, Instant latest) {
    Schedule one = planner.follow(wanted, of);
    if (one.end <= latest && (!best || one.value < best->value)) best = std::move(one);
  };
  const bool fits = task.left <= planner.window();
  for (std::uint32_t place = 0; fits && place < planner.places(); ++place) {
    consider({planner.unbroken(place)}, task.deadline);
    if (!load.pausable) continue;
    if (const auto steps = planner.paid(planner.steps_at(place))) consider(*steps, task.deadline);
  }
  if (fits && planner.roams())
    if (const auto steps = planner.paid(planner.steps_anywhere())) consider(*steps, task.deadline);
  const bool late = !best;
  for (std::uint32_t place = 0; late && place < planner.places(); ++place)
    if (!task.at || *task.at == place)
      consider({{place, task.now, task.now + task.left}}, end_of_time);
  return *best;
}

std::optional<double> least_value(const LoadConfig& load, const Signal& signal, const Task& task) {
  const Planner planner(load, signal, task);
  if (task.left > planner.window()) return std::nullopt;
  const auto value = [&](const Stretches& stretches) {
    double sum = 0;
    for (const Stretch& s : stretches) sum += signal.of(s.place, s.from, s.to);
    return sum;
  };
  if (load.pausable) return value(Planner::pick(planner.steps_anywhere(), task.left));
  double least = value({planner.unbroken(0)});
  for (std::uint32_t place = 1; place < planner.places(); ++place)
    least = std::min(least, value({planner.unbroken(place)}));
  return least;
}

}  // namespace fleetsim::loads
