#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "tools/commands.h"
#include "tools/report.h"
#include "tools/sweep.h"
#include "tools/sweep_print.h"
#include "traces/atomic_file.h"
#include "traces/sweep_hdf5.h"

namespace fleetsim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_warnings = 5;

// Beside the results; none beside a terminal or a pipe.
std::string part_of(const std::string& output) {
  std::error_code ignored;
  const fs::file_status there = fs::status(output, ignored);
  if (output.empty() || (fs::exists(there) && !fs::is_regular_file(there))) return "";
  return output + ".part";
}

// A sweep that was killed leaves its part; one that was interrupted, the results so far.
Result<std::optional<SweepResults>> earlier(const SweepOptions& options, const std::string& part) {
  const bool killed = !part.empty() && fs::exists(part);
  if (!options.resume) {
    if (killed) warn(part + " is of a sweep that was killed; --resume would go on with it");
    return std::optional<SweepResults>{};
  }
  if (options.output.empty()) return Error{"--resume needs -o, the results file to go on with"};
  if (!killed && (part.empty() || !fs::exists(options.output)))
    return std::optional<SweepResults>{};
  Result<SweepResults> saved = read_sweep(killed ? part : options.output);
  if (!saved) return saved.error();
  return std::optional<SweepResults>(*std::move(saved));
}

// Each once, with the first point that it is of.
void warn_of(const SweepPlan& plan) {
  std::vector<std::string> said;
  for (const PlannedPoint& point : plan.points)
    for (const std::string& warning : point.loaded.warnings) {
      if (std::find(said.begin(), said.end(), warning) != said.end()) continue;
      said.push_back(warning);
      if (said.size() <= most_warnings) warn("at " + plan.name_of(point.values) + ": " + warning);
    }
  if (said.size() > most_warnings)
    warn(fmt::format("{} more warnings of this kind; fleetsim check --set tells those of a point",
                     said.size() - most_warnings));
}

std::string shown(const SweepReport& report, Format format) {
  switch (format) {
    case Format::text:
      return sweep_text(report);
    case Format::json:
      return sweep_json(report);
    case Format::csv:
      return sweep_csv(report);
  }
  return "";
}

Status write_file(const SweepResults& results, const std::string& output, const std::string& part) {
  if (output.empty()) return Done{};
  if (const Status written = write_sweep_hdf5(results, output); !written) return written.error();
  std::error_code ignored;
  if (!part.empty()) fs::remove(part, ignored);
  return Done{};
}

}  // namespace

int sweep_command(const SweepOptions& options) {
  SweepWays ways;
  if (!options.until.empty()) {
    const Result<Until> until = parse_until(options.until);
    if (!until) return fail(until.error());
    ways.until = *until;
  }
  const Result<SweepPlan> plan =
      plan_sweep({options.scenario, options.all_sets(), options.vary, options.sample});
  if (!plan) return fail(plan.error());
  const Result<SweepQuestions> questions = parse_questions(
      {options.minimize, options.maximize, options.subject_to, options.first, options.show}, *plan);
  if (!questions) return fail(questions.error());
  if (!options.output.empty())
    if (const Status writable = try_writing(options.output); !writable)
      return fail(writable.error());
  ways.part = part_of(options.output);
  Result<std::optional<SweepResults>> saved = earlier(options, ways.part);
  if (!saved) return fail(saved.error());
  ways.earlier = *std::move(saved);
  if (!options.common.quiet) warn_of(*plan);

  Crew crew(options.common.threads);
  Progress progress(options.common.quiet ? Progress::When::never : options.common.progress);
  const Result<SweepResults> results = run_sweep(*plan, ways, crew, progress);
  if (!results) return fail(results.error());
  if (const Status written = write_file(*results, options.output, ways.part); !written)
    return fail(written.error());
  const int status = results->partial() ? Exit::interrupted : Exit::done;
  if (options.common.quiet && options.common.format == Format::text) return status;
  const SweepReport report{*plan, *questions, *results, answer(*questions, *plan, *results)};
  return write_out(shown(report, options.common.format), status);
}

}  // namespace fleetsim
