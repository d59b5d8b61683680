#include "workloads/windows.h"

#include <algorithm>

#include "sim/check.h"

namespace fleetsim {
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

std::vector<double> run_windows(Engine& engine, const TimeAverage& present, const Plan& plan,
                                const WindowCalls& calls) {
  check(plan.end > plan.warm_up, "a run is longer than its warm-up");
  BinnedPresence presence(present);
  std::vector<double> out;
  std::uint32_t window = 0;
  if (plan.warm_up == Duration{}) {  // what happens at the very beginning counts
    calls.begins(true);
    window = 1;
  }
  while (window <= plan.windows) {
    const Instant window_end = mark(plan.warm_up, plan.end, window, plan.windows);
    const auto bin = static_cast<std::uint32_t>(out.size());
    const Instant bin_end =
        bin < plan.bins ? mark({}, plan.end, bin + 1, plan.bins) : Instant{} + plan.end;
    engine.run_until(std::min(window_end, bin_end));
    if (bin < plan.bins && bin_end <= window_end) {
      out.push_back(presence.close_bin(bin_end));
      if (calls.bin_ends) calls.bin_ends();
    }
    if (window_end > engine.now()) continue;
    if (window > 0) calls.ends(window == plan.windows);
    presence.before_restart(window_end);
    calls.begins(window == 0);
    ++window;
  }
  return out;
}

}  // namespace fleetsim
