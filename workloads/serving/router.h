#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "sim/stream.h"
#include "workloads/serving/config.h"

namespace fleetsim::serving {

// A replica as the router sees it.
struct Seat {
  std::unique_ptr<Replica> replica;
  std::uint32_t group = 0;
  std::uint64_t outstanding = 0;  // sent there and not yet ended, those on the way included
  std::int64_t to_read = 0;       // tokens of their prompts that its cache did not know
  bool open = true;               // it is sent requests
  bool works = true;              // what reaches it is taken in
};

// Chooses a replica for each request. Costs O(1) by chance or in turn; O(replicas) else.
class Router {
 public:
  Router(const ServingConfig& config, const std::vector<Seat>& seats, Stream chance);
  // Tokens of a prompt that a replica's cache does not know.
  std::int64_t unread(std::uint32_t seat, const Request& request) const;
  // Of those that decode if the request brings its keys along. None: a central line, and nobody
  // has room.
  std::optional<std::uint32_t> choose(const Request& request);

 private:
  bool open(std::uint32_t seat, const Request& request) const;
  std::optional<std::uint32_t> in_turn(const Request& request);
  std::optional<std::uint32_t> drawn(const Request& request);
  template <class Key>
  std::optional<std::uint32_t> best(const Request& request, Key key) const;
  Duration delay(std::uint32_t seat, const Request& request) const;

  const ServingConfig& config_;
  const std::vector<Seat>& seats_;
  Stream chance_;
  std::uint32_t turn_ = 0, turn_to_decode_ = 0;
};

}  // namespace fleetsim::serving
