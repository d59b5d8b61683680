#include <utility>

#include "workloads/serving/run.h"

// What becomes of requests when replicas stop and start.
namespace fleetsim::serving {

// It comes to a replica that has stopped.
void ServingRun::get_stuck(std::uint32_t row) {
  Call& call = calls_[row];
  call.place = Call::Place::stuck;
  if (!seats_[call.seat].open) return hand_back(row);
  stuck_[call.seat].push_back({row, call.standing.number});
}

void ServingRun::stopped(std::uint32_t seat) {
  seats_[seat].works = false;
  for (const RequestId id : seats_[seat].replica->crash()) {
    Call& call = calls_[id.index];
    call.place = Call::Place::stuck;
    stuck_[seat].push_back({id.index, call.standing.number});
  }
}

void ServingRun::handed_back(std::uint32_t seat) {
  const std::vector<Standing> stuck = std::exchange(stuck_[seat], {});
  for (const auto [row, number] : stuck)
    if (calls_[row].standing.number == number && calls_[row].place == Call::Place::stuck)
      hand_back(row);
}

// What clients have of the answer stays theirs; another replica reads it with the prompt. Where
// prompts are read elsewhere than answers are made, it begins anew.
void ServingRun::hand_back(std::uint32_t row) {
  Call& call = calls_[row];
  call.request.brought = 0;
  if (transfers_) call.request.made = 0;
  gateway_.give_back(call.standing, call.request);
  leave_seat(call);
  if (!config_.upkeep->resend) return turn_away(row, End::lost);
  if (call.request.made == 0) call.request.ready = call.request.ready + (Duration{} - delay(call));
  collector_.resent();
  stand_at_gateway(row);
  serve_line();
}

void ServingRun::closed(std::uint32_t seat) {
  seats_[seat].open = false;
  router_.update(seat);
}

void ServingRun::opened(std::uint32_t seat) {
  seats_[seat].open = seats_[seat].works = true;
  router_.update(seat);
  serve_line();
}

void ServingRun::slowed(std::uint32_t seat, double factor) {
  seats_[seat].replica->slow_down(factor);
}

}  // namespace fleetsim::serving
