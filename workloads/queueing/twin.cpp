#include "workloads/queueing/twin.h"

#include "workloads/queueing/twin_builder.h"

namespace fleetsim::queueing {
namespace {

// What is recognised, by structure. Where two of them are exact, the first one's name is given.
constexpr Model models[] = {
    {"q.retry", "one server that nobody can wait for, and customers who try again", tell_retrials},
    {"q.bulk", "one server that takes several at once", tell_batches},
    {"q.abandon", "c servers, customers who lose their patience", tell_patience},
    {"q.mmck", "c servers, a finite room", tell_room},
    {"q.prio", "one server, classes of customers", tell_priorities},
    {"q.srpt", "one server, the shortest remaining time first", tell_shortest_first},
    {"q.ps", "servers shared by all present; or the last to come interrupts", tell_sharing},
    {"q.jsq", "many servers, each with its line, one chosen by its length", tell_choices},
    {"q.mmpp", "one server, arrivals in bursts", tell_bursts},
    {"q.gg1", "one server, any gaps between arrivals", tell_general_arrivals},
    {"q.md1.tail", "one server, Poisson arrivals, constant services", tell_constant_service},
    {"q.mm1", "c servers, Poisson arrivals, exponential services", tell_poisson_line},
    {"q.mg1", "one server, Poisson arrivals, any services", tell_general_service},
    {"q.jackson", "stations in a network that customers pass through", tell_open_network},
    {"s.stream", "workers, a buffer of so many slots, one who uses them up", tell_stream},
    {"q.closed", "stations in a network that a population goes round in", tell_closed_network},
    {"q.little", "whatever comes and goes", tell_flows},
};

// Nothing that a formula could say about the long run.
const char* no_long_run(const Layout& layout) {
  if (layout.arrivals == Arrivals::schedule)
    return "a schedule of arrivals has no steady state, and so no closed form";
  if (layout.arrivals == Arrivals::several && !layout.open())
    return "a closed population beside other sources has no closed form here";
  return nullptr;
}

}  // namespace

Twin twin_of(const QueueingConfig& config) {
  const Layout layout = layout_of(config);
  TwinBuilder twin(config);
  if (const auto reason = never_settles(layout)) {
    twin.explain("queue.", *reason);
    return std::move(twin).finish();
  }
  if (const char* reason = no_long_run(layout)) twin.explain("queue.", reason);
  for (const Model& model : models) model.tell(layout, twin);
  return std::move(twin).finish();
}

}  // namespace fleetsim::queueing
