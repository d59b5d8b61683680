#include "tools/sweep_print.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/print_results.h"
#include "tools/text_table.h"

namespace fleetsim {
namespace {

constexpr std::size_t most_unasked = 6;  // metrics in the table when none is named
constexpr std::size_t most_listed = 8;   // points in a sentence

// "queueing.station[0].servers" is "station[0].servers" above a column.
std::string short_path(const std::string& path) {
  const std::size_t last = path.rfind('.');
  if (last == std::string::npos || last == 0) return path;
  const std::size_t before = path.rfind('.', last - 1);
  return before == std::string::npos ? path : path.substr(before + 1);
}

class Printer {
 public:
  explicit Printer(const SweepReport& report)
      : report_(report),
        results_(report.results),
        points_(report.results.points) {}

  std::string text() {
    choose_metrics();
    std::string out = head() + "\n" + table();
    if (unshown_ > 0)
      out += fmt::format(
          "{} more {} from point to point: --show NAME prints it here; --format "
          "json, csv and -o have all\n",
          unshown_, unshown_ == 1 ? "metric differs" : "metrics differ");
    const std::string said = best() + front() + firsts();
    return out + (said.empty() ? "" : "\n" + said);
  }

 private:
  void choose_metrics();
  bool differs(const std::string& metric) const;
  std::string head() const;
  std::string table() const;
  std::vector<std::string> axis_names() const;
  std::vector<std::string> metric_cells(const SweepPoint& point, const std::string& name) const;
  std::vector<std::string> rivals_of(const std::string& metric) const;
  std::string rival_cell(const SweepPoint& point, const std::string& metric,
                         const std::string& formula) const;
  std::string marks(std::size_t point) const;
  std::string place(std::size_t point) const;
  std::string named(std::vector<std::size_t> points) const;
  std::string best() const;
  std::string formulas_at(const SweepPoint& point) const;
  std::string front() const;
  std::string firsts() const;

