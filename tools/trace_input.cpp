#include "tools/trace_input.h"

#include <fmt/format.h>

#include "sim/unit_text.h"
#include "tools/report.h"

namespace fleetsim {

Result<requests::ImportOptions> import_options(const TraceOptions& options) {
  requests::ImportOptions out{.lenient = options.lenient,
                              .columns = options.columns,
                              .time_unit = options.time_unit,
                              .spread = options.spread != "none",
                              .seed = options.seed};
  if (options.spread == "auto" || options.spread == "none") return out;
  const Result<double> tick = parse_in(options.spread, "s");
  if (!tick) return Error{"--spread " + options.spread + ": " + tick.error().message};
  if (!(*tick > 0)) return Error{"--spread " + options.spread + ": expected a time above 0 s"};
  out.tick = from_seconds(*tick);
  return out;
}

void tell(const std::string& path, const requests::ImportReport& report) {
  for (const std::string& note : report.notes) warn(fmt::format("{}: {}", path, note));
  if (report.failed > 0)
    warn(fmt::format("{}: left out {} of {} requests, which are marked as failed", path,
                     report.failed, report.rows));
  for (const auto& bad : report.first) warn(fmt::format("{}:{}: {}", path, bad.line, bad.what));
  if (report.all_bad() > report.first.size())
    warn(fmt::format("{}: and {} more bad rows", path, report.all_bad() - report.first.size()));
}

}  // namespace fleetsim
