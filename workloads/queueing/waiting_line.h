#pragma once
#include <cstdint>
#include <vector>

#include "workloads/queueing/customer.h"

namespace fleetsim::queueing {

// Customers who wait, in order of a key; equal keys never occur, because the arrival number is part
// of it. A customer who gives up is not looked for: the entry turns stale (its visit is over) and
// is skipped, or swept out when stale entries are most of the line.
class WaitingLine {
 public:
  explicit WaitingLine(bool first_come) : first_come_(first_come) {}

  std::uint32_t size() const { return waiting_; }
  void push(std::uint64_t key, CustomerId id, const Customers& customers);
  CustomerId pop(const Customers& customers);  // the least key; REQUIRES: size() > 0
  void gave_up(const Customers& customers);    // some entry has turned stale

 private:
  struct Entry {
    std::uint64_t key = 0;
    CustomerId id{};
    std::uint32_t visit = 0;
  };
  static bool later(const Entry& a, const Entry& b) { return a.key > b.key; }
  Entry take();

  bool first_come_;  // keys only grow: a plain queue will do
  std::uint32_t waiting_ = 0;
  std::size_t head_ = 0;        // of a plain queue; entries before it are gone
  std::vector<Entry> entries_;  // a plain queue, or a heap under later()
};

}  // namespace fleetsim::queueing
