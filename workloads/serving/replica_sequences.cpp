#include <algorithm>

#include "sim/check.h"
#include "workloads/serving/replica.h"

// Sequences of a replica: how they are let in, read, decode, give way and leave.
namespace fleetsim::serving {

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

std::deque<Waiting>* Replica::line() {
  for (std::deque<Waiting>& queue : waiting_) {
    while (!queue.empty() && queue.front().ticket != desk_.request(queue.front().request).ticket)
      queue.pop_front();
    if (!queue.empty()) return &queue;
  }
  return nullptr;
}

std::int64_t Replica::available() const {
  return config_.pages - own_pages_ - (cache_.blocks() - cache_.idle()) * block_pages();
}

void Replica::reclaim() {
  while (own_pages_ + cache_.blocks() * block_pages() > config_.pages) {
    const std::uint64_t hash = cache_.give_up_one();
    if (tiers_.any()) tiers_.keep(hash);
  }
}

bool Replica::fits(const Request& request) const {
  if (adapters_.any() && !adapters_.has_room(adapters_.needed(request.luck))) return false;
  const std::int64_t room =
      available() - clock_.pages_for(ahead()) - (running_ > 0 ? config_.watermark : 0);
  if (request.tier != no_slot)
    return pages_for(std::int64_t{request.prompt} + request.made - 1 + ahead(),
                     config_.page_tokens) <= room;
  PrefixCache::Found found;
  if (config_.prefix_cache) found = cache_.find(request.hashes);
  const std::uint32_t next = request.brought > 0 ? ahead() - 1 : 0;  // who decodes at once
  return pages_of(config_, request, request.prompt + request.made + next, found.blocks) +
             found.idle * block_pages() <=
         room;
}

Slot Replica::let_in() {
  std::deque<Waiting>& queue = *line();
  const RequestId id = queue.front().request;
  queue.pop_front();
  --waiting_count_;
  const Slot slot = place(id);
  Sequence& s = sequences_[slot];
  Request& request = desk_.request(id);
  if (adapters_.any()) take_adapter(s, request);
  if (request.tier != no_slot) {
    resume(slot);
    return slot;
  }
  if (request.brought > 0) {
    join_with_keys(slot);
    return slot;
  }
  find_known(s);
  if (request.made == 0) request.scheduled = engine_.now();
  request.cached = s.known;
  reading_.push_back(slot);
  return slot;
}

Slot Replica::place(RequestId id) {
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
       .goal = request.brought > 0 ? request.brought : request.prompt + request.made,
       .order = ++let_in_};
  if (config_.speculation) s.acceptance = acceptance_of(*config_.speculation, request.luck);
  request.slot = slot;
  ++running_;
  desk_.joined(id);
  return slot;
}

void Replica::take_adapter(Sequence& s, const Request& request) {
  s.adapter = adapters_.needed(request.luck);
  const bool loaded = adapters_.use(s.adapter);
  if (loaded) moving_ += adapters_.load_time();
  ++tallies_.adapters_used;
  tallies_.adapters_loaded += loaded;
}

// Its keys and values came along, so it goes on to decode.
void Replica::join_with_keys(Slot slot) {
  Sequence& s = sequences_[slot];
  Request& request = desk_.request(s.request);
  s.blocks = cache_.find(s.hashes).blocks;
  cache_.hold(s.hashes, s.blocks);
  own_pages_ += own_pages(s);
  reclaim();
  request.brought = 0;
  share_blocks(s);
  start_decoding(slot, fine_of(request.first_token));
}

// Blocks in tiers that follow those in memory are read back before the pass.
void Replica::find_known(Sequence& s) {
  s.blocks = cache_.find(s.hashes).blocks;
  cache_.hold(s.hashes, s.blocks);
  if (tiers_.any()) {
    const std::uint32_t n = tiers_.find(s.hashes.subspan(s.blocks));
    const KeyTiers::Taken taken = tiers_.take(s.hashes.subspan(s.blocks, n));
    moving_ += taken.time;
    for (std::size_t i = 0; i < most_tiers; ++i) tallies_.tier_blocks[i] += taken.blocks[i];
    s.blocks += cache_.bring(s.hashes.first(s.blocks + n), s.blocks);
  }
  s.known = std::min(std::min(s.blocks * config_.block_tokens, s.prompt), s.goal - 1);
  own_pages_ += own_pages(s);
  reclaim();
  tallies_.hit_tokens += s.known;
  tallies_.asked_tokens += s.goal;
  tallies_.hit_blocks += s.blocks;
  tallies_.asked_blocks += static_cast<std::int64_t>(s.hashes.size());
}

