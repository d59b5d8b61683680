#include "tools/sweep_answers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "sim/stream.h"
#include "tools/sweep_print.h"

namespace fleetsim {
namespace {

// A sweep that nobody ran: points with the values that a test wants.
class SweepAnswersOf : public testing::Test {
 protected:
  // Axes "a.b.aN" with so many values each.
  void axes(const std::vector<std::size_t>& sizes) {
    std::size_t points = 1;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      FieldDescription field;
      field.path = "a.b.a" + std::to_string(i);
      field.type = "number";
      const Result<SweepAxis> axis = SweepAxis::parse(field.path + "=0,1", {field});
      plan_.axes.push_back(*axis);
      results_.fields.push_back(axis->field());
      points *= sizes[i];
    }
    plan_.last_axis = sizes.back();
    plan_.points.resize(points);
    results_.planned = points;
    for (std::size_t p = 0; p < points; ++p) {
      std::size_t rest = p;
      std::vector<std::string>& values = plan_.points[p].values;
      for (std::size_t a = sizes.size(); a-- > 0; rest /= sizes[a])
        values.insert(values.begin(), std::to_string(rest % sizes[a]));
      results_.points.push_back({p, values, {}});
    }
  }

  void metric(std::size_t point, const std::string& name, const std::vector<double>& values) {
    results_.points[point].metrics.push_back(
        {.spec = {name, "s"}, .estimate = t_interval(values, result_level), .values = values});
  }

  SweepAnswers answers() const { return answer(questions_, plan_, results_); }
  std::string text() const { return sweep_text({plan_, questions_, results_, answers()}); }

  static SweepCondition condition(const std::string& metric, const std::string& op, double bound) {
    return {{metric, op, std::to_string(bound)}, bound};
  }

  SweepPlan plan_;
  SweepResults results_;
  SweepQuestions questions_;
};

// The same noise at all points: means that no plain comparison could tell apart, pairs can.
TEST_F(SweepAnswersOf, TheBestIsToldFromOthersByPairs) {
  axes({5});
  Stream noise = Chance{.seed = 7}.stream("test.noise");
  std::vector<double> common(20);
  for (double& x : common) x = 100 * noise.uniform();
  // Over the noise of all; the alternating part makes an interval of +-0.48 about each difference.
  const double above[] = {3, 0.4, 0, 0.45, 0.2}, alternating[] = {1, 1, 0, 1, 0};
  for (std::size_t p = 0; p < 5; ++p) {
    std::vector<double> values = common;
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] += above[p] + (i % 2 == 0 ? alternating[p] : -alternating[p]);
    metric(p, "m", values);
  }
  questions_.objectives = {{false, "m"}};
  const SweepAnswers found = answers();
  ASSERT_TRUE(found.best);
  EXPECT_EQ(found.best->point, 2u);
  EXPECT_EQ(found.best->indistinguishable, (std::vector<std::size_t>{1, 3}));
  const double best = find_metric(results_.points[2], "m")->estimate.mean;
  std::vector<std::size_t> near;
  for (std::size_t p = 0; p < 5; ++p)
    if (find_metric(results_.points[p], "m")->estimate.mean <= 1.01 * best) near.push_back(p);
  EXPECT_EQ(found.best->near, near);
  const std::string said = text();
  EXPECT_NE(said.find("best at a.b.a0 = 2: m "), std::string::npos) << said;
  EXPECT_NE(said.find("cannot be told apart: 1 to 3\n"), std::string::npos) << said;
}

TEST_F(SweepAnswersOf, ViolatorsAndWhatWasNotObservedAreNeverBest) {
  axes({4});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double gain[] = {9, 7, 8, nan}, cost[] = {5, 1, 2, 0};
  for (std::size_t p = 0; p < 4; ++p) {
    metric(p, "gain", {gain[p], gain[p] + 1});
    if (p != 2) metric(p, "cost", {cost[p], cost[p]});
  }
  questions_.objectives = {{true, "gain"}};
  questions_.constraints = {condition("cost", "<=", 1)};
  const SweepAnswers found = answers();
  EXPECT_EQ(found.violates, (std::vector<bool>{true, false, true, false}));
  ASSERT_TRUE(found.best);
  EXPECT_EQ(found.best->point, 1u);
  questions_.constraints = {condition("cost", "<", 0)};
  EXPECT_FALSE(answers().best);
  EXPECT_NE(text().find("no best point"), std::string::npos);
}

