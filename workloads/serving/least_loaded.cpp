#include "workloads/serving/least_loaded.h"

#include <algorithm>
#include <bit>

namespace fleetsim::serving {

LeastLoaded::LeastLoaded(std::uint32_t seats)
    : load_(std::bit_ceil(seats), closed),
      winner_(2 * load_.size()) {
  std::fill_n(load_.begin(), seats, 0);
  const std::size_t leaves = load_.size();
  for (std::size_t i = 0; i < leaves; ++i) winner_[leaves + i] = static_cast<std::uint32_t>(i);
  for (std::size_t match = leaves - 1; match > 0; --match) winner_[match] = winner_[2 * match];
}

void LeastLoaded::set(std::uint32_t seat, std::uint64_t load) {
  load_[seat] = load;
  for (std::size_t match = (load_.size() + seat) / 2; match > 0; match /= 2) {
    const std::uint32_t left = winner_[2 * match], right = winner_[2 * match + 1];
    const std::uint32_t winner = load_[right] < load_[left] ? right : left;
    if (winner == winner_[match] && winner != seat) return;  // nothing changes further up
    winner_[match] = winner;
  }
}

std::optional<std::uint32_t> LeastLoaded::best() const {
  const std::uint32_t seat = winner_[1];
  if (load_[seat] == closed) return std::nullopt;
  return seat;
}

}  // namespace fleetsim::serving
