#include "topology/spot.h"

#include <algorithm>

#include "topology/failures.h"

namespace fleetsim {

double held_share(const std::optional<Spot>& spot) {
  if (!spot || !spot->stay) return 1;
  return spot->stay->mean() / (spot->stay->mean() + spot->absence->mean());
}

SpotLease::SpotLease(Engine& engine, const Spot& spot, Stream draws, Event noticed, Event goes,
                     Event comes)
    : engine_(engine),
      spot_(spot),
      draws_(std::move(draws)),
      noticed_(noticed),
      goes_(goes),
      comes_(comes) {
  stay();
}

void SpotLease::stay() {
  if (!spot_.stay) return;
  const Instant now = engine_.now();
  ends_ = later_by(now, spot_.stay->draw(draws_));
  if (ends_ == end_of_time) return;
  engine_.at(std::max(now, ends_ + (Duration{} - spot_.notice)), on<&SpotLease::warn>(*this));
}

void SpotLease::warn(std::uint64_t) {
  noticed_.run(noticed_.self, 0);
  engine_.at(ends_, on<&SpotLease::go>(*this));  // after what is done at the last moment
}

void SpotLease::go(std::uint64_t) {
  held_.set(engine_.now(), 0);
  const Instant back = later_by(engine_.now(), spot_.absence->draw(draws_));
  if (back != end_of_time) engine_.at(back, on<&SpotLease::come>(*this));
  goes_.run(goes_.self, 0);
}

void SpotLease::come(std::uint64_t) {
  held_.set(engine_.now(), 1);
  stay();
  comes_.run(comes_.self, 0);
}

}  // namespace fleetsim
