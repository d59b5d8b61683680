#include "traces/requests/spread_batches.h"

#include <algorithm>
#include <utility>

namespace fleetsim::requests {
namespace {

constexpr std::size_t fewest_times = 10, fewest_in_batch = 2;

}  // namespace

std::optional<Duration> clock_tick(const std::deque<RequestRow>& beginning) {
  std::vector<Duration> steps;
  for (std::size_t i = 1; i < beginning.size(); ++i) {
    const Duration step = beginning[i].arrival - beginning[i - 1].arrival;
    if (step > 0_ns) steps.push_back(step);
  }
  if (steps.size() + 1 < fewest_times) return std::nullopt;
  if (beginning.size() < fewest_in_batch * (steps.size() + 1)) return std::nullopt;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

SpreadBatches::SpreadBatches(std::unique_ptr<RowSource> rows, Duration tick, std::uint64_t seed)
    : rows_(std::move(rows)),
      tick_(tick),
      chance_(Chance{.seed = seed}.stream("requests.spread")) {}

Status SpreadBatches::read_batch() {
  if (ahead_) batch_.push_back(*std::exchange(ahead_, std::nullopt));
  while (!ahead_) {
    RequestRow row;
    const Result<bool> more = rows_->next(row);
    if (!more) return more.error();
    if (!*more) break;
    if (batch_.empty() || row.arrival == batch_.front().arrival)
      batch_.push_back(std::move(row));
    else
      ahead_ = std::move(row);
  }
  if (batch_.empty()) return Done{};
  const Instant start = batch_.front().arrival;
  const Duration room = ahead_ ? std::min(tick_, ahead_->arrival - start) : tick_;
  std::vector<Duration> offsets;
  for (std::size_t i = 0; i < batch_.size(); ++i)
    offsets.push_back(
        {static_cast<std::int64_t>(chance_.uniform() * static_cast<double>(room.ns))});
  std::sort(offsets.begin(), offsets.end());
  for (std::size_t i = 0; i < batch_.size(); ++i) batch_[i].arrival = start + offsets[i];
  return Done{};
}

Result<bool> SpreadBatches::next(RequestRow& row) {
  if (batch_.empty())
    if (const Status read = read_batch(); !read) return read.error();
  if (batch_.empty()) return false;
  row = std::move(batch_.front());
  batch_.pop_front();
  return true;
}

}  // namespace fleetsim::requests
