#pragma once
#include <memory>
#include <optional>
#include <string>

#include "traces/requests/import_report.h"
#include "traces/requests/request_row.h"
#include "workloads/serving/request_trace.h"

namespace fleetsim::requests {

// What to do where a file leaves a choice.
struct ImportOptions {
  bool lenient = false;            // skip bad rows; else they are an error, once all are counted
  std::string columns{};           // of a CSV file: "time=at,prompt=in,output=out,session=chat"
  std::string time_unit{};         // of its times: s, ms, us or ns
  bool spread = true;              // batches of a clock that ticks slowly, see spread_batches.h
  std::optional<Duration> tick{};  // of that clock; none: as the first rows show
  std::uint64_t seed = 1;
};

// A trace being read. `report` is complete when `rows` has ended.
struct OpenRequests {
  std::unique_ptr<RowSource> rows{};
  std::shared_ptr<const ImportReport> report{};
  std::optional<Duration> tick{};  // of its clock if that makes batches, spread or not
};

// Opens a trace of any format that is known, recognised by what is in it; gzip is taken off. Times
// count from the first request. Memory holds a block of the file, never all of it, but the HDF5
// form, which is read whole.
Result<OpenRequests> open_requests(const std::string& path, const ImportOptions& options = {});

// The whole of a trace for a simulation.
Result<serving::RequestTrace> load_requests(const std::string& path,
                                            const ImportOptions& options = {});
Result<serving::RequestTrace> collect(RowSource& rows);

}  // namespace fleetsim::requests
