#pragma once
#include <cstdint>
#include <vector>

#include "sim/record.h"
#include "workloads/serving/collector.h"
#include "workloads/serving/replica.h"

namespace fleetsim::serving {

// The history of a run, for whoever watches. Each request is a span "serving.request" from its
// arrival at the client to its end there, by its number; on the way it is "serving.scheduled" when
// it first takes part in a pass, has its "serving.first_token", is "serving.preempted", comes again
// ("serving.retry"), and in the end is "serving.completed", or "serving.refused" and so on. Each
// replica has two levels, "serving.queue" and "serving.batch": those who wait there, and those in
// passes, told when somebody comes, joins a pass, or leaves. Who is cancelled in a pass goes with
// it, and is seen to have gone when the next one comes or goes.
class Journal {
 public:
  explicit Journal(RecordSink* sink) : sink_(sink) {}

  void came(const Request& request);  // value: tokens of its prompt
  void scheduled(const Request& request, Instant now);
  void first_token(const Request& request, Instant now);
  void preempted(const Request& request, Instant now);  // value: tokens made so far
  void retried(const Request& request, Instant now, std::uint32_t tries);
  void ended(const Request& request, Instant now, End how);  // value: s since it came
  void at_replica(std::uint32_t seat, const Replica& replica, Instant now);

 private:
  struct Levels {
    std::size_t queue = 0, batch = 0;
  };
  void note(Instant now, const char* what, std::uint64_t who, double value,
            Record::Shape shape = Record::Shape::instant);

  RecordSink* sink_;
  std::vector<Levels> told_;  // by seat
};

}  // namespace fleetsim::serving
