#include "analytic/queueing/closed_network.h"

#include <numeric>

#include "analytic/queueing/birth_death.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

constexpr auto queue = ClosedStation::Kind::queue;
constexpr auto delay = ClosedStation::Kind::delay;

// Reiser and Lavenberg's recursion for single servers and delays.
struct Mva {
  long double throughput = 0;
  std::vector<long double> present;
};
Mva mva(const ClosedNetwork& network) {
  Mva now;
  now.present.assign(network.stations.size(), 0);
  for (std::uint64_t n = 1; n <= network.customers; ++n) {
    std::vector<long double> residence;
    long double cycle = network.mean_think;
    for (std::size_t i = 0; i < now.present.size(); ++i) {
      const ClosedStation& s = network.stations[i];
      const long double met = s.kind == delay ? 0 : now.present[i];
      residence.push_back(static_cast<long double>(s.visits) * s.mean_service * (1 + met));
      cycle += residence.back();
    }
    now.throughput = static_cast<long double>(n) / cycle;
    for (std::size_t i = 0; i < residence.size(); ++i)
      now.present[i] = now.throughput * residence[i];
  }
  return now;
}

TEST(ClosedNetwork, OneCustomerMeetsNobody) {
  const ClosedSteady q =
      good(closed_network({{{queue, 2, 0.5, 1}, {queue, 1, 3, 4}, {delay, 1, 2, 1}}, 1, 10}));
  expect_relative(q.throughput, 1.0 / 16, 1e-14);
  expect_relative(q.response, 6, 1e-13);
  EXPECT_NEAR(q.stations[0].wait, 0, 1e-14);
}

TEST(ClosedNetwork, BalancedStationsByHand) {
  // m equal single servers, no thinking: throughput N / ((N + m - 1) D) (Lazowska et al. 1984).
  for (const std::uint64_t n : {1u, 5u, 50u}) {
    const ClosedSteady q =
        good(closed_network({{{queue, 1, 2, 1}, {queue, 4, 0.5, 1}, {queue, 2, 1, 1}}, n, 0}));
    const auto population = static_cast<double>(n);
    expect_relative(q.throughput, population / ((population + 2) * 2), 1e-13);
    for (const StationMeans& s : q.stations) expect_relative(s.present, population / 3, 1e-12);
  }
}

TEST(ClosedNetwork, MachineRepairmen) {
  // M/M/c//N is one birth-death chain: thinkers fail, c repairmen.
  for (const std::uint64_t c : {1u, 3u, 20u, 60u}) {
    const std::uint64_t n = 60;
    std::vector<double> birth, death;
    for (std::uint64_t k = 0; k < n; ++k) {
      birth.push_back(static_cast<double>(n - k) / 2.0);
      death.push_back(static_cast<double>(std::min(k + 1, c)));
    }
    const auto p = good(birth_death(birth, death));
    double present = 0, busy = 0;
    for (std::size_t k = 0; k < p.size(); ++k) {
      present += static_cast<double>(k) * p[k];
      busy += static_cast<double>(std::min<std::uint64_t>(k, c)) * p[k];
    }
    const ClosedSteady q = good(closed_network({{{queue, 1, 1, c}}, n, 2}));
    expect_relative(q.throughput, busy, 1e-12);
    expect_relative(q.stations[0].present, present, 1e-11);
  }
}

