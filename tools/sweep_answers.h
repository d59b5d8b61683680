#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analytic/search.h"
#include "sim/result.h"
#include "tools/sweep_plan.h"
#include "traces/sweep_results.h"

namespace fleetsim {

// What is asked of a sweep: the best point, the front of two objectives, the first point at which
// something holds. All go by the means over replications.

// "METRIC op VALUE UNIT".
struct SweepCondition {
  analytic::Constraint words{};
  double bound = 0;  // in the metric's unit

  // Whether it holds at a point; a point without the metric, or with nothing observed, fails it.
  bool holds(const SweepPoint& point) const;
  std::string text() const { return words.figure + " " + words.op + " " + words.bound; }
};

struct SweepQuestions {
  std::vector<analytic::Objective> objectives{};  // none, one, or two
  std::vector<SweepCondition> constraints{}, firsts{};
  std::vector<std::string> shown{};  // metrics that are asked for, each once
};

struct QuestionWords {
  std::vector<std::string> minimize{}, maximize{}, subject_to{}, first{}, show{};
};

// A metric that no point of the plan has is an error that names the nearest, before anything runs.
Result<SweepQuestions> parse_questions(const QuestionWords& words, const SweepPlan& plan);

// Points are given by their index in SweepResults::points.
struct BestPoint {
  std::size_t point = 0;
  std::vector<std::size_t> indistinguishable{};  // the others that may be as good
  std::vector<std::size_t> near{};               // with it, those within 1 % of its mean
};

// Along the last axis, for one combination of the others.
struct FirstPoint {
  std::size_t condition = 0;           // of SweepQuestions::firsts
  std::vector<std::string> others{};   // values of all axes but the last
  std::optional<std::size_t> point{};  // none: it holds nowhere
};

struct SweepAnswers {
  std::vector<bool> violates{};  // by point
  std::optional<BestPoint> best{};
  std::vector<std::size_t> front{};  // by the first objective
  std::vector<FirstPoint> firsts{};  // without those that an interrupted sweep leaves open
};

SweepAnswers answer(const SweepQuestions& questions, const SweepPlan& plan,
                    const SweepResults& results);

}  // namespace fleetsim
