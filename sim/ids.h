#pragma once
#include <compare>
#include <cstdint>

namespace fleetsim {

// Names one row of one table. Ids of different tables do not mix, and an id survives what a pointer
// does not: growth, copying, a file.
template <class Table>
struct Id {
  std::uint32_t index = UINT32_MAX;  // by default: names nothing
  friend constexpr auto operator<=>(Id, Id) = default;
};

}  // namespace fleetsim
