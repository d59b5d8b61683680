#include <algorithm>
#include <set>

#include "tests/workloads/systems.h"
#include "workloads/queueing/presence.h"

// Where customers are sent: exact for what does not depend on chance, by counts for what does.
namespace fleetsim::queueing {
namespace {

using Policy = RouterConfig::Policy;

// Three stations told apart by their services, and a customer every 10 s.
std::vector<std::int64_t> works(Policy policy, std::vector<double> probability = {}) {
  QueueingConfig config{{source("customers", constant(10), to_router())}, {}, {}};
  for (const char* name : {"1", "2", "3"})
    config.stations.push_back(station(name, constant(std::stod(name))));
  config.routers = {router(policy, {to_station(0), to_station(1), to_station(2)}, probability)};
  const Replication run =
      simulate(config, {}, {.end = from_seconds(30'005), .keep_visits = 10'000});
  std::vector<std::int64_t> out;
  for (const System::Visit& visit : run.visits) out.push_back(visit.work.ns / 1'000'000'000);
  return out;
}

TEST(Router, RoundRobinTakesTurns) {
  const auto order = works(Policy::round_robin);
  ASSERT_EQ(order.size(), 3000u);
  for (std::size_t i = 0; i < order.size(); ++i)
    EXPECT_EQ(order[i], static_cast<std::int64_t>(i % 3) + 1);
}

TEST(Router, RandomIsFair) {
  const auto order = works(Policy::random);
  for (const std::int64_t station : {1, 2, 3})  // 1000 expected, of deviation 26
    EXPECT_NEAR(static_cast<double>(std::count(order.begin(), order.end(), station)), 1000, 100);
}

TEST(Router, ProbabilitiesAreKept) {
  const auto order = works(Policy::probabilities, {0.5, 0.2, 0.3});
  EXPECT_NEAR(static_cast<double>(std::count(order.begin(), order.end(), 1)), 1500, 105);
  EXPECT_NEAR(static_cast<double>(std::count(order.begin(), order.end(), 2)), 600, 85);
  EXPECT_NEAR(static_cast<double>(std::count(order.begin(), order.end(), 3)), 900, 97);
}

TEST(Router, EqualLengthsAreDrawnFor) {  // the system is empty whenever somebody comes
  const auto order = works(Policy::shortest);
  EXPECT_EQ(std::set<std::int64_t>(order.begin(), order.end()).size(), 3u);
}

// Ten customers at once for ten copies, and services that outlast them all.
double copies_used(Policy policy, std::uint32_t choices) {
  QueueingConfig config = line(constant(0.001), constant(10));
  config.sources[0].to = to_router();
  config.stations[0].copies = 10;
  config.routers = {router(policy, {to_station()})};
  config.routers[0].choices = choices;
  return 10 * value_of(simulate(config, {},
                                {.warm_up = from_seconds(0.0105), .end = from_seconds(0.01075)})
                           .windows[0],
                       "queue.at_least.1");
}

TEST(Router, ShortestNeverJoinsALongerLine) {
  EXPECT_NEAR(copies_used(Policy::shortest, 2), 10, 1e-9);
  EXPECT_NEAR(copies_used(Policy::power_of_d, 10), 10, 1e-9);  // looks at all of them
  EXPECT_LT(copies_used(Policy::random, 2), 9.5);
  EXPECT_LT(copies_used(Policy::power_of_d, 1), 9.5);
}

// Against a plain search after each of many random moves.
TEST(ShortestIndex, KnowsTheShortest) {
  constexpr std::uint32_t n = 7;
  ShortestIndex index(n);
  std::vector<int> length(n, 0);
  Stream chance = Chance{}.stream("tests.moves");
  for (int move = 0; move < 20'000; ++move) {
    const auto i = static_cast<std::uint32_t>(chance.uniform() * n);
    const bool up = length[i] == 0 || chance.uniform() < 0.5;
    index.moved(i, up, {});
    length[i] += up ? 1 : -1;
    const int least = *std::min_element(length.begin(), length.end());
    ASSERT_EQ(index.shortest_count(), std::count(length.begin(), length.end(), least));
    std::set<std::uint32_t> found;
    for (std::uint32_t k = 0; k < index.shortest_count(); ++k) {
      ASSERT_EQ(length[index.shortest(k)], least);
      found.insert(index.shortest(k));
    }
    ASSERT_EQ(found.size(), index.shortest_count());
  }
}

TEST(DepthProfile, CountsStationsByDepth) {
  DepthProfile profile(4);
  const auto at = [](double s) { return Instant{} + from_seconds(s); };
  profile.moved(0, true, at(0));
  profile.moved(0, true, at(1));  // 0 holds two from 1 to 3
  profile.moved(1, true, at(2));  // 1 holds one from 2 on
  profile.moved(0, false, at(3));
  EXPECT_DOUBLE_EQ(profile.at_least(1, at(4)), (4 + 2) / 16.0);
  EXPECT_DOUBLE_EQ(profile.at_least(2, at(4)), 2 / 16.0);
  profile.restart(at(4));
  EXPECT_DOUBLE_EQ(profile.at_least(1, at(5)), 0.5);
  EXPECT_DOUBLE_EQ(profile.at_least(2, at(5)), 0);
}

}  // namespace
}  // namespace fleetsim::queueing
