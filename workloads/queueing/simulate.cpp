#include "workloads/queueing/simulate.h"

#include "sim/check.h"

namespace fleetsim::queueing {
namespace {

// The mean number present, bin by bin, whatever windows begin and end in between.
class BinnedPresence {
 public:
  explicit BinnedPresence(const TimeAverage& present) : present_(present) {}

  void before_restart(Instant now) {
    carried_ += static_cast<double>(present_.area(now) - counted_);
    counted_ = 0;
  }
  double close_bin(Instant now) {
    const TimeAverage::Area area = present_.area(now);
    const double whole = carried_ + static_cast<double>(area - counted_);
    const double mean = whole / static_cast<double>((now - bin_start_).ns);
    counted_ = area;
    carried_ = 0;
    bin_start_ = now;
    return mean;
  }

 private:
  const TimeAverage& present_;
  TimeAverage::Area counted_ = 0;
  double carried_ = 0;
  Instant bin_start_;
};

Instant mark(Duration from, Duration to, std::uint32_t i, std::uint32_t of) {
  return Instant{} + from + Duration{(to - from).ns / of * i + (to - from).ns % of * i / of};
}

}  // namespace

Replication simulate(const QueueingConfig& config, const Chance& chance, const Plan& plan,
                     RecordSink* sink) {
  check(plan.end > plan.warm_up, "a run is longer than its warm-up");
  System system(config, chance, sink);
  BinnedPresence presence(system.collector().present());
  Replication out;
  std::uint32_t window = 0, bin = 0;
  if (plan.warm_up == Duration{}) {  // what happens at the very beginning counts
    system.keep_visits(plan.keep_visits);
    window = 1;
  }
  while (window <= plan.windows) {
    const Instant window_end = mark(plan.warm_up, plan.end, window, plan.windows);
    const Instant bin_end =
        bin < plan.bins ? mark({}, plan.end, bin + 1, plan.bins) : Instant{} + plan.end;
    system.engine().run_until(std::min(window_end, bin_end));
    if (bin < plan.bins && bin_end <= window_end) {
      out.present.push_back(presence.close_bin(bin_end));
      ++bin;
    }
    if (window_end > system.engine().now()) continue;
    if (window > 0) {
      system.report(out.windows.emplace_back());
      out.distributions.push_back(system.collector().distributions());
    }
    if (window == plan.windows) out.controls = system.collector().controls(window_end);
    presence.before_restart(window_end);
    system.restart();
    if (window == 0) system.keep_visits(plan.keep_visits);
    ++window;
  }
  out.visits = system.take_visits();
  out.visits_total = system.visits_total();
  out.events = system.engine().events_run();
  return out;
}

}  // namespace fleetsim::queueing
