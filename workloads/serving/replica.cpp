#include "workloads/serving/replica.h"

#include <algorithm>
#include <limits>

#include "sim/check.h"

namespace fleetsim::serving {

Replica::Replica(const SchedulerConfig& config, const IterationCost& cost, Engine& engine,
                 Desk& desk)
    : config_(config),
      cost_(cost),
      engine_(engine),
      desk_(desk),
      clock_(config.page_tokens),
      tiers_(config.tiers, config.key_bytes * config.block_tokens),
      adapters_(config.adapters),
      waiting_(1) {}

void Replica::submit(RequestId id) {
  const Instant now = engine_.now();
  desk_.request(id).submitted = now;
  stand_in_line(id, false);
  if (between_) return;
  if (!row_.runs) return begin(now, fine_of(now));
  const bool spare = row_.spare > 0 || desk_.request(id).brought > 0;
  const bool room = row_.passes > 1 && running_ < config_.max_batch && spare;
  if (room && line()->front().request == id && fits(desk_.request(id))) cut(now);
}

void Replica::cancel(RequestId id) {
  Request& request = desk_.request(id);
  if (request.slot == no_slot) {
    const bool was_next = line()->front().request == id;
    ++request.ticket;
    --waiting_count_;
    forget_swapped(request);
    if (was_next && row_.runs && !between_) cut(engine_.now());  // who is behind may fit
    return;
  }
  Sequence& s = sequences_[request.slot];
  s.request = {};
  s.hashes = left_behind_.emplace_back(s.hashes.begin(), s.hashes.end());
  leaving_.push_back(request.slot);
  request.slot = no_slot;
  if (!between_) cut(engine_.now());
}

// Up to the last pass that has ended all counts, and clients have their tokens; of the rest nothing
// is left.
std::vector<RequestId> Replica::crash() {
  tallies(engine_.now());
  if (row_.runs) engine_.cancel(row_.event);
  const std::int64_t ticks = clock_.ticks() + (row_.runs && row_.decodes ? row_.counted : 0);
  std::vector<RequestId> lost;
  for (const Sequence& s : sequences_) {
    if (s.stage == Stage::free || s.request == RequestId{}) continue;
    lost.push_back(s.request);
    Request& request = desk_.request(s.request);
    const std::int64_t left = std::max<std::int64_t>(1, s.last - ticks);
    if (s.stage == Stage::decoding)
      request.made = request.output - static_cast<std::uint32_t>(left);
  }
  for (const auto& [order, left] : left_)
    if (desk_.request(left.request).ticket == left.ticket) lost.push_back(left.request);
  for (std::deque<Waiting>* next = line(); next != nullptr; next = line()) {
    lost.push_back(next->front().request);
    ++desk_.request(lost.back()).ticket;
    next->pop_front();
  }
  for (const RequestId id : lost) desk_.request(id).slot = desk_.request(id).tier = no_slot;
  forget_all();
  return lost;
}

void Replica::slow_down(double factor) {
  slowed_.reset();
  if (factor != 1) slowed_.emplace(cost_.slower(factor));
  if (row_.runs && !between_) cut(engine_.now());
}

void Replica::forget_all() {
  clock_ = PageClock(config_.page_tokens);
  cache_.clear();
  tiers_.clear();
  adapters_.clear();
  sequences_.clear();
  free_slots_.clear();
  reading_.clear();
  left_.clear();
  pieces_.clear();
  finish_ = {};
  gaps_.forget_pauses();
  leaving_.clear();
  left_behind_.clear();
  waiting_count_ = running_ = 0;
  decoding_ = context_ = own_pages_ = 0;
  moving_ = 0;
  row_ = {};
}

// Everything that is due at the end of a pass, then the next. What desks send here meanwhile waits
// for it.
void Replica::pass_ended(std::uint64_t) {
  const PassRow row = row_;
  count(row.passes);
  between_ = true;
  if (row.decodes) tick(row.passes, row.end);
  read_on(row.end, row.passes);
  finish_due();
  for (const Slot slot : leaving_) release(slot);
  leaving_.clear();
  left_behind_.clear();
  between_ = false;
  row_.runs = false;
  begin(engine_.now(), row.end);
}

void Replica::begin(Instant now, Fine at) {
  const bool gave_way = make_room();
  held_ = gave_way;
  if (compose(now, !gave_way, false) || compose(now, true, true)) start_row(at);
}

// The next pass. Who came at this very instant is let in only where nothing else is to be done:
// whether a pass ends just before or just after an arrival is then the same.
bool Replica::compose(Instant now, bool let_others_in, bool late) {
  pieces_.clear();
  const std::uint32_t whole = prompt_budget();
  std::uint32_t limit = whole, budget = whole;
  for (const Slot slot : reading_)
    if (!take_piece(slot, budget)) break;
  while (let_others_in && may_join(now, budget, late)) {
    const Slot slot = let_in();
    if (sequences_[slot].stage == Stage::reading) {
      take_piece(slot, budget);
    } else {  // it decodes at once, and leaves less for prompts
      const std::uint32_t before = std::exchange(limit, prompt_budget());
      budget -= std::min(budget, before - limit);
    }
  }
  row_.spare = budget;
  if (limit < whole) held_ = true;  // pieces that were taken before may be smaller next time
  return decoding_ > 0 || !pieces_.empty();
}

bool Replica::may_join(Instant now, std::uint32_t budget, bool late) {
  const std::deque<Waiting>* next = line();
  if (next == nullptr || running_ == config_.max_batch) return false;
  const Request& request = desk_.request(next->front().request);
  const bool reads = request.brought == 0 && request.tier == no_slot;
  const bool whole = !config_.chunk && !pieces_.empty();  // as the others, or not at all
  const bool readable = budget > 0 && (!whole || request.prompt + request.made <= budget);
  if (reads && !readable) return false;
  if (!fits(request)) return false;
  if (late || request.submitted < now) return true;
  held_ = true;
  return false;
}

std::uint32_t Replica::prompt_budget() const {
  if (!config_.chunk) return config_.max_tokens;
  const std::int64_t left = config_.max_tokens - decoding_ * ahead();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(left, 0, *config_.chunk));
}

