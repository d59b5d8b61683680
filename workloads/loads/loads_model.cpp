#include "workloads/loads/loads_model.h"

#include <algorithm>

#include "workloads/loads/metrics.h"
#include "workloads/loads/twin.h"

namespace fleetsim::loads {
namespace {

// A level that holds over a span, added to the means of the bins from 0 to end.
void add_span(Instant from, Instant to, double level, const Plan& plan, std::vector<double>& bins) {
  const Instant end = std::min(to, Instant{} + plan.end);
  if (from >= end || bins.empty()) return;
  const std::int64_t bin = std::max<std::int64_t>(1, plan.end.ns / plan.bins);
  for (std::int64_t i = from.ns / bin; i < plan.bins && i * bin < end.ns; ++i) {
    const std::int64_t begin = std::max(from.ns, i * bin), stop = std::min(end.ns, (i + 1) * bin);
    bins[static_cast<std::size_t>(i)] +=
        level * static_cast<double>(stop - begin) / static_cast<double>(bin);
  }
}

Series power_series(const History& history, const Plan& plan) {
  Series out{.name = "power.it", .unit = "W"};
  out.value.assign(plan.bins, 0.0);
  for (const Piece& piece : history.pieces)
    add_span(piece.from, piece.to, piece.watts, plan, out.value);
  const std::int64_t bin = plan.end.ns / plan.bins;
  for (std::uint32_t i = 1; i <= plan.bins; ++i) out.t.push_back(seconds(Duration{i * bin}));
  return out;
}

Table job_table(const History& history, const Plan& plan) {
  std::vector<std::int64_t> load, pauses, moves;
  std::vector<double> arrival, started, ended, carbon, cost;
  Table out{.name = "jobs"};
  for (const Job& job : history.jobs) {
    if (!job.done() || job.ended < Instant{} + plan.warm_up) continue;
    if (out.rows_total++ >= plan.keep_visits) continue;
    load.push_back(job.load);
    arrival.push_back(seconds(job.arrival - Instant{}));
    started.push_back(seconds(*job.started - Instant{}));
    ended.push_back(seconds(job.ended - Instant{}));
    pauses.push_back(job.pauses);
    moves.push_back(job.moves);
    carbon.push_back(job.carbon);
    cost.push_back(job.cost);
  }
  out.columns.push_back({"load", "1", std::move(load)});
  out.columns.push_back({"arrival", "s", std::move(arrival)});
  out.columns.push_back({"started", "s", std::move(started)});
  out.columns.push_back({"ended", "s", std::move(ended)});
  out.columns.push_back({"pauses", "count", std::move(pauses)});
  out.columns.push_back({"moves", "count", std::move(moves)});
  out.columns.push_back({"carbon", "kg", std::move(carbon)});
  out.columns.push_back({"cost", "$", std::move(cost)});
  return out;
}

void write_records(const History& history, RecordSink& sink) {
  std::vector<Record> records;
  for (const Piece& piece : history.pieces) {
    records.push_back({piece.from, "load.run", piece.job, piece.watts, Record::Shape::begin});
    records.push_back({piece.to, "load.run", piece.job, 0, Record::Shape::end});
  }
  std::stable_sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
    const bool a_ends = a.shape == Record::Shape::end, b_ends = b.shape == Record::Shape::end;
    return a.when != b.when ? a.when < b.when : a_ends && !b_ends;
  });
  sink.write(records);
}

}  // namespace

std::vector<MetricSpec> LoadsModel::metrics() const {
  return specs_of(config_);
}

Observation LoadsModel::simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const {
  const Lived lived = live(config_, chance, Instant{} + plan.end);
  const History& history = lived.as_decided;
  Observation out;
  out.events = history.events;
  const Duration length{(plan.end - plan.warm_up).ns / plan.windows};
  for (std::uint32_t w = 0; w < plan.windows; ++w) {
    const Instant from = Instant{} + plan.warm_up + w * length;
    const Instant to = w + 1 == plan.windows ? Instant{} + plan.end : from + length;
    out.windows.push_back(measure(config_, lived, from, to, plan.windows));
    out.distributions.push_back(waits(config_, lived, from, to));
  }
  out.load.assign(plan.bins, 0.0);
  if (plan.bins > 0) {
    for (const Job& job : history.jobs)
      add_span(job.arrival, job.done() ? job.ended : end_of_time, 1, plan, out.load);
    out.series.push_back(power_series(history, plan));
  }
  if (plan.keep_visits > 0) out.tables.push_back(job_table(history, plan));
  out.findings = config_.sites.findings;
  if (sink != nullptr) write_records(history, *sink);
  return out;
}

Twin LoadsModel::twin() const {
  return twin_of(config_);
}

}  // namespace fleetsim::loads
