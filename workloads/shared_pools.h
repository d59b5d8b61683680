#pragma once
#include <memory>
#include <vector>

#include "topology/fleet.h"
#include "topology/node_pool.h"

namespace fleetsim {

// The nodes of each cluster for all who use them. Users first say how many nodes each of their
// holders takes, then the pools are built, and what nobody took stands by for all. A user is told
// of its own holders, by numbers from 0 on.
class SharedPools {
 public:
  // All must outlive it; it stays put.
  SharedPools(Engine& engine, const Fleet& fleet, const std::vector<FailurePlan>& failures,
              const Chance& chance);
  SharedPools(const SharedPools&) = delete;
  SharedPools& operator=(const SharedPools&) = delete;

  // Where the holders of a user begin.
  struct Place {
    Holder holder = 0;
    NodeId node{0};
  };
  Place join(ClusterId cluster, const std::vector<std::uint32_t>& nodes, PoolListener& listener);
  std::uint32_t taken(ClusterId cluster) const;  // nodes, so far
  void build();                                  // once, when all have joined
  // REQUIRES: build() was called, and somebody has joined.
  const NodePool& pool(ClusterId cluster) const { return *halls_[cluster.index]->pool; }

 private:
  struct User {
    PoolListener* listener;
    Holder first, count;
  };
  struct Hall final : PoolListener {
    void struck(const Failure& failure, bool swapped) override;
    void filled(Holder holder) override;
    void slowed(Holder holder, double factor) override;
    void noticed(Instant end) override;
    void switched_off(std::uint32_t maintenance) override;
    void switched_on() override;
    void levels_changed() override;
    const User& user_of(Holder holder) const;
    std::vector<User> users{};
    std::vector<std::uint32_t> nodes{};  // by holder
    std::unique_ptr<NodePool> pool{};
  };

  Engine& engine_;
  const Fleet& fleet_;
  const std::vector<FailurePlan>& failures_;
  const Chance chance_;
  std::vector<std::unique_ptr<Hall>> halls_;  // by cluster
};

}  // namespace fleetsim
