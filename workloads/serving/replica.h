#pragma once
#include <cstdint>
#include <deque>
#include <queue>
#include <vector>

#include "sim/engine.h"
#include "workloads/serving/desk.h"
#include "workloads/serving/page_clock.h"
#include "workloads/serving/prefix_cache.h"
#include "workloads/serving/scheduler_config.h"
#include "workloads/serving/tallies.h"
#include "workloads/serving/token_gaps.h"

namespace fleetsim::serving {

// One copy of the model, which batches continuously: after every pass sequences that are done leave
// and waiting ones are let in, in order of priority and arrival, while there is room in the batch
// and pages for the prompt. Where pages run out, the sequence that was let in last gives its pages
// back and waits in front; what it had is read again.
//
// Nothing happens between passes in which nobody comes, leaves or needs a decision; contexts grow
// by one each, so such a row of passes is one event, of which the time is a sum in closed form
// (Pace). It ends early, at the end of the pass that is under way, when something comes that the
// next pass may take up. So a request costs O(log batch), whatever its tokens, and all comes out
// as one pass at a time would have it.
//
// A request joins the first pass that begins after its arrival, or at once where nothing runs.
class Replica {
 public:
  Replica(const SchedulerConfig& config, const IterationCost& cost, Engine& engine, Desk& desk);

  void submit(RequestId id);
  void cancel(RequestId id);       // wherever it is here; its tokens so far are lost
  std::vector<RequestId> crash();  // all that were here; caches and pages are empty

  std::size_t waiting() const { return waiting_count_; }
  std::size_t present() const { return waiting_count_ + running_; }
  std::int64_t pages_used() const;  // by sequences, at the last event
  std::int64_t cached_tokens(const Request& request) const;
  bool can_hold(const Request& request) const;  // alone, to its last token
  const Tallies& tallies(Instant now);          // up to the last pass that has ended
  Tallies so_far(Instant now);  // with what is present in the pass under way, up to now
  // Times between tokens of a sequence, in ns, since they were last cleared.
  QuantileSketch& gaps() { return gaps_.sketch(); }

 private:
  using Slot = std::uint32_t;
  static constexpr Slot no_slot = UINT32_MAX;
  enum class Stage : std::uint8_t { free, reading, decoding };
  struct Sequence {
    RequestId request{};  // none: it was cancelled, and leaves after the pass
    std::span<const std::uint64_t> hashes{};
    Stage stage = Stage::free;
    std::uint32_t use = 0;     // how often the slot was taken: tells its users apart
    std::uint32_t blocks = 0;  // of the cache that it holds
    std::uint32_t prompt = 0;
    std::uint32_t goal = 0;   // tokens to read before it makes the next
    std::uint32_t known = 0;  // of those, tokens that are there
    std::int64_t shift = 0;   // its context is shift + ticks while it decodes
    std::int64_t last = 0;    // tick that makes its last token
    std::uint64_t order = 0;  // of being let in
    Fine joined = 0;          // when it made its first token here
  };
  struct Finish {
    std::int64_t tick;
    Slot slot;
    std::uint32_t use;
    friend bool operator>(const Finish& x, const Finish& y) {
      return x.tick != y.tick ? x.tick > y.tick : x.slot > y.slot;
    }
  };
  struct Waiting {
    RequestId request;
    std::uint32_t ticket;
  };
  struct Piece {
    Slot slot;
    std::uint32_t tokens;
  };
  // A row of passes under way.
  struct Row {
    bool runs = false, decodes = false;
    Fine begin = 0, end = 0;
    Pace pace{};
    std::int64_t passes = 0, counted = 0;   // counted: those that tallies know of
    std::int64_t sequences = 0, pages = 0;  // present, in use, when it began
    std::uint32_t spare = 0;                // tokens of prompts that a pass could read beside
    EventHandle event{};
  };

  void pass_ended(std::uint64_t);
  void begin(Instant now, Fine at);
  bool compose(Instant now, bool let_others_in, bool late);
  bool may_join(Instant now, std::uint32_t budget, bool late);
  std::uint32_t prompt_budget() const;
  bool take_piece(Slot slot, std::uint32_t& budget);
  void start_row(Fine at);
  Work next_work() const;
  std::int64_t alike() const;
  void cut(Instant now);
  Fine boundary(std::int64_t passes) const { return row_.begin + row_.pace.passes(passes); }
  void tick(std::int64_t n, Fine at);
  void read_on(Fine at, std::int64_t passes);
  void finish_due();
  void forget_all();
  void count(std::int64_t upto);

  void stand_in_line(RequestId id, bool in_front);
  std::deque<Waiting>* line();  // that whose first is next; none: nobody waits
  std::int64_t pages_of(const Request& request, std::int64_t tokens, std::uint32_t blocks) const;
  bool fits(const Request& request) const;
  Slot let_in();
  void prompt_read(Slot slot, Fine at);
  void start_decoding(Slot slot, Fine at);
  void release(Slot slot);
  bool make_room();  // true: somebody had to give way
  void preempt(Slot slot);
  std::int64_t context(const Sequence& s) const { return s.shift + clock_.ticks(); }
  std::int64_t growing(const Sequence& s) const;
  std::int64_t own_pages(const Sequence& s) const;
  std::int64_t block_pages() const { return config_.block_tokens / config_.page_tokens; }
  std::int64_t available() const;
  void reclaim();

  const SchedulerConfig& config_;
  const IterationCost& cost_;
  Engine& engine_;
  Desk& desk_;
  PageClock clock_;
  PrefixCache cache_;
  std::vector<Sequence> sequences_;         // by slot
  std::vector<Slot> free_slots_, reading_;  // that read: in the order of being let in
  std::vector<Piece> pieces_;               // of the present row
  std::priority_queue<Finish, std::vector<Finish>, std::greater<>> finish_;
  std::vector<std::deque<Waiting>> waiting_;  // by priority
  std::size_t waiting_count_ = 0, running_ = 0;
  std::int64_t decoding_ = 0, context_ = 0;  // sequences that decode, and all their tokens
  std::int64_t own_pages_ = 0;               // of all sequences, without blocks of the cache
  std::uint64_t let_in_ = 0;
  TokenGaps gaps_;
  std::vector<Slot> leaving_;
  Fine last_tick_ = 0;
  bool held_ = false;     // somebody waits who may join the pass after the next
  bool between_ = false;  // a pass has ended, and the next is not yet put together
  Row row_;
  Tallies tallies_;
};

}  // namespace fleetsim::serving