// Against the definition: a point is on the front when none is at least as good in both and better
// in one.
TEST_F(SweepAnswersOf, TheFrontIsThatOfBruteForce) {
  axes({60});
  Stream noise = Chance{.seed = 3}.stream("test.noise");
  for (std::size_t p = 0; p < 60; ++p) {
    const double x = noise.uniform(), y = noise.uniform();
    metric(p, "low", {x, x});
    metric(p, "high", {y, y});
    metric(p, "limit", {x + y, x + y});
  }
  questions_.objectives = {{false, "low"}, {true, "high"}};
  questions_.constraints = {condition("limit", "<=", 1.5)};
  const auto mean = [&](std::size_t p, const char* name) {
    return find_metric(results_.points[p], name)->estimate.mean;
  };
  std::vector<std::size_t> expected;
  for (std::size_t p = 0; p < 60; ++p) {
    bool beaten = mean(p, "limit") > 1.5;
    for (std::size_t q = 0; q < 60; ++q)
      beaten = beaten || (q != p && mean(q, "limit") <= 1.5 && mean(q, "low") <= mean(p, "low") &&
                          mean(q, "high") >= mean(p, "high"));
    if (!beaten) expected.push_back(p);
  }
  SweepAnswers found = answers();
  for (std::size_t i = 1; i < found.front.size(); ++i)
    EXPECT_LT(mean(found.front[i - 1], "low"), mean(found.front[i], "low"));
  std::sort(found.front.begin(), found.front.end());
  EXPECT_EQ(found.front, expected);
  EXPECT_GT(expected.size(), 2u);
  EXPECT_FALSE(found.best);
}

TEST_F(SweepAnswersOf, TheFirstPointIsFoundAlongTheLastAxis) {
  axes({3, 4});
  const double use[3][4] = {{0.2, 0.9, 0.5, 1}, {0.1, 0.2, 0.3, 0.4}, {0.8, 0, 0, 0}};
  for (std::size_t p = 0; p < 12; ++p) metric(p, "use", {use[p / 4][p % 4], use[p / 4][p % 4]});
  questions_.firsts = {condition("use", ">=", 0.8)};
  SweepAnswers found = answers();
  ASSERT_EQ(found.firsts.size(), 3u);
  EXPECT_EQ(found.firsts[0].point, 1u);
  EXPECT_FALSE(found.firsts[1].point);
  EXPECT_EQ(found.firsts[2].point, 8u);
  EXPECT_EQ(found.firsts[2].others, std::vector<std::string>{"2"});
  EXPECT_NE(text().find("first at a.b.a1 = 1 (0), 0 (2); never (1)\n"), std::string::npos);

  // Without point 0, of the first row nothing is known; without point 6, nor of the second.
  results_.points.erase(results_.points.begin() + 6);
  results_.points.erase(results_.points.begin());
  found = answers();
  ASSERT_EQ(found.firsts.size(), 1u);
  EXPECT_EQ(results_.points[*found.firsts[0].point].number, 8u);
}

TEST_F(SweepAnswersOf, MirroredReplicationsCountAsPairs) {
  axes({2});
  // The differences 4, -2, 4, -2 tell nothing; their means over pairs, 1 and 1, do.
  metric(0, "m", {10, 10, 10, 10});
  metric(1, "m", {14, 8, 14, 8});
  questions_.objectives = {{false, "m"}};
  EXPECT_EQ(answers().best->indistinguishable.size(), 1u);
  for (PlannedPoint& point : plan_.points) point.loaded.scenario.run.antithetic = true;
  EXPECT_EQ(answers().best->indistinguishable.size(), 0u);
}

}  // namespace
}  // namespace fleetsim
