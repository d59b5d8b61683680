#pragma once
#include <algorithm>
#include <cstdint>

#include "sim/blocks.h"
#include "sim/units.h"

namespace fleetsim {

// One waiting event as the pending set sees it: when, and where the rest is kept.
struct Pending {
  Instant when;
  std::uint32_t slot = 0, generation = 0;
};

// Nine events and a link, 160 bytes. Larger chunks are up to a fifth faster with 10^6 events
// pending, but waste more than a third of the memory when buckets hold only a few.
struct alignas(32) Chunk {
  static constexpr std::uint32_t capacity = 9;
  Chunk* next = nullptr;
  Pending event[capacity];
};

// Events in order of appending. All chunks but the last are full, and the last links to the first.
struct EventList {
  Chunk* last = nullptr;
  std::uint32_t count = 0;
  std::uint32_t used = Chunk::capacity;  // of the last chunk
};

// The memory of all lists of a pending set, and what is done to them.
class ChunkPool {
 public:
  void append(EventList& list, Pending event) {
    if (list.used == Chunk::capacity) extend(list);
    list.last->event[list.used++] = event;
    ++list.count;
  }

  // Visits the events in order and gives their memory back as it goes; visit may append elsewhere.
  template <class Visit>
  void consume(EventList& list, Visit visit) {
    EventList rest = list;
    list = {};
    while (rest.count > 0) consume_chunk(rest, visit);
  }

  // The same for the first chunk only.
  template <class Visit>
  void consume_chunk(EventList& list, Visit visit) {
    Chunk* first = list.last->next;
    prefetch(first->next);
    const std::uint32_t n = std::min(list.count, Chunk::capacity);
    for (std::uint32_t i = 0; i < n; ++i) visit(first->event[i]);
    list.count -= n;
    if (list.count > 0)
      list.last->next = first->next;
    else
      list = {};
    first->next = free_;
    free_ = first;
  }

  // Memory that was ever used, in bytes.
  std::size_t footprint() const { return chunks_ * sizeof(Chunk); }

  template <class Visit>
  static void for_each(const EventList& list, Visit visit) {
    const Chunk* chunk = list.count > 0 ? list.last->next : nullptr;
    for (std::uint32_t left = list.count; left > 0; chunk = chunk->next) {
      prefetch(chunk->next);
      const std::uint32_t n = std::min(left, Chunk::capacity);
      for (std::uint32_t i = 0; i < n; ++i) visit(chunk->event[i]);
      left -= n;
    }
  }

 private:
  static void prefetch(const Chunk* chunk) {
    for (std::uint32_t i = 0; i < Chunk::capacity; i += 4) __builtin_prefetch(&chunk->event[i]);
  }
  void extend(EventList& list);
  void grow();

  Chunk* free_ = nullptr;
  std::byte* fresh_ = nullptr;  // never used memory of the newest block
  std::size_t fresh_chunks_ = 0, block_chunks_ = 16, chunks_ = 0;
  Blocks blocks_;
};

}  // namespace fleetsim
