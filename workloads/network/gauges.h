#pragma once
#include <functional>
#include <vector>

#include "workloads/network/network_run.h"

namespace fleetsim::network {

struct Reading {
  double value = 0;
  double weight = 1;  // see pooled_terms
};

// What is read of a replication at its end, in the order of the table; what there is follows from
// what the network is asked to carry.
//
//   network.bisection_bandwidth          of the cluster with the least, one way
//   network.parts.{switches,cables,price,power}  what fabrics are made of; where it is known
//   network.link_utilization.max         of the busiest link between switches or regions, over the
//                                        time until the last thing was delivered
//   network.transfer.{mean,p50,p90,p99}  time of a flow of a pattern; its mean is the sum of
//   network.transfer.{latency,alone,sharing}   the way's latency, the bytes over its least rate,
//                                        and what other flows and failures cost
//   network.line_rate.{mean,min}         share of a port's rate that those flows have at first
//   network.bisection_use, network.load.{mean,max}   how full a steady load makes the bisection,
//                                        and the cables inside the fabric
//   network.hops.{mean,max}              cables inside the fabric that its traffic takes
//   network.injection_limit              what a device may send until the first cable is full
//   network.allreduce_time and so on     of a collective, and of hierarchical ones the part at each
//                                        level; its name is in between if there are several
//   network.outer.{efficiency,exchange_time}   of training by local updates, likewise
//   network.device_bandwidth.{node,fabric,wide}   what a device has of each when all send at once
//   network.wan_rtt                      between the regions farthest apart; of each two where
//                                        there are more: network.wan_rtt.A.B
//   network.faults, network.link_availability   how many begun; share of what may fail that is well
//   cost.network                         of bytes that leave regions
struct Gauge {
  MetricSpec metric;
  std::function<Reading(const NetworkRun&)> read;
};
std::vector<Gauge> gauges_of(const NetworkConfig& config, const Groundwork& groundwork);

// "network.allreduce_time"; of one among several "network.NAME.allreduce_time".
std::string metric_of(const NetworkConfig& config, const CollectiveConfig& collective);
std::string metric_of(const NetworkConfig& config, const OuterStepsConfig& outer, const char* what);
std::string metric_of(const NetworkConfig& config, const RegionPair& pair);

const char* level_name(Level level);

}  // namespace fleetsim::network
