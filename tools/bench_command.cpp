#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "sim/nearest.h"
#include "sim/unit_text.h"
#include "tools/bench.h"
#include "tools/report.h"
#include "tools/text_table.h"

namespace fleetsim {
namespace {

// Parameters that are numbers become numbers again.
nlohmann::ordered_json value_of(const std::string& text) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (digits) return std::stoull(text);
  return text;
}

std::string as_json(const Bench& bench, const std::vector<BenchRow>& rows) {
  nlohmann::ordered_json out{{"bench", bench.name}, {"rows", nlohmann::ordered_json::array()}};
  for (const BenchRow& row : rows) {
    nlohmann::ordered_json line;
    for (const auto& [name, value] : row.parameters) line[name] = value_of(value);
    for (const auto& [name, value] : row.figures) line[name] = value;
    out["rows"].push_back(line);
  }
  return out.dump(2) + "\n";
}

std::vector<std::string> columns(const BenchRow& row) {
  std::vector<std::string> names;
  for (const auto& [name, value] : row.parameters) names.push_back(name);
  for (const auto& [name, value] : row.figures) names.push_back(name);
  return names;
}

std::vector<std::string> cells_of(const BenchRow& row, bool exact) {
  std::vector<std::string> cells;
  for (const auto& [name, value] : row.parameters) cells.push_back(value);
  for (const auto& [name, value] : row.figures)
    cells.push_back(exact ? fmt::format("{}", value) : format_number(value, 4));
  return cells;
}

// Rows of other columns than the row before begin a table of their own.
std::vector<std::vector<BenchRow>> tables_of(const std::vector<BenchRow>& rows) {
  std::vector<std::vector<BenchRow>> tables;
  for (const BenchRow& row : rows) {
    if (tables.empty() || columns(tables.back().back()) != columns(row)) tables.emplace_back();
    tables.back().push_back(row);
  }
  return tables;
}

std::string text_of(const std::vector<BenchRow>& rows) {
  std::string out;
  for (const std::vector<BenchRow>& alike : tables_of(rows)) {
    const std::vector<std::string> names = columns(alike[0]);
    TextTable table(names, std::vector<bool>(names.size(), true));
    for (const BenchRow& row : alike) table.add(cells_of(row, false));
    if (!out.empty()) out += '\n';
    out += table.text();
  }
  return out;
}

std::string csv_of(const std::vector<BenchRow>& rows) {
  std::string out;
  for (const std::vector<BenchRow>& alike : tables_of(rows)) {
    if (!out.empty()) out += '\n';
    out += csv_line(columns(alike[0]));
    for (const BenchRow& row : alike) out += csv_line(cells_of(row, true));
  }
  return out;
}

}  // namespace

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

const std::vector<Bench>& benches() {
  static const std::vector<Bench> all = {
      {"kernel", "hold model, exponential increments: events a second by number pending",
       bench_kernel},
      {"shapes", "hold model, increments that slow other queues", bench_shapes},
      {"network", "flows on fat trees: changes a second, against solving anew at each",
       bench_network},
      {"serving", "how many requests pass through replicas that batch continuously in a second?",
       bench_serving},
      {"energy", "a year of hourly carbon and prices, jobs that start and stop: changes a second",
       bench_energy},
      {"training", "90 days of a job on a fleet that breaks: milliseconds a replication",
       bench_training},
      {"search", "10^6 ways to train Llama3_8B: the front of price against samples a second",
       bench_search},
      {"solve", "closed forms: median nanoseconds of an evaluation, and of a search over 10^6",
       bench_solve},
      {"queueing", "M/M/1 at 90 % load by discipline: nanoseconds a customer", bench_queueing},
  };
  return all;
}

int bench_command(const BenchOptions& options) {
  std::vector<std::string> names;
  for (const Bench& bench : benches()) {
    names.push_back(bench.name);
    if (bench.name != options.name) continue;
    const std::vector<BenchRow> rows = bench.run(options);
    switch (options.common.format) {
      case Format::json:
        return write_out(as_json(bench, rows), Exit::done);
      case Format::csv:
        return write_out(csv_of(rows), Exit::done);
      case Format::text:
        return write_out(bench.name + ": " + bench.question + "\n\n" + text_of(rows), Exit::done);
    }
  }
  return fail(Error{"no benchmark \"" + options.name + "\"" + did_you_mean(options.name, names)});
}

}  // namespace fleetsim
