#include "traces/sweep_hdf5.h"

#include <fmt/format.h>

#include <cmath>

#include "sim/unit_text.h"
#include "traces/hdf5_file.h"
#include "traces/metric_rows.h"
#include "traces/result_image.h"

namespace fleetsim {
namespace {

void put_description(Hdf5Image& image, const SweepResults& r) {
  put_origin(image, r);
  image.attribute("/", "plan", r.plan);
  image.attribute("/", "seed", r.seed);
  image.attribute("/", "points", r.planned);
  image.flag("/", "partial", r.partial());
}

// In the field's unit; none where the value is a word.
std::optional<double> field_number(const SweepField& field, const std::string& value) {
  if (!field.numeric) return std::nullopt;
  const Result<double> number = parse_in(value, field.unit);
  if (!number) return std::nullopt;
  return *number;
}

// Numbers where all values are some.
Hdf5Field column_of(const SweepResults& results, std::size_t field) {
  Hdf5Field::Numbers numbers;
  Hdf5Field::Texts texts;
  for (const SweepPoint& point : results.points) {
    const std::string& value = point.values[field];
    texts.push_back(value);
    if (const auto number = field_number(results.fields[field], value)) numbers.push_back(*number);
  }
  const std::string& path = results.fields[field].path;
  if (numbers.size() == texts.size()) return {path, numbers};
  return {path, texts};
}

void put_points(Hdf5Image& image, const SweepResults& results) {
  Hdf5Field::Numbers number;
  for (const SweepPoint& point : results.points)
    number.push_back(static_cast<double>(point.number));
  std::vector<Hdf5Field> columns = {{"point", number}};
  for (std::size_t i = 0; i < results.fields.size(); ++i) columns.push_back(column_of(results, i));
  image.rows("/points", columns);
  for (const SweepField& field : results.fields)
    if (field.numeric) image.attribute("/points", ("unit of " + field.path).c_str(), field.unit);
}

void put_metrics(Hdf5Image& image, const SweepResults& results) {
  Hdf5Field::Numbers number;
  std::vector<const MetricResult*> metrics;
  for (const SweepPoint& point : results.points)
    for (const MetricResult& metric : point.metrics) {
      number.push_back(static_cast<double>(point.number));
      metrics.push_back(&metric);
    }
  std::vector<Hdf5Field> columns = metric_rows(metrics);
  columns.insert(columns.begin(), {"point", number});
  image.rows("/metrics", columns);
  image.attribute("/metrics", "ci_level", result_level);
}

void put_replications(Hdf5Image& image, const SweepResults& results) {
  image.group("/replications");
  image.group("/weights");
  for (const SweepPoint& point : results.points) {
    const std::string values = fmt::format("/replications/{}", point.number);
    const std::string weights = fmt::format("/weights/{}", point.number);
    image.group(values);
    image.group(weights);
    for (const MetricResult& metric : point.metrics) {
      const std::string path = values + "/" + metric.spec.name;
      image.numbers(path, metric.values);
      image.attribute(path, "unit", metric.spec.unit);
      if (!metric.weights.empty()) image.numbers(weights + "/" + metric.spec.name, metric.weights);
    }
  }
}

// The columns of /metrics as they were read.
struct StoredMetrics {
  std::vector<double> point, mean, low, high, closed_form;
  std::vector<std::string> name, unit, formula, note, rivals;
  std::vector<std::optional<bool>> agrees;
};

Result<StoredMetrics> read_metrics(const Hdf5Reader& file) {
  StoredMetrics m;
  const std::pair<const char*, std::vector<double>*> numbers[] = {{"point", &m.point},
                                                                  {"mean", &m.mean},
                                                                  {"ci_low", &m.low},
                                                                  {"ci_high", &m.high},
                                                                  {"closed_form", &m.closed_form}};
  for (const auto& [name, place] : numbers) {
    Result<std::vector<double>> column = file.number_field("/metrics", name);
    if (!column) return column.error();
    *place = *std::move(column);
  }
  const std::pair<const char*, std::vector<std::string>*> texts[] = {{"name", &m.name},
                                                                     {"unit", &m.unit},
                                                                     {"formula", &m.formula},
                                                                     {"note", &m.note},
                                                                     {"rivals", &m.rivals}};
  for (const auto& [name, place] : texts) {
    Result<std::vector<std::string>> column = file.text_field("/metrics", name);
    if (!column) return column.error();
    *place = *std::move(column);
  }
  Result<std::vector<std::optional<bool>>> agrees = file.verdict_field("/metrics", "agrees");
  if (!agrees) return agrees.error();
  m.agrees = *std::move(agrees);
  return m;
}

Result<MetricResult> metric_of(const Hdf5Reader& file, const StoredMetrics& m, std::size_t row) {
  MetricResult metric{.spec = {m.name[row], m.unit[row]},
                      .estimate = {m.mean[row], m.low[row], m.high[row], result_level},
                      .formula = m.formula[row],
                      .agrees = m.agrees[row],
                      .note = m.note[row]};
  std::optional<std::vector<RivalValue>> rivals = rivals_of(m.rivals[row]);
  if (!rivals) return Error{"/metrics: rivals of " + m.name[row] + " are not as written"};
  metric.rivals = *std::move(rivals);
  if (!std::isnan(m.closed_form[row])) metric.closed_form = m.closed_form[row];
  const std::string below = fmt::format("{:.0f}/{}", m.point[row], m.name[row]);
  if (const Status read = read_values(file, below, metric.values, metric.weights); !read)
    return read.error();
  return metric;
}

Status read_description(const Hdf5Reader& file, SweepResults& results) {
  const Status read = read_texts(file, {{"version", &results.version},
                                        {"resolved_scenario", &results.resolved_text},
                                        {"plan", &results.plan}});
  if (!read) return read;
  return read_counts(file, {{"seed", &results.seed}, {"points", &results.planned}});
}

}  // namespace

Status write_sweep_hdf5(const SweepResults& results, const std::string& path) {
  Hdf5Image image;
  put_description(image, results);
  put_points(image, results);
  put_metrics(image, results);
  put_replications(image, results);
  return write_image(image, path);
}

Result<SweepResults> read_sweep(const std::string& path) {
  const Result<Hdf5Reader> file = Hdf5Reader::open(path);
  if (!file) return file.error();
  SweepResults results;
  if (const Status read = read_description(*file, results); !read) return read.error();
  const Result<std::vector<double>> numbers = file->number_field("/points", "point");
  if (!numbers) return numbers.error();
  const Result<StoredMetrics> stored = read_metrics(*file);
  if (!stored) return stored.error();
  std::size_t row = 0;
  for (const double number : *numbers) {
    const double least =
        results.points.empty() ? 0 : static_cast<double>(results.points.back().number + 1);
    if (!(number >= least && number < static_cast<double>(results.planned)))
      return Error{path + " is not a sweep of fleetsim: its points are not those of its plan"};
    SweepPoint point{.number = static_cast<std::uint64_t>(number)};
    for (; row < stored->point.size() && stored->point[row] == number; ++row) {
      Result<MetricResult> metric = metric_of(*file, *stored, row);
      if (!metric) return metric.error();
      point.metrics.push_back(*std::move(metric));
    }
    results.points.push_back(std::move(point));
  }
  return results;
}

}  // namespace fleetsim