bool Replica::take_piece(Slot slot, std::uint32_t& budget) {
  const std::uint32_t left = sequences_[slot].goal - sequences_[slot].known;
  if (budget == 0 || (!config_.chunk && !pieces_.empty() && left > budget)) return false;
  const std::uint32_t tokens = config_.chunk ? std::min(left, budget) : left;
  pieces_.push_back({slot, tokens});
  budget -= std::min(tokens, budget);
  return true;
}

Work Replica::next_work() const {
  Work work;
  if (row_.decodes) {
    work.decodes = decoding_;
    work.context = context_ + decoding_;  // each meets its own key too
    const std::int64_t drafted = std::int64_t{ahead()} - 1;
    work.drafted = decoding_ * drafted;
    work.pairs = drafted * context_ + decoding_ * (drafted * (drafted + 3) / 2);
  }
  for (const Piece& piece : pieces_) {
    const std::int64_t n = piece.tokens, known = sequences_[piece.slot].known;
    work.fresh += n;
    work.pairs += n * known + n * (n + 1) / 2;
    work.reread += known;
    ++work.pieces;
  }
  return work;
}

void Replica::start_row(Fine at) {
  row_ = {.runs = true,
          .decodes = decoding_ > 0 && (config_.chunk || pieces_.empty()),
          .begin = at,
          .sequences = static_cast<std::int64_t>(running_),
          .pages = pages_used(),
          .spare = row_.spare,
          .moving = std::exchange(moving_, 0)};
  row_.pace = cost().pace(next_work());
  row_.pace.rest += row_.moving;
  if (config_.speculation && row_.decodes) speculate();
  row_.passes = config_.one_by_one ? 1 : std::min(alike(), row_.pace.holds);
  row_.end = boundary(row_.passes);
  row_.event = engine_.at(instant_of(row_.end), on<&Replica::pass_ended>(*this));
}

// How many passes like this one follow each other if nothing comes: until a sequence is done, pages
// run out, or a prompt has been read. Who waits now for want of room waits all the while, for pages
// only get fewer.
std::int64_t Replica::alike() const {
  if (held_ || row_.moving > 0 || (config_.speculation && row_.decodes)) return 1;
  std::int64_t n = std::numeric_limits<std::int64_t>::max();
  if (!pieces_.empty()) {
    const Sequence& s = sequences_[pieces_.front().slot];
    const bool full = config_.chunk && pieces_.size() == 1 && row_.spare == 0;
    n = full ? (s.goal - s.known) / pieces_.front().tokens : 1;
  }
  if (!row_.decodes) return n;
  n = std::min(n, finish_.top().tick - clock_.ticks());
  return clock_.ticks_within(available(), n);
}

