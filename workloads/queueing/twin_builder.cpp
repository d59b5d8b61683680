#include "workloads/queueing/twin_builder.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "workloads/queueing/metrics.h"

namespace fleetsim::queueing {
namespace {

// Rivals of all quantiles would say the same thing over and over.
bool worth_a_rival(std::string_view metric) {
  constexpr std::string_view worth[] = {
      "queue.wait.mean", "queue.sojourn.mean", "queue.wait.p99", "queue.sojourn.p99",
      "queue.blocked",   "queue.abandoned",    "queue.orbit",    "queue.throughput"};
  return std::find(std::begin(worth), std::end(worth), metric) != std::end(worth);
}

std::string joined(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + " and " + b;
}

// Where a law has an atom whose edge lies at p, chance decides on which side a sample's quantile
// falls, however long the run.
bool at_edge_of_atom(const TwinBuilder::Quantile& quantile, double p, double value) {
  const double step = std::min(0.005, (1 - p) / 5);
  const auto below = quantile(p - step), above = quantile(p + step);
  if (!below || !above) return true;
  return (value - *below == 0) != (*above - value == 0);
}

}  // namespace

std::string broken(std::initializer_list<Assumption> assumptions) {
  std::string out;
  for (const Assumption& a : assumptions)
    if (!a.holds) out = joined(out, a.text);
  return out;
}

Formula Formula::unless(std::initializer_list<Assumption> more) const {
  return {id, joined(broken, queueing::broken(more)), note};
}

TwinBuilder::Entry& TwinBuilder::entry(const std::string& metric) {
  Entry& entry = entries_[metric];
  entry.prediction.metric = metric;
  return entry;
}

void TwinBuilder::add(const std::string& metric, const Formula& formula, double value) {
  Entry& about = entry(metric);
  if (!formula.broken.empty()) {
    const std::string text = "it assumes " + formula.broken;
    if (about.reason.empty())
      about.reason = "no closed form: " + formula.id + " assumes " + formula.broken;
    if (worth_a_rival(metric)) add_rival({metric, value, formula.id, text, false});
  } else if (!about.prediction.value) {
    about.prediction = {metric, value, formula.id, formula.note};
  }
}

void TwinBuilder::add(const std::string& metric, const Formula& formula,
                      const Result<double>& value) {
  if (value) return add(metric, formula, *value);
  explain(metric, value.error().message);
}

void TwinBuilder::add_rival(Rival rival) {
  for (const Rival& known : rivals_)
    if (known.metric == rival.metric && known.formula == rival.formula) return;
  rivals_.push_back(std::move(rival));
}

void TwinBuilder::explain(const std::string& prefix, const std::string& reason) {
  for (const MetricSpec& spec : metrics_of(config_))
    if (spec.name.rfind(prefix, 0) == 0 && entry(spec.name).reason.empty())
      entry(spec.name).reason = reason;
}

void TwinBuilder::add_means(const std::string& prefix, const Formula& formula, double wait,
                            double sojourn) {
  add(prefix + "wait.mean", formula, wait);
  add(prefix + "sojourn.mean", formula, sojourn);
}

void TwinBuilder::add_quantiles(const std::string& prefix, const char* kind, const Formula& formula,
                                const Quantile& quantile) {
  for (const NamedQuantile& q : passage_quantiles) {
    const std::string metric = prefix + kind + "." + q.name;
    const Result<double> value = quantile(q.p);
    if (value && at_edge_of_atom(quantile, q.p, *value))
      explain(metric, "no closed form: the law jumps at this quantile");
    else
      add(metric, formula, value);
  }
}

void TwinBuilder::add_system(const OneStation& one, const Formula& formula,
                             const analytic::StationMeans& means, double served_per_copy) {
  add_means("queue.", formula, means.wait, means.sojourn);
  add("queue.length", formula, one.copies() * means.present);
  add("queue.throughput", formula, one.copies() * served_per_copy);
  add("queue.utilization", formula, means.utilization);
}

void TwinBuilder::add_sources(const OneStation& one, const Formula& formula, double wait) {
  for (std::size_t i = 0; one.classes.size() > 1 && i < one.classes.size(); ++i)
    add_means(source_prefix(config_, i), formula, wait, wait + one.classes[i].service.mean());
}

Twin TwinBuilder::finish() && {
  Twin twin;
  for (const MetricSpec& spec : metrics_of(config_)) {
    Entry about = std::move(entry(spec.name));
    if (!about.prediction.value)
      about.prediction.note =
          about.reason.empty() ? "no closed form for this system" : about.reason;
    for (Rival& rival : rivals_) {
      const auto& exact = about.prediction.value;
      const bool same = exact && std::abs(rival.value - *exact) <= 1e-9 * std::abs(*exact);
      if (rival.metric == spec.name && !same) twin.rivals.push_back(std::move(rival));
    }
    twin.predictions.push_back(std::move(about.prediction));
  }
  return twin;
}

}  // namespace fleetsim::queueing
