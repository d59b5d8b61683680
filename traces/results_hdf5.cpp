#include "traces/results_hdf5.h"

#include <utility>

#include "traces/hdf5_file.h"
#include "traces/metric_rows.h"
#include "traces/result_image.h"

namespace fleetsim {
namespace {

void put_description(Hdf5Image& image, const Results& r) {
  put_origin(image, r);
  image.attribute("/", "seed", r.seed);
  image.attribute("/", "replications", std::uint64_t{r.replications});
  image.flag("/", "partial", r.partial);
  image.attribute("/", "events", r.events);
  image.attribute("/", "simulated_s", r.simulated_s);
  image.attribute("/", "warm_up_s", r.warm_up_s);
}

void put_metrics(Hdf5Image& image, const std::vector<MetricResult>& metrics) {
  std::vector<const MetricResult*> rows;
  for (const MetricResult& metric : metrics) rows.push_back(&metric);
  image.rows("/metrics", metric_rows(rows));
  image.attribute("/metrics", "ci_level", result_level);
}

void put_replications(Hdf5Image& image, const std::vector<MetricResult>& metrics) {
  image.group("/replications");
  for (const MetricResult& m : metrics) {
    const std::string path = "/replications/" + m.spec.name;
    image.numbers(path, m.values);
    image.attribute(path, "unit", m.spec.unit);
  }
  image.group("/weights");
  for (const MetricResult& m : metrics)
    if (!m.weights.empty()) image.numbers("/weights/" + m.spec.name, m.weights);
}

void put_findings(Hdf5Image& image, const std::vector<Finding>& findings) {
  Hdf5Field::Texts metric, text;
  for (const Finding& f : findings) {
    metric.push_back(f.metric);
    text.push_back(f.text);
  }
  image.rows("/findings", {{"metric", metric}, {"text", text}});
}

void put_series(Hdf5Image& image, const std::vector<Series>& series) {
  image.group("/series");
  for (const Series& s : series) {
    const std::string path = "/series/" + s.name;
    image.rows(path, {{"t", s.t}, {"value", s.value}});
    image.attribute(path, "unit", s.unit);
    image.attribute(path, "t_unit", "s");
  }
}

void put_table(Hdf5Image& image, const Table& table) {
  const std::string group = "/" + table.name;
  image.group(group);
  image.attribute(group, "rows_total", table.rows_total);
  for (const TableColumn& c : table.columns) {
    const std::string path = group + "/" + c.name;
    std::visit([&](const auto& values) { image.column(path, values); }, c.values);
    image.attribute(path, "unit", c.unit);
  }
}

}  // namespace

Status write_results_hdf5(const Results& results, const std::string& path) {
  Hdf5Image image;
  put_description(image, results);
  put_metrics(image, results.metrics);
  put_replications(image, results.metrics);
  put_findings(image, results.findings);
  put_series(image, results.series);
  for (const Table& table : results.tables) put_table(image, table);
  return write_image(image, path);
}

Result<SavedReplications> read_replications(const std::string& path) {
  const Result<Hdf5Reader> file = Hdf5Reader::open(path);
  if (!file) return file.error();
  SavedReplications saved;
  Status read = read_texts(*file, {{"version", &saved.version},
                                   {"build_id", &saved.build_id},
                                   {"resolved_scenario", &saved.resolved_text}});
  if (read)
    read = read_counts(
        *file,
        {{"seed", &saved.seed}, {"replications", &saved.replications}, {"events", &saved.events}});
  if (!read) return read.error();
  const Result<std::vector<std::string>> names = file->text_field("/metrics", "name");
  if (!names) return names.error();
  for (const std::string& name : *names) {
    SavedReplications::Metric& metric = saved.metrics.emplace_back();
    metric.name = name;
    if (read = read_values(*file, name, metric.values, metric.weights); !read) return read.error();
  }
  if (!file->has("/sketches")) return saved;
  saved.sketches.name = "sketches";
  for (const char* column : {"distribution", "section", "key", "value"}) {
    Result<std::vector<std::int64_t>> values =
        file->whole_numbers(std::string("/sketches/") + column);
    if (!values) return values.error();
    saved.sketches.columns.push_back({column, "1", *std::move(values)});
  }
  return saved;
}

}  // namespace fleetsim
