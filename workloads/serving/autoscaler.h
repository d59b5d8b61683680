#pragma once
#include <deque>
#include <vector>

#include "workloads/serving/keeper.h"

namespace fleetsim::serving {

// Turns the replicas of groups on and off as AutoscaleConfig has it.
class Autoscaler {
 public:
  Autoscaler(const ServingConfig& config, Engine& engine, Keeper& keeper);

  void came(std::uint32_t group);  // a request was sent to one of its replicas
  void left(std::uint32_t group);
  // At the gateway so many wait; no replica takes them.
  void stuck(std::size_t waiting);
  std::uint64_t cold() const { return cold_; }  // starts from none, since restart()
  void restart() { cold_ = 0; }

 private:
  struct Wish {
    Instant until{};
    std::uint32_t replicas = 0;
  };
  struct Group {
    const AutoscaleConfig* rule = nullptr;  // none: always on
    std::uint32_t first = 0, count = 0;     // seats
    std::uint64_t present = 0;              // requests
    std::deque<Wish> wishes{};              // falling, so that the first is the largest
    EventHandle idle{};
  };
  void look(std::uint64_t group);
  void set(Group& group, std::uint32_t wanted);
  void gone_idle(std::uint64_t group);
  std::uint32_t on_now(const Group& group) const;

  Engine& engine_;
  Keeper& keeper_;
  std::vector<Group> groups_;
  std::size_t waiting_ = 0;
  std::uint64_t cold_ = 0;
};

}  // namespace fleetsim::serving