  const SweepReport& report_;
  const SweepResults& results_;
  const std::vector<SweepPoint>& points_;
  std::vector<std::string> metrics_;  // in the table
  std::size_t unshown_ = 0;           // metrics that differ and are not in it
};

bool Printer::differs(const std::string& metric) const {
  const auto mean = [&](const SweepPoint& point) {
    const MetricResult* found = find_metric(point, metric);
    return found != nullptr ? found->estimate.mean : std::nan("");
  };
  const double first = mean(points_[0]);
  return std::any_of(points_.begin(), points_.end(), [&](const SweepPoint& point) {
    const double here = mean(point);
    return here != first && !(std::isnan(here) && std::isnan(first));
  });
}

void Printer::choose_metrics() {
  metrics_ = report_.questions.shown;
  if (!metrics_.empty() || points_.empty()) return;
  std::vector<std::string> all;
  for (const SweepPoint& point : points_)
    for (const MetricResult& metric : point.metrics)
      if (std::find(all.begin(), all.end(), metric.spec.name) == all.end())
        all.push_back(metric.spec.name);
  for (const std::string& name : all) {
    if (points_.size() > 1 && !differs(name)) continue;
    if (metrics_.size() < most_unasked)
      metrics_.push_back(name);
    else
      ++unshown_;
  }
}

std::string Printer::head() const {
  const std::string line = fmt::format("{}   {} {} · seed {}\n", results_.scenario, points_.size(),
                                       points_.size() == 1 ? "point" : "points", results_.seed);
  if (!results_.partial()) return line;
  return line +
         fmt::format("interrupted: only the points that were done, of {}\n", results_.planned);
}

// Short where that tells them apart.
std::vector<std::string> Printer::axis_names() const {
  std::vector<std::string> names;
  for (const SweepField& field : results_.fields) {
    const std::string name = short_path(field.path);
    const auto alike =
        std::count_if(results_.fields.begin(), results_.fields.end(),
                      [&](const SweepField& other) { return short_path(other.path) == name; });
    names.push_back(alike == 1 ? name : field.path);
  }
  return names;
}

// "90.2 ± 2.4 ms": the unit once, where both have it.
std::string with_interval(const ReadableInterval& shown) {
  const std::size_t unit = std::min(shown.mean.find(' '), shown.mean.size());
  const bool same = shown.half_width.ends_with(shown.mean.substr(unit));
  return fmt::format("{} ± {}", same ? shown.mean.substr(0, unit) : shown.mean, shown.half_width);
}

// Mean with its half-width, and the closed form.
std::vector<std::string> Printer::metric_cells(const SweepPoint& point,
                                               const std::string& name) const {
  const MetricResult* metric = find_metric(point, name);
  if (metric == nullptr) return {"", ""};
  const double mean = metric->estimate.mean, half = metric->estimate.half_width();
  const std::string& unit = metric->spec.unit;
  return {with_interval(readable(mean, half, unit)),
          metric->closed_form ? readable_beside(*metric->closed_form, mean, half, unit) : ""};
}

// What other formulas say of an objective: a column each.
std::vector<std::string> Printer::rivals_of(const std::string& metric) const {
  std::vector<std::string> formulas;
  const auto& objectives = report_.questions.objectives;
  if (std::none_of(objectives.begin(), objectives.end(),
                   [&](const auto& objective) { return objective.figure == metric; }))
    return formulas;
  for (const SweepPoint& point : points_)
    if (const MetricResult* found = find_metric(point, metric))
      for (const RivalValue& rival : found->rivals)
        if (std::find(formulas.begin(), formulas.end(), rival.formula) == formulas.end())
          formulas.push_back(rival.formula);
  return formulas;
}

std::string Printer::rival_cell(const SweepPoint& point, const std::string& metric,
                                const std::string& formula) const {
  const MetricResult* found = find_metric(point, metric);
  if (found == nullptr) return "";
  for (const RivalValue& rival : found->rivals)
    if (rival.formula == formula)
      return readable_beside(rival.value, found->estimate.mean, found->estimate.half_width(),
                             found->spec.unit);
  return "";
}

std::string Printer::marks(std::size_t point) const {
  const SweepAnswers& answers = report_.answers;
  std::vector<std::string> marks;
  if (answers.best && answers.best->point == point) marks.push_back("best");
  if (std::find(answers.front.begin(), answers.front.end(), point) != answers.front.end())
    marks.push_back("front");
  if (std::any_of(answers.firsts.begin(), answers.firsts.end(),
                  [&](const FirstPoint& first) { return first.point == point; }))
    marks.push_back("first");
  if (answers.violates[point]) marks.push_back("violates");
  return fmt::format("{}", fmt::join(marks, ", "));
}

std::string Printer::table() const {
  std::vector<std::string> header = axis_names();
  std::vector<bool> right;
  for (const SweepField& field : results_.fields) right.push_back(field.numeric);
  for (const std::string& name : metrics_) {
    header.insert(header.end(), {name + " ± 95 %", "closed form"});
    right.insert(right.end(), 2, true);
    for (const std::string& formula : rivals_of(name)) {
      header.push_back(formula);
      right.push_back(true);
    }
  }
  header.push_back("mark");
  right.push_back(false);
  TextTable table(header, right);
  for (std::size_t i = 0; i < points_.size(); ++i) {
    std::vector<std::string> cells = points_[i].values;
    for (const std::string& name : metrics_) {
      const std::vector<std::string> more = metric_cells(points_[i], name);
      cells.insert(cells.end(), more.begin(), more.end());
      for (const std::string& formula : rivals_of(name))
        cells.push_back(rival_cell(points_[i], name, formula));
    }
    cells.push_back(marks(i));
    table.add(std::move(cells));
  }
  return table.text();
}

// "PATH = VALUE, PATH = VALUE".
std::string Printer::place(std::size_t point) const {
  std::string text;
  for (std::size_t a = 0; a < results_.fields.size(); ++a)
    text += fmt::format("{}{} = {}", a > 0 ? ", " : "", results_.fields[a].path,
                        points_[point].values[a]);
  return text;
}

// Points in a sentence. Neighbours along the only axis of a grid are "A to B" where it has numbers.
std::string Printer::named(std::vector<std::size_t> points) const {
  const bool line = results_.fields.size() == 1;
  const bool ordered = line && results_.fields[0].numeric && report_.plan.last_axis > 0;
  std::sort(points.begin(), points.end());
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::size_t last = i;
    while (ordered && last + 1 < points.size() && points[last + 1] == points[last] + 1) ++last;
    const std::vector<std::string>& values = points_[points[i]].values;
    const std::string all = fmt::format("{}", fmt::join(values, ", "));
    if (last > i)
      parts.push_back(all + " to " + points_[points[last]].values[0]);
    else
      parts.push_back(line ? all : "(" + all + ")");
    i = last;
  }
  if (parts.size() <= most_listed) return fmt::format("{}", fmt::join(parts, ", "));
  const std::size_t others = parts.size() - most_listed;
  parts.resize(most_listed);
  return fmt::format("{} and {} more", fmt::join(parts, ", "), others);
}

std::string Printer::best() const {
  if (report_.questions.objectives.size() != 1) return "";
  if (!report_.answers.best)
    return "no best point: none has the metric and satisfies every --subject-to\n";
  const BestPoint& best = *report_.answers.best;
  const std::string& metric = report_.questions.objectives[0].figure;
  std::string text = fmt::format("best at {}: {} {}\n", place(best.point), metric,
                                 metric_cells(points_[best.point], metric)[0]);
  std::vector<std::size_t> alike = best.indistinguishable;
  if (alike.empty()) {
    text += "every other point can be told from it\n";
  } else {
    alike.push_back(best.point);  // a range goes through it
    text += fmt::format("cannot be told apart: {}\n", named(alike));
  }
  if (best.near.size() > 1) text += fmt::format("within 1 % of best: {}\n", named(best.near));
  return text + formulas_at(points_[best.point]);
}

// What formulas say there of all but the objective, which has columns of them.
std::string Printer::formulas_at(const SweepPoint& point) const {
  std::string text;
  for (const MetricResult& metric : point.metrics) {
    if (metric.rivals.empty() || !rivals_of(metric.spec.name).empty()) continue;
    std::vector<std::string> said;
    for (const RivalValue& rival : metric.rivals)
      said.push_back(rival.formula + " " + rival_cell(point, metric.spec.name, rival.formula));
    text += fmt::format("there {} is {}; formulas: {}\n", metric.spec.name,
                        metric_cells(point, metric.spec.name)[0], fmt::join(said, ", "));
  }
  return text;
}

std::string Printer::front() const {
  if (report_.questions.objectives.size() != 2) return "";
  if (report_.answers.front.empty())
    return "no Pareto front: no point has both metrics and satisfies every --subject-to\n";
  return fmt::format("Pareto front of {} and {}: {} of {} points\n",
                     report_.questions.objectives[0].figure, report_.questions.objectives[1].figure,
                     report_.answers.front.size(), points_.size());
}

// "METRIC >= 1 first at PATH = 4096 (TORUS); never (FAT_TREE)".
std::string Printer::firsts() const {
  std::string text;
  for (std::size_t c = 0; c < report_.questions.firsts.size(); ++c) {
    std::vector<std::string> found, never;
    for (const FirstPoint& first : report_.answers.firsts) {
      if (first.condition != c) continue;
      const std::string others =
          first.others.empty() ? "" : fmt::format("({})", fmt::join(first.others, ", "));
      if (!first.point)
        never.push_back(others.empty() ? "" : " " + others);
      else
        found.push_back(fmt::format("{}{}{}", points_[*first.point].values.back(),
                                    others.empty() ? "" : " ", others));
    }
    std::vector<std::string> parts;
    if (!found.empty())
      parts.push_back(
          fmt::format("first at {} = {}", results_.fields.back().path, fmt::join(found, ", ")));
    if (!never.empty()) parts.push_back(fmt::format("never{}", fmt::join(never, ",")));
    if (results_.partial()) parts.push_back("what is not done is not known");
    text +=
        report_.questions.firsts[c].text() + " " + fmt::format("{}", fmt::join(parts, "; ")) + "\n";
  }
  return text;
}

}  // namespace

std::string sweep_text(const SweepReport& report) {
  return Printer(report).text();
}

}  // namespace fleetsim
