#include <filesystem>

#include "tools/commands.h"
#include "tools/experiment.h"
#include "tools/print_results.h"
#include "tools/report.h"
#include "traces/atomic_file.h"
#include "traces/chrome_trace.h"
#include "traces/results_csv.h"
#include "traces/results_hdf5.h"
#include "traces/results_json.h"

namespace fleetsim {
namespace {

Result<std::optional<SavedReplications>> earlier(const RunOptions& options) {
  if (!options.resume) return std::optional<SavedReplications>{};
  if (options.output.empty()) return Error{"--resume needs -o, the results file to go on with"};
  if (!std::filesystem::exists(options.output)) return std::optional<SavedReplications>{};
  Result<SavedReplications> saved = read_replications(options.output);
  if (!saved) return saved.error();
  if (saved->sketches.columns.empty()) {
    warn(options.output + " is of a run that was finished: running it again");
    return std::optional<SavedReplications>{};
  }
  return std::optional<SavedReplications>(std::move(*saved));
}

std::string shown(const Results& results, Format format) {
  switch (format) {
    case Format::text:
      return results_text(results, colours_wanted());
    case Format::json:
      return results_json(results);
    case Format::csv:
      return results_csv(results);
  }
  return "";
}

bool any_differs(const Results& results) {
  for (const MetricResult& metric : results.metrics)
    if (metric.agrees == false) return true;
  return false;
}

}  // namespace

int run_command(const RunOptions& options) {
  ExperimentOptions experiment{.outlook = true};
  if (!options.until.empty()) {
    Result<Until> until = parse_until(options.until);
    if (!until) return fail(until.error());
    experiment.until = *until;
  }
  const Result<LoadedScenario> loaded = load_scenario(options.scenario, options.all_sets());
  if (!loaded) return fail(loaded.error());
  Result<std::optional<SavedReplications>> saved = earlier(options);
  if (!saved) return fail(saved.error());
  experiment.resume = *saved;
  if (!options.output.empty())
    if (const Status writable = try_writing(options.output); !writable)
      return fail(writable.error());
  std::optional<ChromeTrace> trace;
  if (!options.trace.empty()) {
    Result<ChromeTrace> created = ChromeTrace::create(options.trace);
    if (!created) return fail(created.error());
    trace.emplace(std::move(*created));
    experiment.watch = &*trace;
  }
  if (!options.common.quiet)
    for (const std::string& warning : loaded->warnings) warn(warning);

  Crew crew(options.common.threads);
  Progress progress(options.common.quiet ? Progress::When::never : options.common.progress);
  const Result<Results> results = run_experiment(*loaded, experiment, crew, progress);
  if (!results) return fail(results.error());
  if (trace)
    if (const Status written = trace->finish(); !written) return fail(written.error());
  if (!options.output.empty())
    if (const Status written = write_results_hdf5(*results, options.output); !written)
      return fail(written.error());
  int status = options.strict && any_differs(*results) ? Exit::check_failed : Exit::done;
  if (results->partial) status = Exit::interrupted;
  if (options.common.quiet && options.common.format == Format::text) return status;
  return write_out(shown(*results, options.common.format), status);
}

}  // namespace fleetsim
