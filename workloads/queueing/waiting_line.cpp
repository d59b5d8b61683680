#include "workloads/queueing/waiting_line.h"

#include <algorithm>

#include "sim/check.h"

namespace fleetsim::queueing {

void WaitingLine::push(std::uint64_t key, CustomerId id, const Customers& customers) {
  ++waiting_;
  entries_.push_back({key, id, customers[id].visit});
  if (!first_come_) std::push_heap(entries_.begin(), entries_.end(), later);
}

WaitingLine::Entry WaitingLine::take() {
  if (!first_come_) {
    std::pop_heap(entries_.begin(), entries_.end(), later);
    const Entry entry = entries_.back();
    entries_.pop_back();
    return entry;
  }
  const Entry entry = entries_[head_++];
  if (head_ == entries_.size()) {
    entries_.clear();
    head_ = 0;
  } else if (head_ >= 64 && 2 * head_ >= entries_.size()) {  // paid for by the pops since the last
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
  return entry;
}

CustomerId WaitingLine::pop(const Customers& customers) {
  check(waiting_ > 0, "somebody waits");
  --waiting_;
  for (;;) {
    const Entry entry = take();
    if (customers[entry.id].visit == entry.visit) return entry.id;
  }
}

void WaitingLine::gave_up(const Customers& customers) {
  --waiting_;
  if (entries_.size() - head_ < 64 + 2 * std::size_t{waiting_}) return;
  const auto stale = [&](const Entry& e) { return customers[e.id].visit != e.visit; };
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(head_));
  head_ = 0;
  entries_.erase(std::remove_if(entries_.begin(), entries_.end(), stale), entries_.end());
  if (!first_come_) std::make_heap(entries_.begin(), entries_.end(), later);
}

}  // namespace fleetsim::queueing
