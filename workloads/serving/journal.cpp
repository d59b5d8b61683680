#include "workloads/serving/journal.h"

namespace fleetsim::serving {
namespace {

constexpr const char* end_names[end_kinds] = {"serving.completed", "serving.refused",
                                              "serving.timed_out", "serving.lost"};

double since(Instant begin, Instant now) {
  return seconds(now - begin);
}

}  // namespace

void Journal::note(Instant now, const char* what, std::uint64_t who, double value,
                   Record::Shape shape) {
  if (sink_ == nullptr) return;
  const Record record{now, what, who, value, shape};
  sink_->write({&record, 1});
}

void Journal::came(const Request& request) {
  note(request.arrived, "serving.request", request.number, request.prompt, Record::Shape::begin);
}

void Journal::scheduled(const Request& request, Instant now) {
  note(now, "serving.scheduled", request.number, since(request.arrived, now));
}

void Journal::first_token(const Request& request, Instant now) {
  note(now, "serving.first_token", request.number, since(request.arrived, now));
}

void Journal::preempted(const Request& request, Instant now) {
  note(now, "serving.preempted", request.number, request.made);
}

void Journal::retried(const Request& request, Instant now, std::uint32_t tries) {
  note(now, "serving.retry", request.number, tries);
}

void Journal::ended(const Request& request, Instant now, End how) {
  const double time = since(request.arrived, now);
  note(now, end_names[static_cast<std::size_t>(how)], request.number, time);
  note(now, "serving.request", request.number, time, Record::Shape::end);
}

void Journal::at_replica(std::uint32_t seat, const Replica& replica, Instant now) {
  if (sink_ == nullptr) return;
  if (told_.size() <= seat) told_.resize(seat + 1);
  const Levels levels{replica.waiting(), replica.present() - replica.waiting()};
  Levels& told = told_[seat];
  const auto tell = [&](const char* what, std::size_t before, std::size_t after) {
    if (after != before) note(now, what, seat, static_cast<double>(after), Record::Shape::counter);
  };
  tell("serving.queue", told.queue, levels.queue);
  tell("serving.batch", told.batch, levels.batch);
  told = levels;
}

}  // namespace fleetsim::serving
