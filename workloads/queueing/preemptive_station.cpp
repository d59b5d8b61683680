#include "workloads/queueing/preemptive_station.h"

#include <algorithm>

#include "workloads/queueing/system.h"

namespace fleetsim::queueing {

// Under SRPT a running customer moves up as the work shrinks; elsewhere the rank is for ever. Work
// that ends at this very instant is done, though its event may be still to come.
PreemptiveStation::Rank PreemptiveStation::rank_now(const Job& running) {
  const Duration left = running.left - (system().engine().now() - running.started);
  if (left.ns == 0) return {0, 0};
  if (config().discipline != Discipline::srpt) return running.rank;
  return {static_cast<std::uint64_t>(left.ns), running.rank.number};
}

void PreemptiveStation::arrive(CustomerId id) {
  add_present(1);
  const std::uint64_t number = arrivals_++;
  Job job{.rank = {0, number}, .id = id, .left = system().customers()[id].work};
  switch (config().discipline) {
    case Discipline::srpt:
      job.rank.key = static_cast<std::uint64_t>(job.left.ns);
      break;
    case Discipline::lcfs_preemptive:
      job.rank.key = ~number;
      break;
    default:
      job.rank.key = system().priority_key(id, 0);
      break;
  }
  if (running_.size() < config().servers) return start(job);
  std::size_t worst = 0;
  for (std::size_t i = 1; i < running_.size(); ++i)
    if (rank_now(running_[i]) > rank_now(running_[worst])) worst = i;
  if (job.rank < rank_now(running_[worst])) {
    stop(worst);
    start(job);
  } else {
    waiting_.push_back(job);
    std::push_heap(waiting_.begin(), waiting_.end(), after);
  }
}

void PreemptiveStation::start(Job job) {
  job.started = system().engine().now();
  job.done = system().engine().after(job.left, on<&PreemptiveStation::finish>(*this, job.id.index));
  running_.push_back(job);
  set_busy(static_cast<std::int64_t>(running_.size()));
}

void PreemptiveStation::stop(std::size_t running) {
  Job job = running_[running];
  running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(running));
  system().engine().cancel(job.done);
  job.rank = rank_now(job);
  job.left = job.left - (system().engine().now() - job.started);
  waiting_.push_back(job);
  std::push_heap(waiting_.begin(), waiting_.end(), after);
}

void PreemptiveStation::finish(std::uint64_t customer) {
  const CustomerId id{static_cast<std::uint32_t>(customer)};
  std::erase_if(running_, [&](const Job& job) { return job.id == id; });
  add_present(-1);
  if (waiting_.empty()) {
    set_busy(static_cast<std::int64_t>(running_.size()));
  } else {
    std::pop_heap(waiting_.begin(), waiting_.end(), after);
    const Job next = waiting_.back();
    waiting_.pop_back();
    start(next);
  }
  system().served(id, group());
}

}  // namespace fleetsim::queueing
