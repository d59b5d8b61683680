#include "workloads/queueing/orbit.h"

#include "workloads/queueing/system.h"

namespace fleetsim::queueing {

void Orbit::join(CustomerId id) {
  size_.set(system_.engine().now(), size_.level() + 1);
  if (!config_.constant) return expect_try(id.index);
  first_come_.push_back(id);
  if (first_come_.size() == 1) expect_try(0);
}

void Orbit::expect_try(std::uint32_t customer) {
  const Duration delay = from_seconds(config_.delay.draw(chance_));
  if (config_.constant)
    system_.engine().after(delay, on<&Orbit::retry_first>(*this));
  else
    system_.engine().after(delay, on<&Orbit::retry>(*this, customer));
}

void Orbit::retry(std::uint64_t customer) {
  const CustomerId id{static_cast<std::uint32_t>(customer)};
  if (!system_.try_again(id, station_)) return expect_try(id.index);
  size_.set(system_.engine().now(), size_.level() - 1);
}

void Orbit::retry_first(std::uint64_t) {
  if (system_.try_again(first_come_.front(), station_)) {
    first_come_.pop_front();
    size_.set(system_.engine().now(), size_.level() - 1);
  }
  if (!first_come_.empty()) expect_try(0);
}

}  // namespace fleetsim::queueing