// Blocks of its prompt are there for others from now on.
void Replica::share_blocks(Sequence& s) {
  const std::uint32_t brought = cache_.bring(s.hashes, s.blocks);
  own_pages_ -= brought * block_pages();
  s.blocks += brought;
}

// The end of the prompt gives a token.
void Replica::prompt_read(Slot slot, Fine at) {
  Sequence& s = sequences_[slot];
  const RequestId id = s.request;
  Request& request = desk_.request(id);
  share_blocks(s);
  const bool first = request.made++ == 0;
  const bool last = request.made == request.output;
  const bool goes = !last && config_.role == Role::prefill;
  const std::uint64_t keys = goes ? leave_keys(slot) : 0;
  if (last || goes) {
    request.slot = no_slot;
    release(slot);
  } else {
    reading_.erase(std::find(reading_.begin(), reading_.end(), slot));
    start_decoding(slot, at);
  }
  if (first) desk_.first_token(id, engine_.now());
  if (goes) desk_.handed_over(id, keys);
  if (last) desk_.finished(id, engine_.now());
}

// What it read stays, so that it can be sent.
std::uint64_t Replica::leave_keys(Slot slot) {
  const Sequence& s = sequences_[slot];
  const std::int64_t pages = own_pages(s);
  own_pages_ += pages;
  cache_.hold(s.hashes, s.blocks);
  left_[s.order] = {s.request, desk_.request(s.request).ticket, s.hashes, s.blocks, pages};
  return s.order;
}

void Replica::let_go(std::uint64_t keys) {
  const auto found = left_.find(keys);
  if (found == left_.end()) return;  // all was lost in the meantime
  own_pages_ -= found->second.pages;
  cache_.let_go(found->second.hashes, found->second.blocks);
  left_.erase(found);
  if (row_.runs) return cut(engine_.now());  // somebody may fit now
  begin(engine_.now(), fine_of(engine_.now()));
}

void Replica::start_decoding(Slot slot, Fine at) {
  Sequence& s = sequences_[slot];
  const Request& request = desk_.request(s.request);
  s.stage = Stage::decoding;
  s.shift = s.goal - clock_.ticks();
  s.last = clock_.ticks() + request.output - request.made;
  s.joined = at;
  ++decoding_;
  context_ += s.goal;
  clock_.add(growing(s));
  if (!config_.speculation) finish_.push({s.last, slot, s.use});
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
    gaps_.left(context(s) > s.goal ? last_tick_ : s.joined);
    clock_.remove(growing(s));
    context_ -= context(s);
    --decoding_;
  } else {
    reading_.erase(std::find(reading_.begin(), reading_.end(), slot));
  }
  cache_.let_go(s.hashes, s.blocks);
  if (adapters_.any()) adapters_.let_go(s.adapter);
  s.stage = Stage::free;
  ++s.use;
  free_slots_.push_back(slot);
  --running_;
}

// Pages for the next tick of all that decode.
bool Replica::make_room() {
  bool gave_way = false;
  while (clock_.pages_for(ahead()) > available()) {
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
  swap_out(slot);
  release(slot);
  stand_in_line(id, true);
  desk_.preempted(id);
}

std::int64_t Replica::cached_tokens(const Request& request) const {
  if (!config_.prefix_cache) return 0;
  std::int64_t found = cache_.find(request.hashes).blocks;
  if (tiers_.any()) found += tiers_.find(request.hashes.subspan(static_cast<std::size_t>(found)));
  return std::min<std::int64_t>(found * config_.block_tokens, request.prompt);
}

}  // namespace fleetsim::serving
