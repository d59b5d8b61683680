#include "tools/validation.h"

#include <gtest/gtest.h>

#include <set>

namespace fleetsim {
namespace {

std::vector<ValidationRow> judged(const ValidationCase& test, Predict predict = ask) {
  Crew crew(0);
  Progress progress(Progress::When::never);
  Result<std::vector<ValidationRow>> rows = validate_case(test, predict, crew, progress);
  EXPECT_TRUE(rows) << rows.error().message;
  return rows ? *rows : std::vector<ValidationRow>{};
}

ValidationCase mm1(double tolerance) {
  return {.id = "q.mm1",
          .title = "",
          .scenario = "mm1",
          .sets = {"run.horizon=20000 s", "run.warm_up=2000 s", "run.replications=30"},
          .checks = {{.metric = "queue.sojourn.mean", .tolerance = tolerance, .bound = ""}}};
}

// A twin whose formula for the mean sojourn is a fifth too large.
Twin wrong_twin(const Model& model) {
  Twin twin = model.twin();
  for (Prediction& p : twin.predictions)
    if (p.metric == "queue.sojourn.mean") *p.value *= 1.2;
  return twin;
}

TEST(Validation, ARightFormulaAgrees) {
  const std::vector<ValidationRow> rows = judged(mm1(0.15));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows[0].agrees) << rows[0].why;
  EXPECT_NEAR(rows[0].closed_form, 10, 1e-6);
}

TEST(Validation, AWrongFormulaIsFoundOut) {
  const std::vector<ValidationRow> rows = judged(mm1(0.15), wrong_twin);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_FALSE(rows[0].agrees);
  EXPECT_NE(rows[0].why.find("outside"), std::string::npos);
}

TEST(Validation, AWideIntervalDoesNotPassByBeingVague) {
  const std::vector<ValidationRow> rows = judged(mm1(0.001));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_FALSE(rows[0].agrees);
  EXPECT_NE(rows[0].why.find("wider"), std::string::npos);
}

TEST(Validation, UnknownScenariosAndMetricsAreErrors) {
  Crew crew(1);
  Progress progress(Progress::When::never);
  ValidationCase test = mm1(0.1);
  test.scenario = "mm2";
  EXPECT_FALSE(validate_case(test, ask, crew, progress));
  test = mm1(0.1);
  test.checks[0].metric = "queue.sojourn.median";
  EXPECT_FALSE(validate_case(test, ask, crew, progress));
}

TEST(Validation, GlobsFitWholeNames) {
  EXPECT_TRUE(fits("q.*", "q.mm1"));
  EXPECT_TRUE(fits("q.mm?", "q.mm1"));
  EXPECT_FALSE(fits("q.mm", "q.mm1"));
  EXPECT_FALSE(fits("*.mm2", "q.mm1"));
}

// Every system of the theory that is simulated as yet has a case, and no two cases share a name.
TEST(Validation, TheSuiteCoversItsGroups) {
  const Result<std::vector<ValidationCase>> cases = shipped_cases();
  ASSERT_TRUE(cases) << cases.error().message;
  std::set<std::string> ids;
  for (const ValidationCase& test : *cases) EXPECT_TRUE(ids.insert(test.id).second) << test.id;
  for (const char* id :
       {"q.mm1",     "q.mmc",     "q.mmck",   "q.mg1",     "q.md1.tail", "q.ps",
        "q.prio",    "q.srpt",    "q.gg1",    "q.bulk",    "q.jackson",  "q.closed",
        "q.little",  "q.abandon", "q.retry",  "q.mmpp",    "q.jsq",      "f.mtbf",
        "f.weibull", "f.series",  "f.repair", "f.kofn",    "f.spares",   "f.correlated",
        "f.sdc",     "c.exact",   "c.young",  "c.daly",    "c.lambert",  "c.var",
        "c.async",   "c.multi",   "c.ettr",   "c.weibull", "c.replica",  "c.elastic",
        "g.isolaw",  "e.carbon",  "e.trace",  "e.shift",   "e.embodied", "e.tco",
        "e.thermal", "e.battery", "e.cw",     "e.spot"})
    EXPECT_TRUE(ids.contains(id)) << id;
}

// Each case once, at the size at which it ships.
TEST(ValidationSlow, EveryShippedCaseAgrees) {
  const Result<std::vector<ValidationCase>> cases = shipped_cases();
  ASSERT_TRUE(cases) << cases.error().message;
  for (const ValidationCase& test : *cases)
    for (const ValidationRow& row : judged(test))
      EXPECT_TRUE(row.agrees) << row.id << " " << row.metric << ": " << row.mean << " against "
                              << row.closed_form << ": " << row.why;
}

}  // namespace
}  // namespace fleetsim
