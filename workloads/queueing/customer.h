#pragma once
#include <cstdint>
#include <vector>

#include "sim/ids.h"
#include "sim/slot_table.h"
#include "sim/units.h"

namespace fleetsim::queueing {

using CustomerId = Id<struct CustomerTable>;

struct Customer {
  Instant entered{};       // the system, for the first time
  Instant joined{};        // the present station
  Duration work{};         // asked of the present station
  Duration served{};       // work done by all stations so far
  EventHandle patience{};  // while waiting where patience is limited
  std::uint32_t source = 0;
  std::uint32_t visit = 0;  // how often this row was given back: tells its users apart
};

// All customers in the system. Rows are used again; a row that is free has entered == never.
class Customers {
 public:
  static constexpr Instant never{-1};

  CustomerId add(Instant now, std::uint32_t source) {
    if (free_.empty()) {
      free_.push_back({static_cast<std::uint32_t>(rows_.size())});
      rows_.emplace_back();
    }
    const CustomerId id = free_.back();
    free_.pop_back();
    rows_[id.index] = {.entered = now, .source = source, .visit = rows_[id.index].visit};
    return id;
  }
  void remove(CustomerId id) {
    rows_[id.index].entered = never;
    ++rows_[id.index].visit;
    free_.push_back(id);
  }
  Customer& operator[](CustomerId id) { return rows_[id.index]; }
  const Customer& operator[](CustomerId id) const { return rows_[id.index]; }
  const std::vector<Customer>& rows() const { return rows_; }

 private:
  std::vector<Customer> rows_;
  std::vector<CustomerId> free_;
};

}  // namespace fleetsim::queueing
