#include "analytic/search.h"

#include <set>

#include "analytic/bind.h"
#include "analytic/front.h"
#include "tests/analytic/stub_lookup.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(Odometer, GoesThroughAllCombinationsTheLastAxisFastest) {
  Odometer odometer({2, 3, 2});
  EXPECT_EQ(odometer.combinations(), 12u);
  std::set<std::vector<std::size_t>> seen;
  std::vector<std::size_t> before;
  do {
    const std::vector<std::size_t> at(odometer.at().begin(), odometer.at().end());
    EXPECT_TRUE(before.empty() || before < at);
    before = at;
    seen.insert(at);
  } while (odometer.next() < 3);
  EXPECT_EQ(seen.size(), 12u);
}

TEST(Odometer, TellsTheSlowestAxisThatChanged) {
  Odometer odometer({2, 2});
  EXPECT_EQ(odometer.next(), 1u);
  EXPECT_EQ(odometer.next(), 0u);
  EXPECT_EQ(odometer.next(), 1u);
  EXPECT_EQ(odometer.next(), 2u);  // all of them were
}

// Against the definition, for random points with many ties.
TEST(Front, HoldsThePointsThatNoOtherBeats) {
  Sweep sweep(11);
  for (int repetition = 0; repetition < 200; ++repetition) {
    std::vector<std::pair<double, double>> points;
    Front front;
    for (std::size_t i = 0; i < 40; ++i) {
      const double first = std::floor(sweep.even(0, 8));
      const double second = std::floor(sweep.even(0, 8));
      points.emplace_back(first, second);
      front.add(first, second, i);
    }
    std::set<std::pair<double, double>> expected;
    for (const auto& p : points) {
      const bool beaten = std::any_of(points.begin(), points.end(), [&](const auto& q) {
        return q != p && q.first <= p.first && q.second <= p.second;
      });
      if (!beaten) expected.insert(p);
    }
    std::set<std::pair<double, double>> got;
    for (const auto& [first, point] : front.points()) {
      got.emplace(first, point.second);
      EXPECT_EQ(points[point.number], std::pair(first, point.second));
    }
    EXPECT_EQ(got, expected);
  }
}

