// A pipeline of data: workers fill the slots of a buffer, and an accelerator empties them. The
// slots are what goes round: an empty one is filled, stands in the buffer, is used up, and is empty
// again; so workers stop where there is no empty slot.

#include <cmath>

#include "analytic/exact/execution.h"
#include "analytic/queueing/finite_room.h"
#include "workloads/queueing/metrics.h"
#include "workloads/queueing/twin_builder.h"

namespace fleetsim::queueing {
namespace {

struct Stream {
  double slots = 1;
  const StationConfig *workers = nullptr, *consumer = nullptr;
};

bool is_line(const StationConfig& s) {
  return s.copies == 1 && s.discipline == Discipline::fcfs && !s.room && !s.patience && !s.bulk &&
         !s.retrial;
}

// Two stations in a ring, the second of one server, and nothing else that takes time.
std::optional<Stream> stream_of(const Layout& layout) {
  const QueueingConfig& config = *layout.config;
  if (layout.arrivals != Arrivals::population || config.stations.size() != 2) return std::nullopt;
  const SourceConfig& source = config.sources.front();
  const auto& population = std::get<Population>(source.arrivals);
  if (source.to.kind != Target::Kind::station || source.service || population.think.mean() > 0)
    return std::nullopt;
  const StationConfig& first = config.stations[source.to.index];
  const StationConfig& second = config.stations[1 - source.to.index];
  const bool ring = first.to.kind == Target::Kind::station && first.to.index != source.to.index &&
                    second.to.kind == Target::Kind::exit;
  if (!ring || second.servers > 1 || !is_line(first) || !is_line(second)) return std::nullopt;
  return Stream{static_cast<double>(population.count), &first, &second};
}

}  // namespace

// With fixed times the slower side sets the rate, if there are slots enough to keep it busy: no
// more than all of them can be under way. With one worker and exponential times the slots that are
// full are M/M/1/K: a worker who stops is an arrival that is lost, for neither remembers.
void tell_stream(const Layout& layout, TwinBuilder& twin) {
  const std::optional<Stream> stream = stream_of(layout);
  if (!stream) return;
  const StationConfig &workers = *stream->workers, &consumer = *stream->consumer;
  const double made = workers.service.mean(), used = consumer.service.mean();
  const bool fixed = is_constant(workers.service) && is_constant(consumer.service);
  double rate = 0;
  if (fixed) {
    const auto slower = analytic::fixed_stream_rate(workers.servers, 1 / made, 1 / used);
    if (!slower) return twin.explain("queue.", slower.error().message);
    rate = std::min(*slower, stream->slots / (made + used));
  } else if (workers.servers == 1 && is_exponential(workers.service) &&
             is_exponential(consumer.service)) {
    const auto line =
        analytic::mmck({1 / made, 1 / used, 1}, static_cast<std::uint64_t>(stream->slots));
    if (!line) return twin.explain("queue.", line.error().message);
    rate = line->throughput;
  } else {
    return;
  }
  const Formula formula{"s.stream"};
  const double round = stream->slots / rate;  // of a slot (Little)
  twin.add("queue.throughput", formula, rate);
  twin.add_means("queue.", formula, round - made - used, round);
  for (std::size_t i = 0; i < 2; ++i) {
    const StationConfig& station = layout.config->stations[i];
    twin.add(station_prefix(*layout.config, i) + "utilization", formula,
             rate * station.service.mean() / station.servers);
  }
}

}  // namespace fleetsim::queueing
