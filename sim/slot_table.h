#pragma once
#include <array>
#include <bit>
#include <cstdint>

#include "sim/blocks.h"

namespace fleetsim {

// What happens: a plain function, its object and one word of argument. No allocation, no virtual.
struct Event {
  void (*run)(void* self, std::uint64_t arg) = nullptr;
  void* self = nullptr;
  std::uint64_t arg = 0;
};

// Names one scheduled event; always safe to keep, copy or cancel, also after the event has run.
struct EventHandle {
  std::uint32_t slot = 0, generation = 0;  // by default: names nothing
  friend bool operator==(EventHandle, EventHandle) = default;
};

// Where scheduled events are kept, by number. A slot is used again, most recent first, which keeps
// it in the cache; each use has a generation of its own, so that an old handle can't name it. A
// slot whose 2^32 - 1 generations are spent is left alone for ever: it costs 32 bytes every 4 *
// 10^9 events.
class SlotTable {
 public:
  std::uint64_t live() const { return live_; }
  std::size_t footprint() const { return used_ * sizeof(Slot); }  // bytes ever used

  EventHandle take(Event event) {
    Slot* slot = free_ != nullptr ? free_ : fresh();
    free_ = static_cast<Slot*>(slot->event.self);
    const auto index = static_cast<std::uint32_t>(slot->event.arg);
    slot->event = event;
    ++live_;
    return {index, slot->generation};
  }

  // The event of that use of the slot, if it still waits.
  const Event* find(EventHandle handle) const {
    if (handle.slot >= used_) return nullptr;
    const Slot& slot = at(handle.slot);
    return slot.generation == handle.generation ? &slot.event : nullptr;
  }

  // Frees the slot; false: that use of it is over. REQUIRES: the slot was handed out before.
  bool release(EventHandle handle, Event& event) {
    Slot& slot = at(handle.slot);
    if (slot.generation != handle.generation) return false;
    event = slot.event;
    --live_;
    if (++slot.generation == 0) return true;
    slot.event = {.run = nullptr, .self = free_, .arg = handle.slot};
    free_ = &slot;
    return true;
  }

  void prefetch(std::uint32_t index) const { __builtin_prefetch(&at(index)); }

 private:
  struct Slot {
    Event event;  // of a free slot: self is the next free one, arg its own number
    std::uint32_t generation;
  };
  // Segments double in size and never move: slot i lies in segment log2(i / first + 1).
  static constexpr std::uint32_t first_segment_bits = 8;
  static constexpr std::uint32_t first_segment = 1u << first_segment_bits;

  Slot& at(std::uint32_t index) const {
    const std::uint64_t shifted = std::uint64_t{index} + first_segment;
    const auto bit = static_cast<std::uint32_t>(std::bit_width(shifted)) - 1;
    return segments_[bit - first_segment_bits][shifted - (std::uint64_t{1} << bit)];
  }
  Slot* fresh();  // a slot never used before, as if it were the only free one

  Slot* free_ = nullptr;
  std::uint32_t used_ = 0;
  std::uint64_t live_ = 0;
  std::array<Slot*, 33 - first_segment_bits> segments_{};
  Blocks blocks_;
};

}  // namespace fleetsim
