#pragma once
#include <cstdint>
#include <deque>
#include <queue>
#include <vector>

#include "sim/engine.h"
#include "workloads/serving/adapters.h"
#include "workloads/serving/desk.h"
#include "workloads/serving/key_tiers.h"
#include "workloads/serving/left_keys.h"
#include "workloads/serving/page_clock.h"
#include "workloads/serving/prefix_cache.h"
#include "workloads/serving/replica_parts.h"
#include "workloads/serving/scheduler_config.h"
#include "workloads/serving/tallies.h"
#include "workloads/serving/token_gaps.h"

namespace fleetsim::serving {

// One copy of the model, which batches continuously: after every pass sequences that are done leave
// and waiting ones are let in, in order of priority and arrival, while there is room in the batch
// and pages for the prompt. Where pages run out, the sequence that was let in last gives its pages
// back and waits in front; what it had is read again. Who brings keys along has nothing to read.
//
// Nothing happens between passes in which nobody comes, leaves or needs a decision; contexts grow
// by one each, so such a row of passes is one event, of which the time is a sum in closed form
// (Pace). It ends early, at the end of the pass that is under way, when something comes that the
// next pass may take up. So a request costs O(log batch), whatever its tokens, and all comes out
// as one pass at a time would have it.
//
// With speculation (Speculation) each pass that decodes is a row of its own, for sequences get as
// many tokens as they accept, and costs O(batch).
//
// What has to come to the device before a pass, keys from tiers (KeyTiers) or an adapter
// (AdapterSlots), or to leave it, holds up the pass.
//
// A request joins the first pass that begins after its arrival, or at once where nothing runs.
class Replica {
 public:
  Replica(const SchedulerConfig& config, const IterationCost& cost, Engine& engine, Desk& desk);

  void submit(RequestId id);
  void cancel(RequestId id);        // wherever it is here; its tokens so far are lost
  std::vector<RequestId> crash();   // all that were here; caches and pages are empty
  void slow_down(double factor);    // passes from the next one on; 1: as they were
  void let_go(std::uint64_t keys);  // that were left here when their request was handed over

  std::size_t waiting() const { return waiting_count_; }
  std::size_t present() const { return waiting_count_ + running_; }
  std::int64_t pages_used() const;  // by sequences, at the last event
  std::int64_t cached_tokens(const Request& request) const;
  bool can_hold(const Request& request) const { return serving::can_hold(config_, request); }
  const Tallies& tallies(Instant now);  // up to the last pass that has ended
  Tallies so_far(Instant now);          // with what is present in the pass under way, up to now
  QuantileSketch& gaps() { return gaps_.sketch(); }  // ns between tokens, since last cleared

 private:
  using Stage = Sequence::Stage;
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
  const IterationCost& cost() const { return slowed_ ? *slowed_ : cost_; }
  Fine boundary(std::int64_t passes) const { return row_.begin + row_.pace.passes(passes); }
  void tick(std::int64_t n, Fine at);
  void read_on(Fine at, std::int64_t passes);
  void finish_due();
  // With speculation.
  std::uint32_t ahead() const { return 1 + (config_.speculation ? config_.speculation->draft : 0); }
  void speculate();
  void take_verified();
  void count_verified();
  void forget_all();
  void count(std::int64_t upto);

  void stand_in_line(RequestId id, bool in_front);
  std::deque<Waiting>* line();  // that whose first is next; none: nobody waits
  bool fits(const Request& request) const;
  Slot let_in();
  void join_with_keys(Slot slot);
  Slot place(RequestId id);
  void resume(Slot slot);  // one that was swapped out
  void take_adapter(Sequence& s, const Request& request);
  void find_known(Sequence& s);  // in the cache and the tiers
  void swap_out(Slot slot);
  void forget_swapped(Request& request);
  std::int64_t swapped_bytes(const Request& request) const;
  void prompt_read(Slot slot, Fine at);
  void share_blocks(Sequence& s);
  std::uint64_t leave_keys(Slot slot);
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
  KeyTiers tiers_;
  AdapterSlots adapters_;
  std::vector<Sequence> sequences_;         // by slot
  std::vector<Slot> free_slots_, reading_;  // that read: in the order of being let in
  std::vector<Piece> pieces_;               // of the present row
  LeftKeysByOrder left_;
  std::priority_queue<Finish, std::vector<Finish>, std::greater<>> finish_;
  std::vector<std::deque<Waiting>> waiting_;  // by priority
  std::size_t waiting_count_ = 0, running_ = 0, let_in_ = 0;
  std::int64_t decoding_ = 0, context_ = 0;  // sequences that decode, and all their tokens
  std::int64_t own_pages_ = 0;               // of all sequences, without blocks of the cache
  TokenGaps gaps_;
  std::vector<Slot> leaving_;
  std::vector<std::vector<std::uint64_t>> left_behind_;  // hashes of those
  Fine last_tick_ = 0;
  Fine moving_ = 0;                        // to and from the device, before the next pass
  std::optional<IterationCost> slowed_{};  // in place of cost_
  bool held_ = false;                      // the next pass may be put together in another way
  bool between_ = false;                   // a pass has ended, and the next is not yet put together
  PassRow row_;
  Tallies tallies_;
};

}  // namespace fleetsim::serving
