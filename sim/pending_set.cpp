#include "sim/pending_set.h"

#include <bit>

#include "sim/check.h"

namespace fleetsim {
namespace {

struct Span {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
};

Span span_of(const EventList& list) {
  Span span;
  ChunkPool::for_each(list, [&](const Pending& event) {
    span.first = std::min(span.first, event.when.ns);
    span.last = std::max(span.last, event.when.ns);
  });
  return span;
}

}  // namespace

std::size_t PendingSet::footprint() const {
  std::size_t bytes = sizeof(*this) + pool_.footprint();
  for (const Rung& rung : rungs_) {
    bytes += sizeof(rung) + rung.bucket.capacity() * sizeof(EventList);
    bytes += rung.filled.capacity() * sizeof(std::uint64_t);
  }
  return bytes;
}

// Behind all events of its own instant, so that equal times stay in order of pushing.
void PendingSet::insert_near(Pending event) {
  if (tail_ == near_.size()) {
    std::copy(near_.begin() + head_, near_.begin() + tail_, near_.begin());
    tail_ -= head_;
    head_ = 0;
  }
  std::uint32_t at = tail_++;
  for (; at > head_ && near_[at - 1].when > event.when; --at) near_[at] = near_[at - 1];
  near_[at] = event;
}

void PendingSet::push_beyond(Pending event) {
  const std::int64_t t = event.when.ns;
  if (t >= far_from_) return pool_.append(far_, event);
  for (std::uint32_t r = 0; r < depth_; ++r)
    if (t >= rungs_[r].open_from) return append(rungs_[r], event);
  if (t >= near_end_) return pool_.append(burst_, event);  // the instant of the burst, and no other
  spill_near();
  push(event);
}

void PendingSet::append(Rung& rung, Pending event) {
  const std::uint32_t i = rung.index(event.when.ns);
  rung.filled[i / 64] |= std::uint64_t{1} << (i % 64);
  pool_.append(rung.bucket[i], event);
}

std::int64_t PendingSet::ceiling() const {
  return depth_ > 0 ? rungs_[depth_ - 1].open_from : far_from_;
}

// The near array is full: most of it goes out to where it can be cut.
void PendingSet::spill_near() {
  if (depth_ == 0 && burst_.count == 0) {
    const std::int64_t cut = near_[head_ + near_limit / 2].when.ns;
    std::uint32_t keep = head_;
    while (near_[keep].when.ns < cut) ++keep;
    for (std::uint32_t i = keep; i < tail_; ++i) pool_.append(far_, near_[i]);
    tail_ = keep;
    near_end_ = far_from_ = cut;
    return;
  }
  if (burst_.count > 0) {  // it must wait outside the rung that is about to be made
    Rung& rung = add_rung(0, burst_at_, burst_at_, ceiling());
    rung.bucket[0] = burst_;
    rung.filled[0] = 1;
    burst_ = {};
  }
  const std::int64_t start = std::min(floor_, near_[head_].when.ns);
  Rung& rung = add_rung(tail_ - head_, start, near_[tail_ - 1].when.ns, near_end_);
  for (std::uint32_t i = head_; i < tail_; ++i) append(rung, near_[i]);
  head_ = tail_ = 0;
  near_end_ = rung.open_from;
}

// A rung over [start, end) whose buckets are fine enough for `events` events up to `last`.
PendingSet::Rung& PendingSet::add_rung(std::uint64_t events, std::int64_t start, std::int64_t last,
                                       std::int64_t end) {
  if (depth_ == rungs_.size()) rungs_.emplace_back();
  Rung& rung = rungs_[depth_++];
  const std::uint64_t wanted =
      std::clamp<std::uint64_t>(events / per_bucket, min_buckets, max_buckets);
  rung.buckets = static_cast<std::uint32_t>(std::bit_ceil(wanted));
  const auto width_bits =
      static_cast<int>(std::bit_width(static_cast<std::uint64_t>(last - start)));
  rung.shift = static_cast<std::uint32_t>(std::max(0, width_bits - std::countr_zero(rung.buckets)));
  rung.open_from = rung.start = start;
  rung.end = end;
  rung.next = 0;
  rung.bucket.assign(rung.buckets + 1, {});
  rung.filled.assign(rung.buckets / 64 + 1, 0);
  return rung;
}

// Makes near_ hold the first events; false: there are none.
bool PendingSet::refill() {
  head_ = tail_ = 0;
  while (head_ == tail_) {
    if (burst_.count > 0)
      continue_burst();
    else if (!open_next())
      return false;
  }
  return true;
}

// Opens the next bucket there is; false: nothing waits anywhere.
bool PendingSet::open_next() {
  while (depth_ > 0) {
    Rung& rung = rungs_[depth_ - 1];
    std::uint32_t word = rung.next / 64;
    std::uint64_t bits = rung.filled[word] & (~std::uint64_t{0} << (rung.next % 64));
    while (bits == 0 && ++word < rung.filled.size()) bits = rung.filled[word];
    if (bits == 0) {
      --depth_;
      continue;
    }
    const std::uint32_t i = word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
    rung.filled[word] &= ~(std::uint64_t{1} << (i % 64));
    EventList list = rung.bucket[i];
    rung.bucket[i] = {};
    const bool beyond = i == rung.buckets;
    const std::int64_t end =
        beyond ? rung.end
               : std::min(rung.end, rung.start + (static_cast<std::int64_t>(i + 1) << rung.shift));
    rung.next = i + 1;
    rung.open_from = end;
    open(list, !beyond && rung.shift == 0, end);
    return true;
  }
  if (far_.count == 0) {
    near_end_ = far_from_ = forever;
    return false;
  }
  const EventList list = far_;
  far_ = {};
  const std::int64_t end = span_of(list).last + 1;
  far_from_ = end;
  open(list, false, end);
  return true;
}

// Brings a list that covers the time up to `end` closer: into the array, the burst or a new rung.
void PendingSet::open(EventList list, bool one_instant, std::int64_t end) {
  near_end_ = end;
  if (list.count <= sort_limit) return sort_into_near(list);
  const Span span = one_instant ? Span{} : span_of(list);
  if (one_instant || span.first == span.last) {
    return start_burst(list, list.last->event[0].when.ns);
  }
  Rung& rung = add_rung(list.count, span.first, span.last, end);
  near_end_ = span.first;
  pool_.consume(list, [&](const Pending& event) { append(rung, event); });
}

// By counting for each event those that go before it: a comparison more than insertion would need,
// but none that the processor has to guess.
void PendingSet::sort_into_near(EventList list) {
  static_assert(sort_limit <= near_limit, "the far half of the array, empty now, holds the list");
  const auto event = near_.begin() + near_limit;
  std::array<std::uint32_t, sort_limit> rank;
  std::uint32_t n = 0;
  pool_.consume(list, [&](const Pending& e) {
    std::uint32_t before = n;
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t later = event[i].when > e.when ? 1 : 0;
      rank[i] += later;
      before -= later;
    }
    rank[n] = before;
    event[n++] = e;
  });
  for (std::uint32_t i = 0; i < n; ++i) near_[rank[i]] = event[i];
  tail_ = n;
}

// However many events share an instant, they pass through the array a chunk at a time, unsorted.
void PendingSet::start_burst(EventList list, std::int64_t when) {
  burst_ = list;
  burst_at_ = near_end_ = when;
  if (depth_ == 0) return;
  Rung& rung = rungs_[depth_ - 1];  // what comes later in the same bucket still goes there
  rung.next = rung.index(when);
  rung.open_from = when + 1;
}

void PendingSet::continue_burst() {
  pool_.consume_chunk(burst_, [&](const Pending& event) { near_[tail_++] = event; });
  if (burst_.count == 0) near_end_ = ceiling();
}

}  // namespace fleetsim
