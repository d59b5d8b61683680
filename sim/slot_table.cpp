#include "sim/slot_table.h"

#include <memory>

#include "sim/check.h"

namespace fleetsim {

SlotTable::Slot* SlotTable::fresh() {
  check(used_ < UINT32_MAX, "there are fewer than 2^32 events pending");
  const std::uint64_t shifted = std::uint64_t{used_} + first_segment;
  if (std::has_single_bit(shifted)) {
    const auto segment = static_cast<std::uint32_t>(std::countr_zero(shifted)) - first_segment_bits;
    segments_[segment] = reinterpret_cast<Slot*>(blocks_.grow(shifted * sizeof(Slot)));
  }
  const Event link{.run = nullptr, .self = nullptr, .arg = used_};
  return std::construct_at(&at(used_++), Slot{.event = link, .generation = 1});
}

}  // namespace fleetsim
