#pragma once
#include <cstdint>

#include "sim/engine.h"
#include "workloads/serving/gateway.h"

namespace fleetsim::serving {

inline constexpr std::uint32_t no_seat = UINT32_MAX, no_session = UINT32_MAX;

// A request with what its client knows of it. Rows are used again; tickets go on.
struct Call {
  Request request{};
  bool live = false;
  std::uint32_t tries = 0;
  std::uint32_t seat = no_seat;
  std::uint32_t session = no_session;  // of its client
  std::int64_t to_read = 0;            // tokens, as the router saw it
  // read: its keys wait for a replica that decodes; keys: they are on their way there; stuck: its
  // replica has stopped, and nobody knows.
  enum class Place : std::uint8_t {
    gateway,
    wire,
    replica,
    read,
    keys,
    stuck,
    answered,
    away
  } place{};
  Gateway::Place standing{};  // the last one
  EventHandle step{};         // what happens to it next: on the wire, or away
  EventHandle deadline{}, patience{};
  Instant first_seen{};    // its first token, by the client
  std::uint64_t keys = 0;  // those that it left where it was read
  std::uint32_t transfer = 0;
};

}  // namespace fleetsim::serving
