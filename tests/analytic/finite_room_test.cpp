#include "analytic/queueing/finite_room.h"

#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(FiniteRoom, GrossAndHarrisInspectionStation) {
  // One car a minute, three bays of six minutes, room for seven: p0 = 1/1141, p7 = 576/1141.
  const MmckSteady q = good(mmck({1, 1.0 / 6, 3}, 7));
  expect_relative(q.blocking, 576.0 / 1141, 1e-13);
  // p_{3+j} = 36 2^j / 1141, so Lq = 36 (2 + 2*4 + 3*8 + 4*16) / 1141.
  expect_relative(q.means.waiting, 36.0 * 98 / 1141, 1e-13);
  expect_relative(q.means.present, 36.0 * 98 / 1141 + 6 * 565.0 / 1141, 1e-13);
  expect_relative(q.means.sojourn, 36.0 * 98 / 565 + 6, 1e-13);
}

TEST(FiniteRoom, SingleServerByHand) {
  const MmckSteady q = good(mmck({1, 2, 1}, 3));  // p = (8, 4, 2, 1) / 15
  expect_relative(q.blocking, 1.0 / 15, 1e-14);
  expect_relative(q.carried_load, 7.0 / 15, 1e-14);
  expect_relative(q.wait_probability, 6.0 / 14, 1e-14);
  expect_relative(q.means.waiting, (2.0 + 2) / 15, 1e-14);
}

TEST(FiniteRoom, LossSystemIsErlangB) {
  for (const double a : {0.3, 5.0, 50.0}) {
    const MmckSteady q = good(mmck({a, 1, 5}, 5));
    expect_relative(q.blocking, good(erlang_b(5, a)), 1e-13);
    EXPECT_EQ(q.means.wait, 0);
    EXPECT_EQ(q.wait_probability, 0);
    EXPECT_EQ(good(mmck_wait_quantile(q, 0.999)), 0);
  }
}

TEST(FiniteRoom, LargeRoomIsMMc) {
  const MmcSteady unbounded = good(mmc({7, 1, 8}));
  const MmckSteady q = good(mmck({7, 1, 8}, 500));
  EXPECT_LT(q.blocking, 1e-20);
  expect_relative(q.means.wait, unbounded.means.wait, 1e-12);
  expect_relative(q.wait_probability, unbounded.wait_probability, 1e-12);
  for (const double p : {0.5, 0.9, 0.999})
    expect_relative(good(mmck_wait_quantile(q, p)), good(mmc_wait_quantile(unbounded, p)), 1e-10);
}

TEST(FiniteRoom, AgreesWithTheChain) {
  for (const double rho : {0.2, 1.0, 1.7})
    for (const std::uint64_t c : {1u, 4u}) {
      const std::uint64_t room = c + 20;
      Chain chain(room + 1);
      const double lambda = rho * static_cast<double>(c) * 0.7;
      for (std::size_t n = 0; n < room; ++n) {
        chain.add(n, n + 1, lambda);
        chain.add(n + 1, n, 0.7 * static_cast<double>(std::min<std::uint64_t>(n + 1, c)));
      }
      const auto p = chain.stationary();
      double waiting = 0, waits = 0;
      for (std::size_t n = c; n <= room; ++n) {
        waiting += static_cast<double>(n - c) * p[n];
        if (n < room) waits += p[n];
      }
      const MmckSteady q = good(mmck({lambda, 0.7, c}, room));
      expect_relative(q.blocking, p[room], 1e-12);
      expect_relative(q.means.waiting, waiting, 1e-12);
      expect_relative(q.wait_probability, waits / (1 - p[room]), 1e-12);
      const double mean = strips(
          [&](long double t) { return mmck_wait_upper(q, static_cast<double>(t)); }, 0, 150, 1'000);
      expect_relative(mean, q.means.wait, 1e-9);
    }
}

TEST(FiniteRoom, HoldsAtExtremes) {
  const MmckSteady flooded = good(mmck({1e6, 1, 1}, 1'000));
  expect_relative(flooded.throughput, 1, 1e-9);
  expect_relative(flooded.means.waiting, 999, 1e-3);
  const MmckSteady large = good(mmck({101'000, 1, 100'000}, 100'500));
  EXPECT_GT(large.blocking, 1 - 100'000.0 / 101'000);
  EXPECT_LT(large.blocking, good(erlang_b(100'000, 101'000)));
  const MmckSteady idle = good(mmck({1e-3, 1, 500}, 600));
  EXPECT_EQ(idle.blocking, 0);
  expect_relative(idle.carried_load, 1e-3, 1e-14);
}

TEST(FiniteRoom, MoreRoomLosesFewer) {
  double before = 1;
  for (std::uint64_t room = 3; room < 60; ++room) {
    const double blocking = good(mmck({3.3, 1, 3}, room)).blocking;
    EXPECT_LT(blocking, before);
    before = blocking;
  }
  EXPECT_GT(before, 0.3 / 3.3);  // what exceeds capacity is lost with any room
}

TEST(FiniteRoom, FiniteAllOverItsDomain) {
  Sweep sweep(3);
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t c = sweep.count(1, 1e5);
    const double mu = sweep.log(1e-3, 1e3);
    const double lambda = sweep.log(1e-3, 1e2) * mu * static_cast<double>(c);
    const std::uint64_t places = sweep.count(1, 1e4);
    const MmckSteady q = good(mmck({lambda, mu, c}, c + places));
    EXPECT_TRUE(q.blocking >= 0 && q.blocking <= 1);
    EXPECT_TRUE(std::isfinite(q.means.wait) && q.means.wait >= 0);
    EXPECT_LE(q.means.utilization, 1 + 1e-9);
    if (i % 20 == 0) {
      EXPECT_TRUE(std::isfinite(good(mmck_wait_quantile(q, 0.99))));
    }
  }
}

TEST(FiniteRoom, NamesTheBrokenAssumption) {
  expect_error(mmck({1, 1, 3}, 2), "room for its 3 servers");
  expect_error(mmck({0, 1, 3}, 5), "arrival rate > 0");
  expect_error(mmck({1, 1, 0}, 5), "at least one server");
  expect_error(mmck({1, 1, 1}, 1'000'000'000'000), "use M/M/c");
}

}  // namespace
}  // namespace fleetsim::analytic
