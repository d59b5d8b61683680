#include "workloads/queueing/simulate.h"

#include "workloads/windows.h"

namespace fleetsim::queueing {

Replication simulate(const QueueingConfig& config, const Chance& chance, const Plan& plan,
                     RecordSink* sink) {
  System system(config, chance, sink);
  Replication out;
  const auto begins = [&](bool first) {
    system.restart();
    if (first) system.keep_visits(plan.keep_visits);
  };
  const auto ends = [&](bool last) {
    system.report(out.windows.emplace_back());
    out.distributions.push_back(system.collector().distributions());
    if (last) out.controls = system.collector().controls(system.engine().now());
  };
  out.present = run_windows(system.engine(), system.collector().present(), plan, {begins, ends});
  out.visits = system.take_visits();
  out.visits_total = system.visits_total();
  out.events = system.engine().events_run();
  return out;
}

}  // namespace fleetsim::queueing