TEST(ClosedNetwork, AgreesWithMeanValueAnalysis) {
  Sweep sweep(10);
  for (int trial = 0; trial < 40; ++trial) {
    ClosedNetwork network;
    for (int i = 0; i < 1 + trial % 5; ++i)
      network.stations.push_back(
          {i % 3 == 2 ? delay : queue, sweep.log(0.1, 10), sweep.log(1e-3, 10), 1});
    network.customers = sweep.count(1, 3'000);
    network.mean_think = trial % 2 == 0 ? 0 : sweep.log(0.1, 1e4);
    const ClosedSteady q = good(closed_network(network));
    const Mva want = mva(network);
    expect_relative(q.throughput, static_cast<double>(want.throughput), 1e-9);
    for (std::size_t i = 0; i < want.present.size(); ++i)
      expect_relative(q.stations[i].present, static_cast<double>(want.present[i]), 1e-8);
  }
}

TEST(ClosedNetwork, SeveralServersAgreeWithTheChain) {
  // Nine customers: think (mean 3) -> station 0 (2 servers) -> station 1 (3 servers, routed back to
  // station 0 with probability 1/4).
  const std::size_t n = 9;
  const ClosedNetwork network{{{queue, 4.0 / 3, 0.8, 2}, {queue, 4.0 / 3, 1.3, 3}}, n, 3};
  Chain chain((n + 1) * (n + 1));
  const auto state = [&](std::size_t i, std::size_t j) { return i * (n + 1) + j; };
  const auto servers = [](std::size_t here, std::size_t c) {
    return static_cast<double>(std::min(here, c));
  };
  for (std::size_t i = 0; i <= n; ++i)
    for (std::size_t j = 0; i + j <= n; ++j) {
      if (i + j < n) chain.add(state(i, j), state(i + 1, j), static_cast<double>(n - i - j) / 3);
      if (i > 0) chain.add(state(i, j), state(i - 1, j + 1), servers(i, 2) / 0.8);
      if (j > 0) {
        chain.add(state(i, j), state(i + 1, j - 1), servers(j, 3) / 1.3 / 4);
        chain.add(state(i, j), state(i, j - 1), servers(j, 3) / 1.3 * 3 / 4);
      }
    }
  for (std::size_t i = 0; i <= n; ++i)  // states that do not exist drain into one that does
    for (std::size_t j = n + 1 - i; j <= n; ++j) chain.add(state(i, j), 0, 1);
  const auto p = chain.stationary();
  double first = 0, second = 0, thinking = 0;
  for (std::size_t i = 0; i <= n; ++i)
    for (std::size_t j = 0; i + j <= n; ++j) {
      first += static_cast<double>(i) * p[state(i, j)];
      second += static_cast<double>(j) * p[state(i, j)];
      thinking += static_cast<double>(n - i - j) * p[state(i, j)];
    }
  const ClosedSteady q = good(closed_network(network));
  expect_relative(q.stations[0].present, first, 1e-12);
  expect_relative(q.stations[1].present, second, 1e-12);
  expect_relative(q.throughput, thinking / 3, 1e-12);
  expect_relative(q.response, (first + second) * 3 / thinking, 1e-12);
}

TEST(ClosedNetwork, ManyServersAndCustomersReachTheirBounds) {
  const ClosedSteady full = good(closed_network({{{queue, 1, 1, 500}}, 20'000, 1}));
  expect_relative(full.throughput, 500, 1e-9);
  const ClosedSteady roomy = good(closed_network({{{queue, 1, 1, 1'000}}, 800, 1}));
  expect_relative(roomy.throughput, 400, 1e-9);
  const ClosedSteady thinkers = good(closed_network({{{queue, 1, 1e-4, 1}}, 100'000, 100}));
  expect_relative(thinkers.throughput, 1'000, 2e-6);
  expect_relative(thinkers.stations[0].sojourn, 1e-4 / 0.9, 1e-3);  // M/M/1 in the limit
}

TEST(ClosedNetwork, CustomersAreConserved) {
  Sweep sweep(11);
  for (int trial = 0; trial < 60; ++trial) {
    ClosedNetwork network{{}, sweep.count(1, 300), sweep.log(0.1, 100)};
    for (int i = 0; i < 3; ++i)
      network.stations.push_back(
          {i == 2 ? delay : queue, sweep.log(0.1, 5), sweep.log(0.01, 10), sweep.count(1, 100)});
    const ClosedSteady q = good(closed_network(network));
    double present = q.throughput * network.mean_think;
    for (const StationMeans& s : q.stations) {
      present += s.present;
      EXPECT_LE(s.utilization, 1 + 1e-12);
    }
    expect_relative(present, static_cast<double>(network.customers), 1e-9);
  }
}

TEST(ClosedNetwork, MoreCustomersNeverSlowThroughput) {
  double before = 0;
  for (std::uint64_t n = 1; n < 80; ++n) {
    const double now =
        good(closed_network({{{queue, 1, 1, 2}, {queue, 2, 0.3, 1}}, n, 4})).throughput;
    EXPECT_GT(now, before);
    before = now;
  }
  EXPECT_LT(before, 1 / 0.6);
}

TEST(ClosedNetwork, NamesTheBrokenAssumption) {
  expect_error(closed_network({{{queue, 1, 1, 1}}, 0, 1}), "at least one customer");
  expect_error(closed_network({{{queue, 0, 1, 1}}, 1, 1}), "visits > 0");
  expect_error(closed_network({{{queue, 1, 1, 0}}, 1, 1}), "at least one server a station");
  expect_error(closed_network({{}, 3, 0}), "length of a cycle > 0");
  expect_error(closed_network({{{queue, 1, 1, 1}}, 3, -1}), "think time > 0");
  expect_error(closed_network({{{queue, 1, 1, 1'000'000}}, 1'000'000, 1}), "customers x servers");
}

}  // namespace
}  // namespace fleetsim::analytic
