#include "workloads/serving/page_clock.h"

namespace fleetsim::serving {

// In as many ticks as a page has tokens each sequence takes one.
std::int64_t PageClock::pages_for(std::int64_t n) const {
  const auto size = static_cast<std::int64_t>(count_.size());
  std::int64_t pages = n / size * sequences_;
  for (std::int64_t i = 0; i < n % size; ++i) pages += due(i);
  return pages;
}

std::int64_t PageClock::ticks_within(std::int64_t pages, std::int64_t n) const {
  if (sequences_ == 0) return n;
  const auto size = static_cast<std::int64_t>(count_.size());
  std::int64_t ticks = pages / sequences_ * size;
  if (ticks >= n) return n;
  pages %= sequences_;
  for (std::int64_t i = 0; ticks < n && i < size && due(i) <= pages; ++i, ++ticks) pages -= due(i);
  return ticks;
}

}  // namespace fleetsim::serving
