#include "tools/sweep_axes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "sim/unit_text.h"
#include "tests/support/half_load.h"
#include "tests/support/temporary_folder.h"
#include "tools/sweep_plan.h"

namespace fleetsim {
namespace {

using Values = std::vector<std::string>;
using testing_support::TemporaryFolder;

const std::string servers = "queueing.station[0].servers";
const std::string horizon = "run.horizon";

Result<SweepAxis> parsed(const std::string& option) {
  static const std::vector<FieldDescription> schema = describe_schema();
  return SweepAxis::parse(option, schema);
}

Values grid(const std::string& option) {
  const Result<SweepAxis> axis = parsed(option);
  EXPECT_TRUE(axis) << axis.error().message;
  const Result<Values> values = axis->grid();
  EXPECT_TRUE(values) << values.error().message;
  return *values;
}

TEST(SweepAxes, ALinearRangeHasEqualDistancesAndBothEnds) {
  EXPECT_EQ(grid(servers + "=8:16:5"), (Values{"8", "10", "12", "14", "16"}));
  EXPECT_EQ(grid("x=0.1:0.9:lin:9"),
            (Values{"0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"}));
  EXPECT_EQ(grid(horizon + "=30 min:2 h:4"), (Values{"30 min", "60 min", "90 min", "120 min"}));
  EXPECT_EQ(grid(horizon + "=1:4 h:4"), (Values{"1 h", "2 h", "3 h", "4 h"}));
}

TEST(SweepAxes, ALogarithmicRangeHasEqualRatios) {
  EXPECT_EQ(grid(servers + "=64:8192:log:8"),
            (Values{"64", "128", "256", "512", "1024", "2048", "4096", "8192"}));
  const Values values = grid(horizon + "=1 min:4 h:log:33");
  ASSERT_EQ(values.size(), 33u);
  EXPECT_EQ(values, grid(horizon + "=1m:4h:log:33"));  // of times, m is a minute
  EXPECT_EQ(values.front(), "1 min");
  EXPECT_EQ(values.back(), "240 min");
  const double ratio = std::pow(240.0, 1.0 / 32);
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double found = *parse_in(values[i], "s") / *parse_in(values[i - 1], "s");
    EXPECT_NEAR(found / ratio, 1, 1e-3 * (ratio - 1)) << values[i];
    EXPECT_LE(values[i].size(), std::string("123.45 min").size()) << "reads badly";
  }
}

TEST(SweepAxes, CountsAreRoundedAndComeOnce) {
  EXPECT_EQ(grid(servers + "=1:4:7"), (Values{"1", "2", "3", "4"}));
  EXPECT_EQ(grid(servers + "=1:10:log:8"), (Values{"1", "2", "3", "4", "5", "7", "10"}));
  EXPECT_EQ(grid("run.seed=3,1,3"), (Values{"3", "1"}));
}

TEST(SweepAxes, AListMayHoldAnything) {
  EXPECT_EQ(grid("queueing.router[0].policy=RANDOM, ROUND_ROBIN"),
            (Values{"RANDOM", "ROUND_ROBIN"}));
  EXPECT_EQ(grid(R"(x={a{m:"1,2" n:3}},[1, 2],"p:q",7 /s)"),
            (Values{R"({a{m:"1,2" n:3}})", "[1, 2]", R"("p:q")", "7 /s"}));
}

TEST(SweepAxes, TheSchemaTellsWhatAFieldHolds) {
  EXPECT_TRUE(parsed(servers + "=1,2")->field().numeric);
  EXPECT_EQ(parsed(horizon + "=1 h,2 h")->field().unit, "s");
  EXPECT_FALSE(parsed("queueing.router[0].policy=RANDOM")->field().numeric);
}

TEST(SweepAxes, ErrorsNameTheOption) {
  const std::pair<const char*, const char*> table[] = {
      {"x", "expected PATH="},
      {"=1,2", "expected PATH="},
      {"x=", "a value is missing"},
      {"x=1,,2", "a value is missing"},
      {"x=1:2:3:4", "found \"3\""},
      {"x=1:2:lgo:4", "found \"lgo\""},
      {"x=1:2:log:4:5", "found \"4\""},
      {"x=1:2:1", "between 2 and 100000"},
      {"x=1:2:100001", "between 2 and 100000"},
      {"x=2:1:4", "LO must be less than HI"},
      {"x=1:1:4", "LO must be less than HI"},
      {"x=0:1:log:4", "LO must be above 0"},
      {"x=a:b:4", "does not begin with a number"},
      {"x=1 s:2 kg:4", "is a mass"},
      {"x=1 s:2:4", "has no unit"},
      {"x=1 sx:2:4", "unknown unit"},
      {"queueing.station[0].servers=1:1e16:4", "1e15"},
  };
  for (const auto& [option, message] : table) {
    const Result<SweepAxis> axis = parsed(option);
    ASSERT_FALSE(axis) << option;
    EXPECT_NE(axis.error().message.find(message), std::string::npos) << axis.error().message;
    EXPECT_TRUE(axis.error().message.starts_with(std::string("--vary ") + option));
  }
  EXPECT_NE(parsed("x=1:2")->grid().error().message.find("N is missing"), std::string::npos);
}

// Each of n equal parts of each axis holds exactly one of n points; random points do not do that.
TEST(SweepSamples, ALatinHypercubeHasOnePointInEachStratum) {
  constexpr std::size_t points = 50, axes = 3;
  const auto strata = [&](Sampling sampling, std::uint64_t seed, std::size_t axis) {
    std::vector<int> held(points, 0);
    for (const std::vector<double>& shares : sample_shares(sampling, points, axes, seed))
      ++held[static_cast<std::size_t>(shares[axis] * points)];
    return held;
  };
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (std::size_t axis = 0; axis < axes; ++axis) {
      EXPECT_EQ(strata(Sampling::latin_hypercube, seed, axis), std::vector<int>(points, 1));
      EXPECT_NE(strata(Sampling::random, seed, axis), std::vector<int>(points, 1));
    }
}

// 20 x 100 points: the correlation of two independent shares has a deviation of 1 / sqrt(2000).
TEST(SweepSamples, AxesAreIndependentAndSeedsDiffer) {
  for (const Sampling sampling : {Sampling::random, Sampling::latin_hypercube}) {
    double sum = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
      for (const std::vector<double>& shares : sample_shares(sampling, 100, 2, seed))
        sum += (shares[0] - 0.5) * (shares[1] - 0.5) * 12;
    EXPECT_LT(std::abs(sum / 2000), 4 / std::sqrt(2000.0));
    EXPECT_EQ(sample_shares(sampling, 9, 2, 1), sample_shares(sampling, 9, 2, 1));
    EXPECT_NE(sample_shares(sampling, 9, 2, 1), sample_shares(sampling, 9, 2, 2));
  }
}

class SweepPlans : public testing::Test {
 protected:
  Result<SweepPlan> plan(const Values& vary, const std::string& sample = "") const {
    const std::string path = folder_ / "half.textproto";
    testing_support::write_bytes(path, testing_support::half_load());
    return plan_sweep({path, {}, vary, sample});
  }
  std::string complaint(const Values& vary, const std::string& sample = "") const {
    const Result<SweepPlan> planned = plan(vary, sample);
    return planned ? "" : planned.error().message;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(SweepPlans, AGridHasItsFirstAxisSlowest) {
  const Result<SweepPlan> planned = plan({servers + "=1,2", "run.seed=5:7:3"});
  ASSERT_TRUE(planned);
  Values seen;
  for (const PlannedPoint& point : planned->points) seen.push_back(planned->name_of(point.values));
  ASSERT_EQ(seen.size(), 6u);
  EXPECT_EQ(seen[0], servers + "=1, run.seed=5");
  EXPECT_EQ(seen[1], servers + "=1, run.seed=6");
  EXPECT_EQ(seen[3], servers + "=2, run.seed=5");
  EXPECT_EQ(planned->points[4].loaded.scenario.run.seed, 6u);
  EXPECT_EQ(planned->last_axis, 3u);
}

// As the values are printed: rounding must not carry one over an edge.
TEST_F(SweepPlans, SampledRangesKeepTheirStrata) {
  const Result<SweepPlan> planned =
      plan({"queueing.source[0].interarrival.exponential.mean=1.5:12 s:log",
            "queueing.station[0].service.exponential.mean=100 ms:1 s", servers + "=1:40"},
           "lhs:40");
  ASSERT_TRUE(planned) << planned.error().message;
  ASSERT_EQ(planned->points.size(), 40u);
  std::vector<std::vector<int>> held(3, std::vector<int>(40, 0));
  for (const PlannedPoint& point : planned->points) {
    const double shares[] = {std::log(*parse_in(point.values[0], "s") / 1.5) / std::log(8),
                             (*parse_in(point.values[1], "s") - 0.1) / 0.9,
                             (std::stod(point.values[2]) - 0.5) / 40};
    for (std::size_t axis = 0; axis < 3; ++axis)
      ++held[axis][static_cast<std::size_t>(shares[axis] * 40)];
  }
  for (const std::vector<int>& axis : held) EXPECT_EQ(axis, std::vector<int>(40, 1));
}

TEST_F(SweepPlans, APointThatComesTwiceIsDrawnOnce) {
  const Result<SweepPlan> planned = plan({servers + "=1:3"}, "random:100");
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->points.size(), 3u);
}

TEST_F(SweepPlans, WhatIsWrongIsFoundAtLoadAndNamed) {
  const auto holds = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  holds(complaint({}), "nothing to vary");
  holds(complaint({"run.horizno=1 h,2 h"}), "--vary run.horizno=1 h,2 h: at 1 h: unknown field");
  holds(complaint({servers + "=1,2,x"}), "--vary " + servers + "=1,2,x: at x: ");
  holds(complaint({"run.warm_up=1 s,2 h"}), "--vary run.warm_up=1 s,2 h: at 2 h: ");
  holds(complaint({servers + "=1,2", servers + "=1,2"}), "varied already");
  holds(complaint({"run.seed=1:1000:1000", servers + "=1:1000:1000"}), "1000000 points");
  for (const char* sample : {"lsh:3", "lhs", "lhs:", "lhs:0", "lhs:3x", "random:-1"})
    holds(complaint({servers + "=1:2"}, sample), "expected random:N or lhs:N");
  holds(complaint({servers + "=1:2"}, "lhs:100001"), "100001 points are too many");
}

// The value shows where another field stands: then the point is named.
TEST_F(SweepPlans, AnErrorElsewhereNamesThePoint) {
  const TemporaryFolder folder;
  const std::string path = folder / "warm.textproto";
  std::string text = testing_support::half_load();
  testing_support::write_bytes(path,
                               text.insert(text.rfind("replications"), "warm_up: \"500 s\" "));
  const Result<SweepPlan> planned = plan_sweep({path, {}, {"run.horizon=1000 s,400 s"}, ""});
  ASSERT_FALSE(planned);
  EXPECT_TRUE(planned.error().message.starts_with("--vary: at run.horizon=400 s: "));
  const Result<SweepPlan> broken = plan_sweep({path, {"run.foo=1"}, {servers + "=1,2"}, ""});
  ASSERT_FALSE(broken);
  EXPECT_TRUE(broken.error().message.starts_with("--set run.foo=1: "));
}

}  // namespace
}  // namespace fleetsim
