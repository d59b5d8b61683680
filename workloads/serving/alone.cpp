#include "workloads/serving/alone.h"

#include <algorithm>

namespace fleetsim::serving {

Alone alone(const GroupConfig& group, std::uint32_t prompt, std::uint32_t output) {
  const IterationCost cost(group.cost);
  const SchedulerConfig& scheduler = group.scheduler;
  const std::int64_t most =
      scheduler.chunk ? std::min(*scheduler.chunk, scheduler.max_tokens) : prompt;
  Fine time = 0;
  for (std::int64_t known = 0; known < prompt;) {
    const std::int64_t n = std::min<std::int64_t>(most, prompt - known);
    time += cost.pace({.fresh = n, .pairs = n * known + n * (n + 1) / 2, .reread = known}).pass(0);
    known += n;
  }
  const double ttft = seconds_of(time);
  for (std::int64_t made = 1; made < output;) {
    const Pace pace = cost.pace({.decodes = 1, .context = prompt + made});
    const std::int64_t n = std::min(pace.holds, output - made);
    time += pace.passes(n);
    made += n;
  }
  return {ttft, seconds_of(time)};
}

}  // namespace fleetsim::serving
