#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "tools/sweep_answers.h"
#include "tools/validation.h"

namespace fleetsim {
namespace {

// The metrics of a plan, looked up in one point after another until a name is found: points mostly
// have the same, and a large system takes time to build.
class KnownMetrics {
 public:
  explicit KnownMetrics(const SweepPlan& plan) : plan_(plan) {}

  // Those that fit a name with * and ?; none when no point has any.
  std::vector<MetricSpec> fitting(const std::string& glob) {
    std::vector<MetricSpec> found;
    do {
      for (const MetricSpec& spec : known_)
        if (fits(glob, spec.name)) found.push_back(spec);
    } while (found.empty() && look_further());
    return found;
  }

  Result<MetricSpec> named(const std::string& option, const std::string& name) {
    if (name.find_first_of("*?") == std::string::npos)
      if (const std::vector<MetricSpec> found = fitting(name); !found.empty()) return found[0];
    return unknown(option, name);
  }

  Error unknown(const std::string& option, const std::string& name) {
    std::vector<std::string> names;
    for (const MetricSpec& spec : known_) names.push_back(spec.name);
    return Error{option + ": this scenario has no metric " + in_quotes(name) +
                 did_you_mean(name, names)};
  }

 private:
  bool look_further() {
    if (next_ == plan_.points.size()) return false;
    for (const MetricSpec& spec : model_of(plan_.points[next_++].loaded.scenario)->metrics())
      if (std::none_of(known_.begin(), known_.end(),
                       [&](const MetricSpec& other) { return other.name == spec.name; }))
        known_.push_back(spec);
    return true;
  }

  const SweepPlan& plan_;
  std::size_t next_ = 0;
  std::vector<MetricSpec> known_;
};

class Reader {
 public:
  explicit Reader(const SweepPlan& plan) : metrics_(plan) {}

  Status objective(const std::string& option, const std::string& name, bool maximize) {
    const Result<MetricSpec> metric = metrics_.named(option, name);
    if (!metric) return metric.error();
    questions_.objectives.push_back({maximize, name});
    show(name);
    return Done{};
  }

  Result<SweepCondition> condition(const std::string& option, const std::string& text) {
    const Result<analytic::Constraint> words = analytic::parse_constraint(text);
    if (!words) return Error{option + ": " + words.error().message};
    const Result<MetricSpec> metric = metrics_.named(option, words->figure);
    if (!metric) return metric.error();
    const Result<double> bound = analytic::bound_in(*words, metric->unit);
    if (!bound) return Error{option + ": " + bound.error().message};
    show(words->figure);
    return SweepCondition{*words, *bound};
  }

  Status shown(const std::string& glob) {
    const std::vector<MetricSpec> found = metrics_.fitting(glob);
    if (found.empty()) return metrics_.unknown("--show", glob);
    for (const MetricSpec& spec : found) show(spec.name);
    return Done{};
  }

  SweepQuestions& questions() { return questions_; }

 private:
  void show(const std::string& name) {
    if (std::find(questions_.shown.begin(), questions_.shown.end(), name) == questions_.shown.end())
      questions_.shown.push_back(name);
  }

  KnownMetrics metrics_;
  SweepQuestions questions_;
};

}  // namespace

bool SweepCondition::holds(const SweepPoint& point) const {
  const MetricResult* metric = find_metric(point, words.figure);
  return metric != nullptr && !std::isnan(metric->estimate.mean) &&
         analytic::compare(metric->estimate.mean, words.op, bound);
}

Result<SweepQuestions> parse_questions(const QuestionWords& words, const SweepPlan& plan) {
  if (words.minimize.size() + words.maximize.size() > 2)
    return Error{"expected one objective, or two for a front: --minimize METRIC --maximize METRIC"};
  if (!words.first.empty() && plan.last_axis == 0)
    return Error{"--first goes along the last --vary of a grid; with --sample there is none"};
  Reader reader(plan);
  SweepQuestions& questions = reader.questions();
  for (const std::string& name : words.minimize)
    if (const Status read = reader.objective("--minimize", name, false); !read) return read.error();
  for (const std::string& name : words.maximize)
    if (const Status read = reader.objective("--maximize", name, true); !read) return read.error();
  for (const std::string& text : words.subject_to) {
    const Result<SweepCondition> condition = reader.condition("--subject-to", text);
    if (!condition) return condition.error();
    questions.constraints.push_back(*condition);
  }
  for (const std::string& text : words.first) {
    const Result<SweepCondition> condition = reader.condition("--first", text);
    if (!condition) return condition.error();
    questions.firsts.push_back(*condition);
  }
  for (const std::string& glob : words.show)
    if (const Status read = reader.shown(glob); !read) return read.error();
  return std::move(questions);
}

}  // namespace fleetsim