TEST(Lowest, KeepsTheLowestAndTheEarlierOfEquals) {
  Sweep sweep(12);
  std::vector<std::pair<double, std::size_t>> all;
  Lowest lowest(7);
  for (std::size_t i = 0; i < 300; ++i) {
    const double value = std::floor(sweep.even(0, 50));
    all.emplace_back(value, i);
    lowest.add(value, i);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  all.resize(7);
  EXPECT_EQ(std::vector(lowest.kept().begin(), lowest.kept().end()), all);
}

TEST(SearchGrammar, ObjectivesInAllTheirForms) {
  for (const char* text :
       {"minimize: latency", "Minimize(latency)", "minimize latency", "  MINIMIZE : latency "}) {
    const Objective objective = good(parse_objective(text));
    EXPECT_FALSE(objective.maximize) << text;
    EXPECT_EQ(objective.figure, "latency") << text;
  }
  EXPECT_TRUE(good(parse_objective("maximize: performance.throughput")).maximize);
  expect_error(parse_objective("latency"), "is no objective");
  expect_error(parse_objective("reduce: latency"), "is no objective");
  expect_error(parse_objective("minimize:"), "names no figure");
  expect_error(parse_objective("minimize: a b"), "names no figure");
}

TEST(SearchGrammar, ConstraintsAreUnderstoodOrRefused) {
  const Constraint constraint = good(parse_constraint("performance.latency <= 50 ms"));
  EXPECT_EQ(constraint.figure, "performance.latency");
  EXPECT_EQ(constraint.op, "<=");
  EXPECT_EQ(constraint.bound, "50 ms");
  EXPECT_EQ(good(parse_constraint("latency<50")).bound, "50");
  expect_error(parse_constraint("latency 50"), "is no constraint");
  expect_error(parse_constraint("latency => 50"), "no operator \"=>\"");
  expect_error(parse_constraint("latency <="), "is no constraint");
  expect_error(parse_constraint("<= 50"), "is no constraint");
}

// y = (x - 3)^2 and z = 10 - x over whole x and a shift; x = 5 fails, x = 6 is infeasible.
struct ParabolaIn {
  std::int64_t x = 0;
  double shift = 0;
};
struct ParabolaOut {
  double y = 0, z = 0;  // s, 1
  bool feasible = true;
};
Result<ParabolaOut> parabola(const ParabolaIn& in) {
  if (in.x == 5) return Error{"x: five is not to be had"};
  const double x = static_cast<double>(in.x);
  return ParabolaOut{(x - 3) * (x - 3) + in.shift, 10 - x, in.x != 6};
}

class ParabolaSearch : public testing::Test {
 protected:
  ParabolaSearch() {
    row_.name = "Parabola", row_.short_name = "parabola";
    row_.inputs = {input<&ParabolaIn::x>("x", "1", "where"),
                   input<&ParabolaIn::shift>("shift", "1", "upwards")};
    row_.outputs = {output<&ParabolaOut::y>("y", "ms", "the value"),
                    output<&ParabolaOut::z>("z", "1", "the other")};
    row_.run = run_as<ParabolaIn, ParabolaOut, parabola>;
    plan_.solver = &row_;
    plan_.axes = {{"x", {}}, {"shift", {2.0, 1.0}}};
    for (int x = 0; x < 9; ++x) plan_.axes[0].values.emplace_back(x);
    plan_.objectives = {{false, "y"}};
  }
  Result<SearchOutcome> run() const { return search(plan_, StubLookup{}); }

  Solver row_;
  SearchPlan plan_;
};

TEST_F(ParabolaSearch, FindsTheBestOfAll) {
  const SearchOutcome outcome = good(run());
  EXPECT_EQ(outcome.searched, 18u);
  EXPECT_EQ(outcome.failed, 2u);
  EXPECT_EQ(outcome.infeasible, 2u);
  EXPECT_EQ(outcome.first_failure, "x: five is not to be had");
  ASSERT_EQ(outcome.best.size(), 5u);
  EXPECT_EQ(outcome.best[0].set[0].second.number(), 3);
  EXPECT_EQ(outcome.best[0].set[1].second.number(), 1);
  EXPECT_DOUBLE_EQ(outcome.best[0].objectives[0].value.number(), 1000);  // ms
  EXPECT_TRUE(outcome.front.empty());
}

TEST_F(ParabolaSearch, FrontOfTwoObjectives) {
  plan_.objectives = {{false, "y"}, {false, "z"}};  // z falls with x, y rises from 3 on
  const SearchOutcome outcome = good(run());
  std::vector<double> xs;
  for (const Candidate& candidate : outcome.front) xs.push_back(candidate.set[0].second.number());
  EXPECT_EQ(xs, (std::vector<double>{3, 4, 7, 8}));
}

TEST_F(ParabolaSearch, ConstraintsCountInTheUnitOfTheFigure) {
  plan_.constraints = {{"y", ">=", "4 s"}, {"z", "<", "5"}};
  const SearchOutcome outcome = good(run());
  EXPECT_EQ(outcome.best[0].set[0].second.number(), 7);
  plan_.constraints = {{"y", ">=", "4000"}, {"z", "<", "5"}};
  EXPECT_EQ(*good(run()).best[0].set[0].second.as_number(), 7);
}

TEST_F(ParabolaSearch, WrongPlansAreErrorsNotEmptyResults) {
  plan_.constraints = {{"w", "<", "5"}};
  expect_error(run(), "Parabola does not tell \"w\"");
  plan_.constraints = {{"y", "<", "lots"}};
  expect_error(run(), "constraint on y");
  plan_.constraints = {{"y", "<", "5 GB"}};
  expect_error(run(), "is an amount of data");
  plan_.constraints = {{"y", "<", "0"}};
  expect_error(run(),
               "no candidate is left of 18: 2 infeasible, 14 against a constraint, 2 failed");
  plan_.constraints.clear();
  plan_.objectives = {{false, "yy"}};
  expect_error(run(), "does not tell \"yy\"");
  plan_.objectives.clear();
  expect_error(run(), "needs one objective");
}

TEST_F(ParabolaSearch, AxesMustBeArgumentsWithValues) {
  plan_.axes.push_back({"nothing", {1.0}});
  expect_error(run(), "has no argument \"nothing\"");
  plan_.axes.back() = {"x", {}};
  expect_error(run(), "x has no values");
}

}  // namespace
}  // namespace fleetsim::analytic
