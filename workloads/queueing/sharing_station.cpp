#include "workloads/queueing/sharing_station.h"

#include <algorithm>
#include <cmath>

#include "workloads/queueing/system.h"

namespace fleetsim::queueing {

double SharingStation::rate() const {
  const double n = static_cast<double>(shares_.size());
  const double servers = config().servers;
  return n <= servers ? 1 : servers / n;
}

void SharingStation::advance() {
  const Instant now = system().engine().now();
  attained_ += static_cast<double>((now - advanced_).ns) * rate();
  advanced_ = now;
}

void SharingStation::arrive(CustomerId id) {
  advance();
  add_present(1);
  if (shares_.empty()) attained_ = 0;  // keeps the clock short, and so exact
  const double work = static_cast<double>(system().customers()[id].work.ns);
  shares_.push_back({attained_ + work, arrivals_++, id});
  std::push_heap(shares_.begin(), shares_.end(), after);
  expect_next();
}

void SharingStation::expect_next() {
  system().engine().cancel(next_);
  set_busy(std::min<std::int64_t>(config().servers, static_cast<std::int64_t>(shares_.size())));
  if (shares_.empty()) return;
  const double wait = std::max(0.0, (shares_.front().done_at - attained_) / rate());
  next_ = system().engine().after({std::llround(wait)}, on<&SharingStation::finish>(*this));
}

void SharingStation::finish(std::uint64_t) {
  advance();
  attained_ = shares_.front().done_at;  // by definition; the event came to the nearest nanosecond
  const CustomerId id = shares_.front().id;
  std::pop_heap(shares_.begin(), shares_.end(), after);
  shares_.pop_back();
  add_present(-1);
  expect_next();
  system().served(id, group());
}

}  // namespace fleetsim::queueing
