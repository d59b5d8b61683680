#include "workloads/serving/gauges.h"

#include <utility>

namespace fleetsim::serving {

void Gauges::bin_ended(Instant now, std::uint64_t at_gateway, const ServingConfig& config,
                       const std::vector<Seat>& seats) {
  before_.resize(seats.size());
  const double length = seconds(now - last_);
  std::uint64_t waiting = at_gateway;
  double batch = 0, share = 0;
  for (std::size_t i = 0; i < seats.size(); ++i) {
    Replica& replica = *seats[i].replica;
    const Tallies so_far = replica.so_far(now);
    const auto pages = static_cast<double>(config.groups[seats[i].group].scheduler.pages);
    batch += so_far.sequence_seconds - before_[i].sequence_seconds;
    share += (so_far.page_seconds - before_[i].page_seconds) / pages;
    waiting += replica.waiting();
    before_[i] = {so_far.sequence_seconds, so_far.page_seconds};
  }
  queue_.value.push_back(static_cast<double>(waiting));
  batch_.value.push_back(batch / length);
  kv_.value.push_back(share / length / static_cast<double>(seats.size()));
  for (Series* series : {&queue_, &batch_, &kv_}) series->t.push_back(seconds(now - Instant{}));
  last_ = now;
}

std::vector<Series> Gauges::series() && {
  return {std::move(queue_), std::move(batch_), std::move(kv_)};
}

}  // namespace fleetsim::serving
