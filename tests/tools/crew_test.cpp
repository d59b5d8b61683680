#include "tools/crew.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <vector>

namespace fleetsim {
namespace {

TEST(CrewThreads, EachJobRunsOnceWhateverTheNumberOfThreads) {
  for (const std::uint32_t threads : {1u, 2u, 7u}) {
    Crew crew(threads);
    std::vector<int> ran(1000, 0);
    EXPECT_EQ(crew.run(0, 500, [&](std::uint64_t i) { ++ran[i]; }), 500u);
    EXPECT_EQ(crew.run(500, 1000, [&](std::uint64_t i) { ++ran[i]; }), 1000u);
    EXPECT_EQ(ran, std::vector<int>(1000, 1));
    EXPECT_FALSE(crew.interrupted());
  }
}

TEST(CrewThreads, NoJobsAreDoneAtOnce) {
  Crew crew(2);
  EXPECT_EQ(crew.run(5, 5, [](std::uint64_t) { std::abort(); }), 5u);
}

// The signal comes from within job 20; what was started is finished, and nothing beyond.
TEST(CrewThreads, AfterASignalTheJobsDoneAreAPrefix) {
  Crew crew(3);
  std::vector<int> ran(100'000, 0);
  const std::uint64_t next = crew.run(0, ran.size(), [&](std::uint64_t i) {
    if (i == 20) kill(getpid(), SIGINT);
    ran[i] = 1;
    struct timespec ms = {0, 1'000'000};
    nanosleep(&ms, nullptr);
  });
  EXPECT_TRUE(crew.interrupted());
  EXPECT_GT(next, 20u);
  EXPECT_LT(next, ran.size());
  for (std::uint64_t i = 0; i < ran.size(); ++i) ASSERT_EQ(ran[i], i < next ? 1 : 0) << i;
  EXPECT_EQ(crew.run(next, ran.size(), [](std::uint64_t) { std::abort(); }), next);
}

// Inside a job it has the job's thread, and goes by the outer crew's signals.
TEST(CrewThreads, ACrewWithinAnotherStopsWithIt) {
  Crew outer(2);
  std::vector<std::uint64_t> reached(2, 0);
  EXPECT_EQ(outer.threads(), 2u);
  outer.run(0, 2, [&](std::uint64_t job) {
    const pid_t thread = gettid();
    Crew inner(Crew::Within{outer});
    EXPECT_EQ(inner.threads(), 1u);
    EXPECT_EQ(inner.run(3, 6, [&](std::uint64_t) { EXPECT_EQ(gettid(), thread); }), 6u);
    reached[job] = inner.run(0, 100'000, [&](std::uint64_t i) {
      if (job == 0 && i == 20) kill(getpid(), SIGINT);
      struct timespec ms = {0, 1'000'000};
      nanosleep(&ms, nullptr);
    });
    EXPECT_TRUE(inner.interrupted());
  });
  EXPECT_GT(reached[0], 20u);
  for (const std::uint64_t next : reached) EXPECT_LT(next, 100'000u);
}

}  // namespace
}  // namespace fleetsim