void Replica::cut(Instant now) {
  if (row_.passes == 1) return;
  const std::int64_t passes = row_.pace.beyond(fine_of(now) - row_.begin, row_.passes);
  if (passes == row_.passes) return;
  row_.passes = passes;
  row_.end = boundary(passes);
  row_.event = engine_.reschedule(row_.event, instant_of(row_.end));
}

void Replica::tick(std::int64_t n, Fine at) {
  if (config_.speculation) {
    take_verified();
  } else {
    own_pages_ += clock_.pages_for(n);
    context_ += decoding_ * n;
  }
  clock_.pass(n);
  last_tick_ = at;
  reclaim();
}

void Replica::read_on(Fine at, std::int64_t passes) {
  for (const Piece& piece : pieces_) {
    Sequence& s = sequences_[piece.slot];
    s.known += static_cast<std::uint32_t>(piece.tokens * passes);
    if (s.known == s.goal && s.request != RequestId{}) prompt_read(piece.slot, at);
  }
}

void Replica::finish_due() {
  while (!finish_.empty() && finish_.top().tick <= clock_.ticks()) {
    const Finish due = finish_.top();
    finish_.pop();
    Sequence& s = sequences_[due.slot];
    if (s.use != due.use || s.request == RequestId{}) continue;
    const RequestId id = s.request;
    Request& request = desk_.request(id);
    request.made = request.output;
    request.slot = no_slot;
    release(due.slot);
    desk_.finished(id, engine_.now());
  }
}

std::int64_t Replica::pages_used() const {
  return own_pages_ + (cache_.blocks() - cache_.idle()) * block_pages();
}

const Tallies& Replica::tallies(Instant now) {
  if (row_.runs && row_.passes > row_.counted) {
    const Fine length = fine_of(now) - row_.begin;
    const std::int64_t next = row_.pace.beyond(length, row_.passes);
    count(boundary(next) <= fine_of(now) ? next : next - 1);
  }
  return tallies_;
}

Tallies Replica::so_far(Instant now) {
  Tallies out = tallies(now);
  if (!row_.runs) return out;
  const double time = seconds_of(fine_of(now) - boundary(row_.counted));
  const double grown =
      row_.decodes ? static_cast<double>(decoding_ * row_.counted) / config_.page_tokens : 0;
  out.sequence_seconds += static_cast<double>(row_.sequences) * time;
  out.page_seconds += (static_cast<double>(row_.pages) + grown) * time;
  return out;
}

void Replica::count(std::int64_t upto) {
  const std::int64_t from = row_.counted;
  if (upto <= from) return;
  const Fine length = row_.pace.passes(upto) - row_.pace.passes(from);
  tallies_.busy += length;
  const Pace::Bound now = row_.pace.bound(upto), before = row_.pace.bound(from);
  tallies_.arithmetic += now.arithmetic - before.arithmetic;
  tallies_.memory += now.memory - before.memory;
  tallies_.keys += row_.pace.keys_read(upto) - row_.pace.keys_read(from);
  if (!row_.decodes) tallies_.prefill_only += length;
  const double time = seconds_of(length);
  tallies_.sequence_seconds += static_cast<double>(row_.sequences) * time;
  tallies_.page_seconds += static_cast<double>(row_.pages) * time;
  for (const Piece& piece : pieces_) tallies_.read += piece.tokens * (upto - from);
  if (row_.decodes) {
    tallies_.page_seconds += static_cast<double>(decoding_) / config_.page_tokens *
                             (row_.pace.moment(upto) - row_.pace.moment(from));
    tallies_.decoded += decoding_ * (upto - from);
    gaps_.count(row_.begin, row_.pace, from, upto, decoding_);
    if (config_.speculation) count_verified();
    tallies_.gaps = gaps_.sum();
  }
  row_.counted = upto;
}

}  // namespace fleetsim::serving
