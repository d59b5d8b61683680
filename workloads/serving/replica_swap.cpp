#include "workloads/serving/replica.h"

// Sequences of a replica whose keys go to a tier and come back.
namespace fleetsim::serving {

// Whole pages of its context: all tokens but the last, of which there are no keys yet. It shares
// none of them when it comes back.
std::int64_t Replica::swapped_bytes(const Request& request) const {
  const std::int64_t pages =
      pages_for(std::int64_t{request.prompt} + request.made - 1, config_.page_tokens);
  return static_cast<std::int64_t>(static_cast<double>(pages * config_.page_tokens) *
                                   config_.key_bytes);
}

// Where no tier has room, what it had is read again.
void Replica::swap_out(Slot slot) {
  const Sequence& s = sequences_[slot];
  if (!config_.swap || s.stage != Stage::decoding) return;
  Request& request = desk_.request(s.request);
  const std::int64_t bytes = swapped_bytes(request);
  const auto tier = tiers_.hold(bytes);
  if (!tier) return;
  request.tier = *tier;
  moving_ += tiers_.time(*tier, bytes);
  ++tallies_.swapped;
}

void Replica::forget_swapped(Request& request) {
  if (request.tier == no_slot) return;
  tiers_.let_go(request.tier, swapped_bytes(request));
  request.tier = no_slot;
}

// Its keys are read back before the pass, in which it decodes. Times between tokens begin anew, as
// they do where it is read again.
void Replica::resume(Slot slot) {
  Sequence& s = sequences_[slot];
  Request& request = desk_.request(s.request);
  moving_ += tiers_.time(request.tier, swapped_bytes(request));
  forget_swapped(request);
  s.hashes = {};
  s.goal = s.known = request.prompt + request.made - 1;
  own_pages_ += own_pages(s);
  reclaim();
  start_decoding(slot, row_.end);
}

}  // namespace fleetsim::serving
