#include "analytic/walls.h"

#include <algorithm>
#include <set>

#include "analytic/solver.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(Walls, AreNumberedFromOneToTwentyTwo) {
  ASSERT_EQ(walls().size(), 22u);
  for (std::size_t i = 0; i < walls().size(); ++i) {
    EXPECT_EQ(walls()[i].number, static_cast<int>(i) + 1);
    EXPECT_FALSE(walls()[i].equation.empty());
    EXPECT_FALSE(walls()[i].iron_law.empty());
  }
  EXPECT_EQ(wall(15)->name, "Fragility");
  EXPECT_FALSE(wall(0));
  EXPECT_FALSE(wall(23));
}

TEST(Walls, DomainsAreThoseOfTheBook) {
  const std::pair<const char*, std::size_t> domains[] = {
      {"node", 7}, {"data", 3}, {"algorithm", 3}, {"fleet", 3}, {"operations", 4}, {"analysis", 2}};
  std::size_t sum = 0;
  for (const auto& [domain, size] : domains) {
    EXPECT_EQ(walls_in_domain(domain).size(), size) << domain;
    sum += walls_in_domain(domain).size();
  }
  EXPECT_EQ(sum, 22u);
  EXPECT_TRUE(walls_in_domain("nowhere").empty());
}

// The solver that a wall names is in the table and knows of it.
TEST(Walls, ResolversStandAgainstTheirWalls) {
  std::set<std::string_view> resolvers;
  for (const Wall& w : walls()) {
    resolvers.insert(w.resolver);
    const Solver* solver = good(solver_named(w.resolver));
    EXPECT_EQ(std::count(solver->walls.begin(), solver->walls.end(), w.number), 1) << w.name;
  }
  EXPECT_EQ(resolvers.size(), 21u);  // walls 1 and 2 share one
  for (const Solver& solver : solvers())
    for (const int number : solver.walls) EXPECT_TRUE(wall(number)) << solver.name;
}

}  // namespace
}  // namespace fleetsim::analytic
