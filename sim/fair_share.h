#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sim/ids.h"

namespace fleetsim {

using LinkId = Id<struct LinkTable>;
using FlowId = Id<struct FlowTable>;

// Max-min fair rates of flows that share links:
//
//   for each link l:  sum of rate[f] over the flows f that cross l  <=  capacity[l],
//   and no rate can grow without shrinking one that is no larger.
//
// That is so exactly when each flow has a bottleneck: a link that is full, on which no flow is
// faster (Bertsekas and Gallager, Data Networks, 1992, section 6.5.2). There is one such solution.
//
// From nothing, by progressive filling: the link with the least left for each of its open flows
// fixes those flows' rates. A flow over no link is limited by nothing: its rate is infinite.
std::vector<double> max_min_rates(std::span<const double> capacity,
                                  std::span<const std::vector<LinkId>> paths);

// The same while flows come and go, at a cost that follows what a change moves. Only flows whose
// bottleneck the change touched are opened and filled anew, the others being held; where the result
// takes a held flow's bottleneck from it, or gives one less than it has, that flow is opened too,
// until every flow has its bottleneck again. What is found is therefore the one solution, to a part
// in 10^11 of each rate; a flow whose rate would move by less keeps it.
//
// Adding and removing only notes the change: settle() solves for all since the last one.
class FairShare {
 public:
  explicit FairShare(std::span<const double> capacity);  // by link; none is negative

  FlowId add(std::span<const LinkId> path);  // REQUIRES: at least one link, none twice
  void remove(FlowId flow);
  void set_capacity(LinkId link, double capacity);  // 0: the flows over it stand still

  // Solves; the flows whose rate is another now, valid until the next call. New flows are among
  // them; those removed are not.
  std::span<const FlowId> settle();

  double rate(FlowId flow) const { return flows_[flow.index].rate; }
  double capacity(LinkId link) const { return links_[link.index].capacity; }
  double load(LinkId link) const;  // sum of the rates over it
  std::vector<FlowId> flows_over(LinkId link) const;
  std::size_t flows_on(LinkId link) const { return links_[link.index].crossings.size(); }
  LinkId bottleneck(FlowId flow) const { return flows_[flow.index].bottleneck; }
  std::uint64_t flows_opened() const { return opened_; }  // since the beginning: what it cost

 private:
  struct Hop {
    std::uint32_t link, place;  // place: which of the link's crossings
  };
  struct Crossing {
    std::uint32_t flow, hop;
  };
  struct Flow {
    std::vector<Hop> hops;
    double rate = 0, before = 0;
    LinkId bottleneck;
    bool open = false, filled = false;
  };
  struct Link {
    double capacity = 0;
    double left = 0;            // of the capacity, for open flows
    double fastest = 0;         // of the flows opened and filled that cross it
    std::uint32_t waiting = 0;  // open flows not yet filled
    bool touched = false, full = false;
    std::vector<Crossing> crossings;
  };
  struct Level {
    double rate;
    std::uint32_t link;
    friend bool operator>(const Level& a, const Level& b) {
      return a.rate != b.rate ? a.rate > b.rate : a.link > b.link;
    }
  };

  void open(std::uint32_t flow);
  void open_bottlenecked(std::uint32_t link);
  void touch(std::uint32_t link);
  void push(std::uint32_t link);
  void fill();
  bool pull_faster(std::uint32_t link, double level);
  void fix(std::uint32_t link, double level);
  bool reopen_slower();

  std::vector<Flow> flows_;
  std::vector<std::uint32_t> free_;
  std::vector<Link> links_;
  std::vector<std::uint32_t> opened_flows_, touched_links_;
  std::vector<Level> heap_;
  std::vector<FlowId> changed_;
  std::uint64_t opened_ = 0;
};

}  // namespace fleetsim
