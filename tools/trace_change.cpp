#include "tools/trace_change.h"

#include <fmt/format.h>

#include "sim/unit_text.h"
#include "tools/report.h"
#include "tools/trace_input.h"
#include "traces/requests/write_requests.h"

namespace fleetsim {
namespace {

using requests::OpenRequests;
using requests::Rows;

// The files of the command line as one source, and their reports.
struct Inputs {
  Rows rows{};
  std::vector<std::shared_ptr<const requests::ImportReport>> reports{};
};

// Copies start at equal distances, so that their bursts do not meet.
Result<Inputs> copies_of(OpenRequests open, std::uint32_t copies) {
  auto trace = requests::collect(*open.rows);
  if (!trace) return trace.error();
  const auto shared = std::make_shared<const serving::RequestTrace>(*std::move(trace));
  std::vector<Rows> sources;
  for (std::uint32_t i = 0; i < copies; ++i)
    sources.push_back(
        requests::rotated(shared, {shared->arrival.back().ns / copies * std::int64_t{i}}));
  auto all = requests::superpose(std::move(sources));
  if (!all) return all.error();
  return Inputs{.rows = *std::move(all), .reports = {open.report}};
}

Result<Inputs> inputs_of(const TraceOptions& options) {
  const auto import = import_options(options);
  if (!import) return import.error();
  Inputs out;
  std::vector<Rows> sources;
  for (const std::string& path : options.files) {
    auto open = requests::open_requests(path, *import);
    if (!open) return open.error();
    if (options.copies > 1 && options.files.size() == 1)
      return copies_of(*std::move(open), options.copies);
    out.reports.push_back(open->report);
    sources.push_back(std::move(open->rows));
  }
  if (sources.size() == 1) {
    out.rows = std::move(sources.front());
    return out;
  }
  auto all = requests::superpose(std::move(sources));
  if (!all) return all.error();
  out.rows = *std::move(all);
  return out;
}

Result<Rows> sliced(Rows rows, const TraceOptions& options) {
  Duration from{}, to = longest_duration;
  for (const auto& [name, text, out] :
       {std::tuple{"--from", &options.from, &from}, std::tuple{"--to", &options.to, &to}}) {
    if (text->empty()) continue;
    const Result<double> time = parse_in(*text, "s");
    if (!time) return Error{fmt::format("{} {}: {}", name, *text, time.error().message)};
    if (*time < 0) return Error{fmt::format("{} {}: expected at least 0 s", name, *text)};
    *out = from_seconds(*time);
  }
  if (from >= to)
    return Error{fmt::format("--from {} is not before --to {}", options.from, options.to)};
  return requests::slice(std::move(rows), from, to);
}

Result<Rows> changed(Rows rows, const TraceOptions& options) {
  if (options.action == TraceOptions::Action::slice) return sliced(std::move(rows), options);
  if (options.speed != 1) rows = requests::speed_up(std::move(rows), options.speed);
  if (options.keep != 1) rows = requests::thin(std::move(rows), options.keep, options.seed);
  return rows;
}

}  // namespace

Result<std::string> write_trace(const TraceOptions& options, requests::RowSource& rows) {
  const auto written = requests::write_requests(options.output, rows);
  if (!written) return written.error();
  if (written->lost_hashes) warn(options.output + ": CSV has no place for hashes of prompts");
  if (written->requests == 0) warn(options.output + ": holds no requests");
  const double span = seconds(written->span);
  const std::string rate =
      span > 0
          ? fmt::format(", {}/s", format_number(static_cast<double>(written->requests) / span, 3))
          : "";
  return fmt::format("{}: {} requests over {}{}\n", options.output, written->requests,
                     format_measure(span, "s"), rate);
}

Result<std::string> trace_change(const TraceOptions& options) {
  if (const Status known = requests::can_write_requests(options.output); !known)
    return known.error();
  if (options.copies > 1 && options.files.size() > 1)
    return Error{"--copies is for one trace; several are superposed as they are"};
  auto inputs = inputs_of(options);
  if (!inputs) return inputs.error();
  auto rows = changed(std::move(inputs->rows), options);
  if (!rows) return rows.error();
  auto line = write_trace(options, **rows);
  for (std::size_t i = 0; i < inputs->reports.size(); ++i)
    tell(options.files[i], *inputs->reports[i]);
  return line;
}

}  // namespace fleetsim
