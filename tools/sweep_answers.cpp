#include "tools/sweep_answers.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytic/front.h"
#include "sim/comparison.h"
#include "sim/spread.h"

namespace fleetsim {
namespace {

constexpr double near_enough = 0.01;  // of the best mean

class Judge {
 public:
  Judge(const SweepQuestions& questions, const SweepPlan& plan, const SweepResults& results)
      : questions_(questions),
        plan_(plan),
        points_(results.points) {}

  SweepAnswers answers() {
    for (const SweepPoint& point : points_)
      out_.violates.push_back(
          std::any_of(questions_.constraints.begin(), questions_.constraints.end(),
                      [&](const SweepCondition& condition) { return !condition.holds(point); }));
    if (questions_.objectives.size() == 1) find_best();
    if (questions_.objectives.size() == 2) find_front();
    for (std::size_t i = 0; i < questions_.firsts.size(); ++i) find_firsts(i);
    return std::move(out_);
  }

 private:
  // What is to be low; none where the point does not count.
  std::optional<double> cost(std::size_t point, const analytic::Objective& objective) const {
    const MetricResult* metric = find_metric(points_[point], objective.figure);
    if (out_.violates[point] || metric == nullptr || std::isnan(metric->estimate.mean))
      return std::nullopt;
    return objective.maximize ? -metric->estimate.mean : metric->estimate.mean;
  }

  std::vector<double> terms(std::size_t point) const;
  bool may_be_equal(std::size_t a, std::size_t b) const;
  void find_best();
  void find_front();
  void find_firsts(std::size_t condition);

  const SweepQuestions& questions_;
  const SweepPlan& plan_;
  const std::vector<SweepPoint>& points_;
  SweepAnswers out_;
};

// Values whose mean is the metric's, independent of one another: of mirrored replications, the
// means of pairs.
std::vector<double> Judge::terms(std::size_t point) const {
  const MetricResult* metric = find_metric(points_[point], questions_.objectives[0].figure);
  if (metric == nullptr) return {};
  std::vector<double> values = metric_terms(metric->spec.name, metric->values, metric->weights);
  if (!plan_.points[points_[point].number].loaded.scenario.run.antithetic) return values;
  for (std::size_t i = 0; i + 1 < values.size(); i += 2)
    values[i / 2] = (values[i] + values[i + 1]) / 2;
  values.resize(values.size() / 2);
  return values;
}

// Replication i of all points has the same draws, so that differences are paired.
bool Judge::may_be_equal(std::size_t a, std::size_t b) const {
  std::vector<double> first = terms(a), second = terms(b);
  const std::size_t both = std::min(first.size(), second.size());
  if (both == 0) return true;
  first.resize(both);
  second.resize(both);
  const Estimate difference = paired_difference(first, second, result_level).estimate;
  return !(difference.low > 0 || difference.high < 0);
}

void Judge::find_best() {
  analytic::Lowest lowest(1);
  for (std::size_t i = 0; i < points_.size(); ++i)
    if (const auto value = cost(i, questions_.objectives[0])) lowest.add(*value, i);
  if (lowest.kept().empty()) return;
  const auto [least, at] = lowest.kept().front();
  BestPoint best{.point = at};
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const auto value = cost(i, questions_.objectives[0]);
    if (!value) continue;
    if (i != best.point && may_be_equal(i, best.point)) best.indistinguishable.push_back(i);
    if (i == best.point || *value - least <= near_enough * std::abs(least)) best.near.push_back(i);
  }
  out_.best = std::move(best);
}

void Judge::find_front() {
  analytic::Front front;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const auto first = cost(i, questions_.objectives[0]);
    const auto second = cost(i, questions_.objectives[1]);
    if (first && second) front.add(*first, *second, i);
  }
  for (const auto& [first, point] : front.points()) out_.front.push_back(point.number);
}

// A grid has its points along the last axis one after another. Where one that comes before the
// first is not done yet, the answer is open.
void Judge::find_firsts(std::size_t condition) {
  std::vector<std::optional<std::size_t>> done(plan_.points.size());
  for (std::size_t i = 0; i < points_.size(); ++i) done[points_[i].number] = i;
  for (std::size_t begin = 0; begin < done.size(); begin += plan_.last_axis) {
    FirstPoint first{.condition = condition, .others = plan_.points[begin].values};
    first.others.resize(plan_.axes.size() - 1);
    std::size_t at = begin;
    const std::size_t end = begin + plan_.last_axis;
    while (at < end && done[at] && !questions_.firsts[condition].holds(points_[*done[at]])) ++at;
    if (at < end && !done[at]) continue;
    if (at < end) first.point = done[at];
    out_.firsts.push_back(std::move(first));
  }
}

}  // namespace

SweepAnswers answer(const SweepQuestions& questions, const SweepPlan& plan,
                    const SweepResults& results) {
  return Judge(questions, plan, results).answers();
}

}  // namespace fleetsim
