#include <algorithm>

#include "sim/check.h"
#include "workloads/serving/replica.h"

// Sequences of a replica: how they are let in, read, decode, give way and leave.
namespace fleetsim::serving {
namespace {

std::int64_t pages_for(std::int64_t tokens, std::int64_t page) {
  return (tokens + page - 1) / page;
}

}  // namespace

void Replica::stand_in_line(RequestId id, bool in_front) {
  Request& request = desk_.request(id);
  if (request.priority >= waiting_.size()) waiting_.resize(request.priority + 1);
  std::deque<Waiting>& queue = waiting_[request.priority];
  const Waiting entry{id, ++request.ticket};
  if (in_front)
    queue.push_front(entry);
  else
    queue.push_back(entry);
  ++waiting_count_;
}

std::deque<Replica::Waiting>* Replica::line() {
  for (std::deque<Waiting>& queue : waiting_) {
    while (!queue.empty() && queue.front().ticket != desk_.request(queue.front().request).ticket)
      queue.pop_front();
    if (!queue.empty()) return &queue;
  }
  return nullptr;
}

// With hashes a prompt takes whole blocks, of which some are the cache's, and what is made after it
// pages of their own.
std::int64_t Replica::pages_of(const Request& request, std::int64_t tokens,
                               std::uint32_t blocks) const {
  if (!config_.prefix_cache || request.hashes.empty())
    return pages_for(tokens, config_.page_tokens);
  const auto all = static_cast<std::int64_t>(request.hashes.size());
  return (all - blocks) * block_pages() + pages_for(tokens - request.prompt, config_.page_tokens);
}

bool Replica::can_hold(const Request& request) const {
  return pages_of(request, request.prompt + request.output, 0) <= config_.pages;
}

std::int64_t Replica::available() const {
  return config_.pages - own_pages_ - (cache_.blocks() - cache_.idle()) * block_pages();
}

void Replica::reclaim() {
  while (own_pages_ + cache_.blocks() * block_pages() > config_.pages) cache_.give_up_one();
}

bool Replica::fits(const Request& request) const {
  PrefixCache::Found found;
  if (config_.prefix_cache) found = cache_.find(request.hashes);
  const std::int64_t need = pages_of(request, request.prompt + request.made, found.blocks) +
                            found.idle * block_pages() + clock_.pages_for(1);
  return need + (running_ > 0 ? config_.watermark : 0) <= available();
}

Replica::Slot Replica::let_in() {
  std::deque<Waiting>& queue = *line();
  const RequestId id = queue.front().request;
  queue.pop_front();
  --waiting_count_;
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<Slot>(sequences_.size()));
    sequences_.emplace_back();
  }
  const Slot slot = free_slots_.back();
  free_slots_.pop_back();
  Request& request = desk_.request(id);
  Sequence& s = sequences_[slot];
  s = {.request = id,
       .hashes = config_.prefix_cache ? request.hashes : std::span<const std::uint64_t>{},
       .stage = Stage::reading,
       .use = s.use,
       .prompt = request.prompt,
       .goal = request.prompt + request.made,
       .order = ++let_in_};
  s.blocks = cache_.find(s.hashes).blocks;
  cache_.hold(s.hashes, s.blocks);
  s.known = std::min(std::min(s.blocks * config_.block_tokens, s.prompt), s.goal - 1);
  own_pages_ += own_pages(s);
  reclaim();
  if (request.made == 0) request.scheduled = engine_.now();
  request.cached = s.known;
  request.slot = slot;
  tallies_.hit_tokens += s.known;
  tallies_.asked_tokens += s.goal;
  tallies_.hit_blocks += s.blocks;
  tallies_.asked_blocks += static_cast<std::int64_t>(s.hashes.size());
  reading_.push_back(slot);
  ++running_;
  desk_.joined(id);
  return slot;
}

// The end of the prompt gives a token. Its blocks are there for others from now on.
void Replica::prompt_read(Slot slot, Fine at) {
  Sequence& s = sequences_[slot];
  const RequestId id = s.request;
  Request& request = desk_.request(id);
  const std::uint32_t brought = cache_.bring(s.hashes, s.blocks);
  own_pages_ -= brought * block_pages();
  s.blocks += brought;
  const bool first = request.made++ == 0;
  const bool last = request.made == request.output;
  if (last) {
    request.slot = no_slot;
    release(slot);
  } else {
    start_decoding(slot, at);
  }
  if (first) desk_.first_token(id, engine_.now());
  if (last) desk_.finished(id, engine_.now());
}

void Replica::start_decoding(Slot slot, Fine at) {
  Sequence& s = sequences_[slot];
  const Request& request = desk_.request(s.request);
  reading_.erase(std::find(reading_.begin(), reading_.end(), slot));
  s.stage = Stage::decoding;
  s.shift = s.goal - clock_.ticks();
  s.last = clock_.ticks() + request.output - request.made;
  s.joined = at;
  ++decoding_;
  context_ += s.goal;
  clock_.add(growing(s));
  finish_.push({s.last, slot, s.use});
  gaps_.made(at, 1);
}

std::int64_t Replica::growing(const Sequence& s) const {
  return s.hashes.empty() ? context(s) : context(s) - s.prompt;
}

std::int64_t Replica::own_pages(const Sequence& s) const {
  const std::int64_t tokens = s.stage == Stage::decoding ? context(s) : s.goal;
  if (s.hashes.empty()) return pages_for(tokens, config_.page_tokens);
  const auto all = static_cast<std::int64_t>(s.hashes.size());
  return (all - s.blocks) * block_pages() + pages_for(tokens - s.prompt, config_.page_tokens);
}

void Replica::release(Slot slot) {
  Sequence& s = sequences_[slot];
  own_pages_ -= own_pages(s);
  if (s.stage == Stage::decoding) {
    gaps_.left(std::max(s.joined, last_tick_));
    clock_.remove(growing(s));
    context_ -= context(s);
    --decoding_;
  } else {
    reading_.erase(std::find(reading_.begin(), reading_.end(), slot));
  }
  cache_.let_go(s.hashes, s.blocks);
  s.stage = Stage::free;
  ++s.use;
  free_slots_.push_back(slot);
  --running_;
}

// Pages for the next tick of all that decode.
bool Replica::make_room() {
  bool gave_way = false;
  while (clock_.pages_for(1) > available()) {
    Slot last = no_slot;
    for (Slot slot = 0; slot < sequences_.size(); ++slot)
      if (sequences_[slot].stage != Stage::free &&
          (last == no_slot || sequences_[slot].order > sequences_[last].order))
        last = slot;
    check(last != no_slot, "one sequence alone never runs out of pages");
    preempt(last);
    gave_way = true;
  }
  return gave_way;
}

void Replica::preempt(Slot slot) {
  const Sequence& s = sequences_[slot];
  const RequestId id = s.request;
  Request& request = desk_.request(id);
  if (s.stage == Stage::decoding)
    request.made = request.output - static_cast<std::uint32_t>(s.last - clock_.ticks());
  request.slot = no_slot;
  release(slot);
  stand_in_line(id, true);
  desk_.preempted(id);
}

std::int64_t Replica::cached_tokens(const Request& request) const {
  if (!config_.prefix_cache) return 0;
  const std::int64_t found = cache_.find(request.hashes).blocks;
  return std::min<std::int64_t>(found * config_.block_tokens, request.prompt);
}

}  // namespace fleetsim::serving
