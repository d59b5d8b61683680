#include <gtest/gtest.h>

#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

const std::string silent =
    "component { class: GPU name: \"sdc\" effect: CORRUPT time_to_failure { exponential { rate: "
    "\"1e-6 /h\" } } detection: \"10 min\" } ";

Result<LoadedScenario> loaded(const std::string& failures, const std::string& checkpoint,
                              const std::string& training = "") {
  return load_scenario_text(
      "name: \"x\"\n"
      "fleet { region { name: \"here\" cluster { name: \"a\" node: \"DGX_H100\" count: 128 } } }\n"
      "failures { " +
          failures + " }\ntraining { name: \"j\" cluster: \"a\" " + training + " checkpoint { " +
          checkpoint + " } }\nrun { horizon: \"90 d\" replications: 2 }\n",
      "x.textproto");
}

const training::TrainingConfig& config(const Result<LoadedScenario>& scenario) {
  EXPECT_TRUE(scenario) << scenario.error().message;
  return *scenario->scenario.training;
}

TEST(CorruptionMessages, AreTakenOver) {
  const auto scenario =
      loaded(silent +
                 "component { class: GPU severity: 0.3 } shock { name: \"rack\" nodes: 8 "
                 "time_to_failure: \"1 yr\" severity: 1 }",
             "strategy: MULTI level { name: \"n\" write_time: \"1 s\" survives: 0.5 } level { "
             "name: \"f\" write_time: \"9 s\" every: 4 }");
  const FailurePlan& plan = config(scenario).failures[0];
  EXPECT_TRUE(plan.components[0].corrupts);
  EXPECT_FALSE(plan.components[0].replaced);
  EXPECT_FALSE(interrupts(plan, 0));
  EXPECT_TRUE(interrupts(plan, 1));
  EXPECT_EQ(detection_of(plan, 0), 600_s);
  EXPECT_EQ(detection_of(plan, 1), 60_s);
  EXPECT_EQ(severity_of(plan, 0), std::nullopt);
  EXPECT_EQ(severity_of(plan, 1), 0.3);
  EXPECT_EQ(severity_of(plan, 2), 1.0);
  EXPECT_DOUBLE_EQ(corruption_rate(plan, 128), 1024 * 1e-6 / 3600);
  EXPECT_EQ(config(scenario).jobs[0].checkpoint.verify.every, 0u);

  const auto checked =
      loaded(silent, "verify_every: 4 verify_time: \"5 min\" retain: 6 interval: \"20 min\"");
  const training::Verification& verify = config(checked).jobs[0].checkpoint.verify;
  EXPECT_EQ(verify.every, 4u);
  EXPECT_EQ(verify.time, 300_s);
  EXPECT_EQ(verify.retain, 6u);
  EXPECT_TRUE(checked->warnings.empty());
}

TEST(CorruptionMessages, ThatCannotBeAreRefused) {
  const auto refused = [](const Result<LoadedScenario>& scenario, const char* what) {
    ASSERT_FALSE(scenario) << what;
    EXPECT_NE(scenario.error().message.find(what), std::string::npos) << scenario.error().message;
  };
  const std::string async = "strategy: ASYNC write_time: \"1 s\" drain_time: \"9 s\" ";
  const std::string multi = "strategy: MULTI level { name: \"n\" write_time: \"1 s\" } ";
  refused(loaded(silent, async + "verify_every: 2"), "verify_every: found with the strategy ASYNC");
  refused(loaded(silent, multi + "verify_every: 2"), "verify_every: found with the strategy MULTI");
  refused(loaded(silent + "component { class: NODE }", "interval: \"adaptive\" verify_every: 2"),
          "interval: found \"adaptive\" beside verify_every");
  refused(loaded(silent, "verify_every: 1000000"), "expected less than 50 years");
  refused(loaded(silent, "verify_evry: 2"), "verify_every");
  refused(loaded("repair { constant { value: \"1 h\" } } " + silent, "verify_every: 2",
                 "elastic { min_data: 1 }"),
          "elastic: found beside checkpoint.verify_every");
  refused(loaded("component { class: GPU effect: CORRUPT severity: 0.5 }", ""),
          "severity: found beside CORRUPT");
  refused(loaded("component { class: GPU severity: 1.5 }", ""), "at most 1");
  refused(loaded("component { class: GPU effect: CORRUPT time_to_failure { gamma { mean: \"5 h\" "
                 "cv: 2 } } }",
                 ""),
          "as old as before (CORRUPT)");
  refused(loaded(silent + "component { class: NODE effect: SLOW }", ""),
          "failures.component[0].effect: found CORRUPT beside parts that are SLOW");
  refused(loaded(silent + "maintenance { name: \"m\" every: \"9 d\" takes: \"1 h\" }", ""),
          "found CORRUPT beside maintenance; expected one of the two");
  refused(loaded(silent, "", "redundancy: 2"), "found 2 beside parts that are CORRUPT");
  refused(loaded(silent, "", "outer { cluster: \"b\" }"),
          "outer: found beside parts that are CORRUPT");
  refused(loaded("shock { name: \"r\" time_to_failure: \"1 d\" effect: CORRUPT }", ""),
          "effect: found CORRUPT; expected REPLACE or RESTART");
}

TEST(CorruptionMessages, WithoutUseAreSaid) {
  const auto warned = [](const Result<LoadedScenario>& scenario, const char* what) {
    ASSERT_TRUE(scenario) << scenario.error().message;
    ASSERT_EQ(scenario->warnings.size(), 1u) << what;
    EXPECT_NE(scenario->warnings[0].find(what), std::string::npos) << scenario->warnings[0];
  };
  const std::string loud = "component { class: GPU } ";
  warned(loaded(silent, ""), "checkpoint.verify_every: parts corrupt the state and nothing verif");
  warned(loaded(loud, "verify_every: 2"), "verify_every has no use where no part has the effect");
  warned(loaded(loud, "retain: 2"), "retain has no use where no part has the effect CORRUPT");
  warned(loaded("component { class: GPU severity: 0.2 }", ""),
         "failures.component[0].severity has no use where no job has levels");
  const auto unasked = loaded(silent, "retain: 2");
  EXPECT_NE(unasked->warnings[0].find("retain has no use without verify_every"), std::string::npos);
  EXPECT_EQ(config(loaded(loud, "verify_every: 2")).jobs[0].checkpoint.verify.every, 0u);
}

// The check before write 8 fails, write 8 is whole before the alarm, and write 4 is known clean.
TEST(CorruptionMessages, TooFewCheckpointsAreSaid) {
  EXPECT_TRUE(loaded(silent, "verify_every: 4 retain: 5")->warnings.empty());
  const auto few = loaded(silent, "verify_every: 4 retain: 4");
  ASSERT_EQ(few->warnings.size(), 1u);
  EXPECT_NE(few->warnings[0].find("checkpoint.retain: found 4; expected 5 at least"),
            std::string::npos)
      << few->warnings[0];
}

}  // namespace
}  // namespace fleetsim
