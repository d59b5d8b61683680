#include "workloads/serving/run.h"

// What becomes of requests between the replica that reads them and the one that decodes.
namespace fleetsim::serving {

// Its keys and values stay where they are until a replica is chosen that decodes.
void ServingRun::handed_over(RequestId id, std::uint64_t keys) {
  Call& call = calls_[id.index];
  call.place = Call::Place::read;
  call.keys = keys;
  call.request.brought = call.request.prompt;
  read_.push_back({id.index, call.standing.number});
  serve_line();
}

// In order; who is first keeps the others waiting.
void ServingRun::serve_read() {
  while (!read_.empty()) {
    const auto [row, number] = read_.front();
    const Call& call = calls_[row];
    if (call.standing.number == number && call.place == Call::Place::read) {
      const auto seat = router_.choose(call.request, engine_.now());
      if (!seat) return;
      read_.pop_front();
      send_keys(row, *seat);
    } else {
      read_.pop_front();
    }
  }
}

void ServingRun::send_keys(std::uint32_t row, std::uint32_t seat) {
  Call& call = calls_[row];
  const std::uint32_t from = call.seat;
  leave_seat(call);
  call.to_read = 0;
  take_seat(call, seat);
  call.place = Call::Place::keys;
  call.transfer = transfers_->send({.from = from,
                                    .to = seat,
                                    .keys = call.keys,
                                    .label = call.request.number,
                                    .tokens = call.request.prompt},
                                   on<&ServingRun::keys_came>(*this, row));
}

void ServingRun::keys_came(std::uint64_t number) {
  const auto row = static_cast<std::uint32_t>(number);
  Call& call = calls_[row];
  if (!seats_[call.seat].works) return get_stuck(row);
  Replica& replica = *seats_[call.seat].replica;
  call.place = Call::Place::replica;
  if (replica.can_hold(call.request)) return replica.submit(id(row));
  leave_seat(call);
  turn_away(row, End::refused);
  serve_line();
}

// Nobody waits for its keys any more: what is under way goes on by itself.
void ServingRun::drop_keys(Call& call) {
  ++call.request.ticket;
  if (call.place == Call::Place::keys) transfers_->give_up(call.transfer);
  if (call.place == Call::Place::read) seats_[call.seat].replica->let_go(call.keys);
}

}  // namespace fleetsim::serving
