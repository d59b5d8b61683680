#include "sim/time_average.h"

#include <gtest/gtest.h>

namespace fleetsim {
namespace {

TEST(TimeAverage, WeighsLevelsByTheirTime) {
  TimeAverage level;
  level.set({10}, 3);  // 0 for 10 ns
  level.set({30}, 1);  // 3 for 20 ns
  EXPECT_EQ(level.level(), 1);
  EXPECT_EQ(level.mean({30}), 2);
  EXPECT_EQ(level.mean({100}), (3 * 20 + 1 * 70) / 100.0);
}

TEST(TimeAverage, OfNoTimeIsTheLevel) {
  const TimeAverage level({5}, 7);
  EXPECT_EQ(level.mean({5}), 7);
  EXPECT_EQ(level.mean({6}), 7);
}

TEST(TimeAverage, RestartForgetsThePastAndKeepsTheLevel) {
  TimeAverage level({0}, 100);
  level.set({50}, 2);
  level.restart({60});
  EXPECT_EQ(level.mean({60}), 2);
  level.set({70}, 4);
  EXPECT_EQ(level.mean({80}), 3);
}

TEST(TimeAverage, IsExactForAYearOfSmallSteps) {
  const std::int64_t step = 1'000'003, steps = 1'000'000;
  TimeAverage often, once;
  const std::int64_t big = std::int64_t{1} << 40;
  once.set({0}, big);
  for (std::int64_t i = 0; i < steps; ++i) often.set({i * step}, big);
  EXPECT_EQ(often.mean({steps * step}), once.mean({steps * step}));
  EXPECT_EQ(often.mean({steps * step}), static_cast<double>(big));
  // 2^40 x 10^15 ns is far beyond 64 bits; one nanosecond of another level still shows exactly.
  TimeAverage near({0}, big);
  near.set({(std::int64_t{1} << 50) - 1}, 0);
  EXPECT_EQ(near.mean({std::int64_t{1} << 50}), static_cast<double>(big) - 0x1p-10);
}

TEST(TimeAverage, TakesNegativeLevels) {
  TimeAverage level({0}, -4);
  level.set({10}, 4);
  EXPECT_EQ(level.mean({20}), 0);
}

TEST(TimeAverageDeathTest, TimeDoesNotRunBackwards) {
  TimeAverage level({10}, 1);
  EXPECT_DEATH(level.set({9}, 2), "order of time");
}

}  // namespace
}  // namespace fleetsim
