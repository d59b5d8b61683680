#include "analytic/queueing/jackson.h"

#include "analytic/queueing/erlang.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(Jackson, OneStationWithFeedback) {
  // Each customer comes back with probability 1/4: throughput 4/3 of 0.6, M/M/1 at 0.8.
  const JacksonSteady q = good(jackson({{{0.6, 1, 1}}, {{0.25}}}));
  expect_relative(q.throughput[0], 0.8, 1e-13);
  expect_relative(q.present, 4, 1e-12);
  expect_relative(q.sojourn, 4 / 0.6, 1e-12);
  expect_relative(q.stations[0].sojourn, 5, 1e-12);
}

TEST(Jackson, ThreeStationsByHand) {
  // 0 -> 1 (1/2) or 2 (1/2); 1 -> 0 (1/2) or out; 2 -> out. External 3 at station 0:
  // x0 = 3 + x1/2, x1 = x0/2  =>  x0 = 4, x1 = 2, x2 = 2.
  const JacksonNetwork network{{{3, 5, 1}, {0, 4, 1}, {0, 3, 2}},
                               {{0, 0.5, 0.5}, {0.5, 0, 0}, {0, 0, 0}}};
  const JacksonSteady q = good(jackson(network));
  expect_relative(q.throughput[0], 4, 1e-13);
  expect_relative(q.throughput[1], 2, 1e-13);
  expect_relative(q.throughput[2], 2, 1e-13);
  // L: 0.8/0.2, 0.5/0.5, and M/M/2 at rho = 1/3: 2 rho / (1 - rho^2) = 0.75.
  expect_relative(q.present, 4 + 1 + 0.75, 1e-12);
  expect_relative(q.sojourn, 5.75 / 3, 1e-12);
}

TEST(Jackson, AgreesWithTheChain) {
  const JacksonNetwork network{{{0.1, 1, 1}, {0.15, 0.5, 2}}, {{0.1, 0.5}, {0.2, 0.05}}};
  const std::size_t top = 22;
  Chain chain(top * top);
  const auto move = [&](std::size_t i, std::size_t j, std::size_t i2, std::size_t j2, double rate) {
    if (i2 < top && j2 < top && (i != i2 || j != j2)) chain.add(i * top + j, i2 * top + j2, rate);
  };
  for (std::size_t i = 0; i < top; ++i)
    for (std::size_t j = 0; j < top; ++j) {
      move(i, j, i + 1, j, 0.1);
      move(i, j, i, j + 1, 0.15);
      if (i > 0) {
        move(i, j, i - 1, j + 1, 0.5);
        move(i, j, i - 1, j, 0.4);
      }
      const double rate = 0.5 * static_cast<double>(std::min<std::size_t>(j, 2));
      if (j > 0) {
        move(i, j, i + 1, j - 1, 0.2 * rate);
        move(i, j, i, j - 1, 0.75 * rate);
      }
    }
  const auto p = chain.stationary();
  double first = 0, second = 0;
  for (std::size_t i = 0; i < top; ++i)
    for (std::size_t j = 0; j < top; ++j) {
      first += static_cast<double>(i) * p[i * top + j];
      second += static_cast<double>(j) * p[i * top + j];
    }
  const JacksonSteady q = good(jackson(network));
  expect_relative(q.stations[0].present, first, 1e-9);
  expect_relative(q.stations[1].present, second, 1e-9);
}

TEST(Jackson, TrafficBalancesInRandomNetworks) {
  Sweep sweep(9);
  for (int trial = 0; trial < 100; ++trial) {
    const std::size_t n = 2 + static_cast<std::size_t>(trial % 7);
    JacksonNetwork network;
    for (std::size_t i = 0; i < n; ++i) {
      network.stations.push_back({sweep.even(0, 1), 1e4, sweep.count(1, 100)});
      std::vector<double> row(n);
      for (double& p : row) p = sweep.even(0, 0.98) / static_cast<double>(n);
      network.routing.push_back(row);
    }
    const JacksonSteady q = good(jackson(network));
    double leaving = 0, present = 0;
    for (std::size_t i = 0; i < n; ++i) {
      double out = 1;
      for (const double p : network.routing[i]) out -= p;
      leaving += q.throughput[i] * out;
      present += q.stations[i].present;
      const MmcSteady alone = good(mmc({q.throughput[i], 1e4, network.stations[i].servers}));
      expect_relative(q.stations[i].sojourn, alone.means.sojourn, 1e-13);
    }
    expect_relative(leaving, q.arrival_rate, 1e-10);
    expect_relative(q.sojourn * q.arrival_rate, present, 1e-12);
  }
}

TEST(Jackson, StationsThatNobodyVisitsStandIdle) {
  const JacksonSteady q = good(jackson({{{0.5, 1, 1}, {0, 2, 1}}, {{0, 0}, {0, 0}}}));
  EXPECT_EQ(q.stations[1].present, 0);
  EXPECT_EQ(q.stations[1].utilization, 0);
  expect_relative(q.sojourn, 2, 1e-13);
}

TEST(Jackson, NamesTheBrokenAssumption) {
  expect_error(jackson({}), "at least one station");
  expect_error(jackson({{{1, 2, 1}}, {{1.0}}}), "nobody ever leaves");
  expect_error(jackson({{{1, 2, 1}, {0, 2, 1}}, {{0, 1}, {1, 0}}}), "nobody ever leaves");
  expect_error(jackson({{{1, 2, 1}}, {{1.5}}}), "add up to 1.5 > 1");
  expect_error(jackson({{{1, 2, 1}}, {{-0.5}}}), "routing probability -0.5");
  expect_error(jackson({{{1, 2, 1}}, {}}), "1 x 1 routing probabilities");
  expect_error(jackson({{{0, 2, 1}}, {{0.5}}}), "external arrival rate > 0");
  expect_error(jackson({{{-1, 2, 1}}, {{0.5}}}), "external rates >= 0");
  expect_error(jackson({{{1, 9, 1}, {0, 1, 1}}, {{0, 1}, {0.5, 0}}}),
               "station 1: M/M/1 has no steady state: utilisation 2 >= 1");
}

}  // namespace
}  // namespace fleetsim::analytic
