#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "sim/stream.h"
#include "workloads/serving/config.h"
#include "workloads/serving/least_loaded.h"

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

// Chooses a replica for each request, among the groups that have its model. Costs O(1) by chance or
// in turn, O(groups) where the number of requests decides, and O(replicas) by pages and prefixes.
class Router {
 public:
  Router(const ServingConfig& config, const std::vector<Seat>& seats, Stream chance);
  // To be told whenever the load of a seat changes, or whether it is open.
  void update(std::uint32_t seat);
  // Tokens of a prompt that a replica's cache does not know.
  std::int64_t unread(std::uint32_t seat, const Request& request) const;
  // Of those that decode if the request brings its keys along. None: nobody has room.
  std::optional<std::uint32_t> choose(const Request& request, Instant now);

 private:
  struct Group {
    std::uint32_t first = 0;  // its first seat
    LeastLoaded seats;
  };

  bool open(std::uint32_t seat) const;
  bool open(std::uint32_t seat, const Request& request) const;
  bool full(std::uint32_t seat) const;  // no room in its batch
  bool suits(std::uint32_t group, const Request& request) const;
  std::optional<std::uint32_t> in_turn(const Request& request);
  std::optional<std::uint32_t> drawn(const Request& request);
  std::optional<std::uint32_t> sticky(const Request& request) const;
  template <class Key>
  std::optional<std::uint32_t> best(const Request& request, Key key) const;
  template <class Key>
  std::optional<std::uint32_t> best_of_groups(const Request& request, Key key) const;
  Duration delay(std::uint32_t seat, const Request& request) const;
  double tariff(std::uint32_t seat, Instant now) const;

  const ServingConfig& config_;
  const std::vector<Seat>& seats_;
  Stream chance_;
  std::vector<std::uint32_t> turn_;  // by model, of those who read and who decode
  std::vector<Group> groups_;
};

}  // namespace fleetsim::serving
