#pragma once
#include <array>
#include <cstdint>

#include "sim/result.h"

namespace fleetsim::analytic {

// How far apart and how well joined the ends of a network are, by counting its links. `bisection`
// is the number of links between two equal halves, in the worst case, each link counted once; times
// the rate of a link it is the bandwidth in one direction. Hops are links from end to end, by the
// shortest way, the mean over pairs of distinct ends. (Dally and Towles 2004.)
struct NetworkShape {
  double ends = 0;
  double bisection = 0;
  double diameter = 0, mean_hops = 0;
};

// A ring of n nodes, n even and at least 4: two links; n/2 hops at most, n^2/(4(n-1)) on average.
Result<NetworkShape> ring_shape(std::int64_t nodes);

// One switch of n ends, n even: every way is two links; half of the ends' own links are cut.
Result<NetworkShape> single_switch_shape(std::int64_t ends);

// Every one of n ends, n even, linked to every other: n^2/4 links between halves, one hop.
Result<NetworkShape> full_mesh_shape(std::int64_t ends);

// Leaf and spine: L leaves (L even) of m ends each, every leaf linked to all spines by m/r links in
// all, r the oversubscription: L m/(2 r) between halves; hops 2 below a leaf, 4 elsewhere.
Result<NetworkShape> leaf_spine_shape(std::int64_t leaves, std::int64_t ends_per_leaf,
                                      double oversubscription);

// Torus of sides a x b x c (1 for a missing one), each even side at least 4, the longest even: the
// halves are slabs across the longest side, 2 N/longest links; sum of side/2 hops at most; on
// average N/(N-1) times the sum of d/4 (d even) or (d^2-1)/(4d) (d odd).
Result<NetworkShape> torus_shape(std::array<std::int64_t, 3> sides);

// Three-tier fat tree of k-port switches (Al-Fares et al. 2008), k even: k^3/4 hosts; k^3/8 host
// rates across the middle over the oversubscription r; hops 2, 4 or 6 by the nearest common tier.
Result<NetworkShape> fat_tree_shape(std::int64_t ports, double oversubscription);

// Dragonfly (Kim et al. 2008) of a routers a group and h global links a router, the full g = a h +
// 1 groups, so one link between each pair of groups. Ends here are routers; groups complete graphs.
// Minimal route: local, global, local. The cut is between (g-1)/2 and (g+1)/2 whole groups; a h is
// even, so that no nearer-equal cut of whole groups exists.
Result<NetworkShape> dragonfly_shape(std::int64_t routers_per_group, std::int64_t globals);

// Rail-optimised: rail i of each of n nodes (n even) on a full switch plane of its own; rails meet
// only inside nodes. Between halves of the nodes: rails x n/2 links over the oversubscription.
Result<NetworkShape> rail_shape(std::int64_t nodes, std::int64_t rails, double oversubscription);

// All-to-all in which each of the n ends spreads m bytes evenly: n/2 ends send half of it across,
// so n m/4 bytes go each way over bisection x link.
Result<double> bisection_alltoall_time(const NetworkShape& shape, double bytes_per_end,
                                       double link_rate);

// The fewest nodes at which uniform all-to-all traffic of g a node fills the bisection of a torus
// of d equal sides of links b: N g/4 = 2 N^{1-1/d} b, so N = (8 b/g)^d. d = 1, 2, 3.
Result<double> torus_saturation(std::int64_t dimensions, double demand, double link_rate);

// The demand a node above which a fat tree of oversubscription r saturates, at any number of nodes:
// N g/4 = N b/(2 r), so g = 2 b/r.
Result<double> fat_tree_saturation(double link_rate, double oversubscription);

}  // namespace fleetsim::analytic
