#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/chunk_list.h"
#include "sim/units.h"

namespace fleetsim {

// The events that wait to run, handed out in (time, order of pushing). A ladder over integer time,
// in which the order of pushing is never stored: every container keeps it.
//
//   now ──► near_: sorted array │ burst_: one instant │ rungs, innermost first │ far_: unsorted
//
// A rung cuts a stretch of time into up to `max_buckets` buckets of a power-of-two width; a bucket
// is a list in order of pushing. When the near array runs out, the next bucket is opened: a small
// one is sorted into the array, one that holds a single instant becomes the burst, any other is cut
// into an inner rung of its own. Each opening narrows the width by the number of buckets, so an
// event moves at most 64 / log2(8) times whatever the distribution, and about three times usually.
class PendingSet {
 public:
  // REQUIRES: when is not before the last event taken.
  void push(Pending event) {
    if (event.when.ns < near_end_ && tail_ - head_ < near_limit) [[likely]]
      insert_near(event);
    else
      push_beyond(event);
  }

  // The first event, or nullptr; valid until the next push or take. Events that have just come near
  // are announced, so that what they name can be fetched into the cache while others run.
  template <class Announce>
  const Pending* first(Announce announce) {
    if (head_ == tail_) {
      if (!refill()) return nullptr;
      for (std::uint32_t i = head_; i < tail_; ++i) announce(near_[i]);
    }
    return &near_[head_];
  }
  // Takes the event that first() has shown.
  void take_first() { floor_ = near_[head_++].when.ns; }

  std::size_t footprint() const;  // bytes ever used

  // Drops the events for which stale(event) holds. Costs a pass over all of them.
  template <class Stale>
  void remove_if(Stale stale);

 private:
  static constexpr std::uint32_t near_limit = 64;
  static constexpr std::uint32_t sort_limit = 48;  // larger buckets are cut, not sorted
  static constexpr std::uint32_t per_bucket = 8;   // aimed at
  static constexpr std::uint32_t min_buckets = 8, max_buckets = 1024;
  static constexpr std::int64_t forever = std::numeric_limits<std::int64_t>::max();

  // Buckets over [start, end): bucket i holds [start + i*width, start + (i+1)*width), and one more
  // holds what lies beyond the last. Those before `open_from` are empty; earlier events go further
  // in.
  struct Rung {
    std::int64_t open_from = 0, start = 0, end = 0;
    std::uint32_t shift = 0, next = 0, buckets = 0;
    std::vector<EventList> bucket;
    std::vector<std::uint64_t> filled;  // one bit a bucket

    std::uint32_t index(std::int64_t t) const {
      const auto i = static_cast<std::uint64_t>(t - start) >> shift;
      return i < buckets ? static_cast<std::uint32_t>(i) : buckets;
    }
  };

  void insert_near(Pending event);
  void push_beyond(Pending event);
  void spill_near();
  bool refill();
  bool open_next();
  void open(EventList list, bool one_instant, std::int64_t end);
  void sort_into_near(EventList list);
  void start_burst(EventList list, std::int64_t when);
  void continue_burst();
  Rung& add_rung(std::uint64_t events, std::int64_t start, std::int64_t last, std::int64_t end);
  void append(Rung& rung, Pending event);
  std::int64_t ceiling() const;  // where the innermost rung, or the far list, begins

  std::uint32_t head_ = 0, tail_ = 0;  // near_[head_, tail_) waits, sorted
  std::int64_t near_end_ = forever;    // near_ holds all that is before this
  std::int64_t far_from_ = forever;    // far_ holds all that is not before this
  std::int64_t floor_ = 0;             // time of the last event taken
  std::int64_t burst_at_ = 0;          // instant of burst_, if that is not empty
  EventList burst_, far_;
  std::uint32_t depth_ = 0;  // rungs in use; rungs_[depth_ - 1] is innermost
  std::vector<Rung> rungs_;
  ChunkPool pool_;
  std::array<Pending, std::size_t{2} * near_limit> near_;
};

template <class Stale>
void PendingSet::remove_if(Stale stale) {
  tail_ = static_cast<std::uint32_t>(
      std::remove_if(near_.begin() + head_, near_.begin() + tail_, stale) - near_.begin());
  const auto sift = [&](EventList& list) {
    EventList kept;
    pool_.consume(list, [&](Pending event) {
      if (!stale(event)) pool_.append(kept, event);
    });
    list = kept;
  };
  sift(burst_);
  sift(far_);
  for (std::uint32_t r = 0; r < depth_; ++r)
    for (EventList& list : rungs_[r].bucket) sift(list);
}

}  // namespace fleetsim
