#include <algorithm>

#include "workloads/serving/replica.h"

// Passes of a replica that verify drafted tokens.
namespace fleetsim::serving {

// What the pass that begins will make of each sequence. Who needs fewer tokens than that drafts as
// many as the others, and leaves.
void Replica::speculate() {
  const Speculation& speculation = *config_.speculation;
  const std::int64_t n = decoding_;
  const Pace plain = cost().pace({.decodes = n, .context = context_ + n});
  row_.drafting = fine_of(seconds_of(plain.pass(0)) * speculation.draft * speculation.draft_time);
  row_.pace.rest += row_.drafting;
  for (Sequence& s : sequences_) {
    if (s.stage != Stage::decoding) continue;
    const Request& request = desk_.request(s.request);
    const std::int64_t left = s.last - clock_.ticks();
    const auto made = static_cast<std::uint32_t>(request.output - left);
    const std::uint32_t accepted = accepted_of(speculation, s.acceptance, request.luck, made);
    s.verified = static_cast<std::uint32_t>(std::min<std::int64_t>(accepted + 1, left));
    row_.accepted += accepted;
    row_.made += s.verified;
  }
}

// Each context grows by what was made of it. The tick that follows adds one token to all, so the
// others are added beside it.
void Replica::take_verified() {
  const auto page = static_cast<std::int64_t>(config_.page_tokens);
  for (Slot slot = 0; slot < sequences_.size(); ++slot) {
    Sequence& s = sequences_[slot];
    if (s.stage != Stage::decoding) continue;
    const std::int64_t tokens = growing(s), beside = std::int64_t{s.verified} - 1;
    clock_.remove(tokens);
    clock_.add(tokens + beside);
    own_pages_ += pages_for(tokens + s.verified, page) - pages_for(tokens, page);
    context_ += s.verified;
    s.shift += beside;
    s.last -= beside;
    if (s.last == clock_.ticks() + 1) finish_.push({s.last, slot, s.use});
  }
}

// All of a sequence's tokens come at the end of the pass, so there is nothing between them.
// Drafting reads the small model over and over.
void Replica::count_verified() {
  const std::int64_t together = row_.made - decoding_;
  gaps_.together(together);
  tallies_.decoded += together;
  tallies_.verified += decoding_;
  tallies_.accepted += row_.accepted;
  tallies_.memory += row_.drafting;
}

}  // namespace fleetsim::serving
