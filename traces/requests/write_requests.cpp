#include "traces/requests/write_requests.h"

#include <fmt/format.h>

#include <filesystem>
#include <iterator>

#include "sim/printable.h"
#include "traces/atomic_file.h"
#include "traces/requests/compact_file.h"
#include "traces/requests/hdf5_requests.h"
#include "traces/requests/open_requests.h"

namespace fleetsim::requests {
namespace {

std::string ending(const std::string& path) {
  return std::filesystem::path(path).extension().string();
}

// Hands each row to `put` and counts it.
template <class Put>
Result<Written> each(RowSource& rows, Put put) {
  Written written;
  RequestRow row;
  std::optional<Instant> first;
  while (true) {
    const Result<bool> more = rows.next(row);
    if (!more) return more.error();
    if (!*more) return written;
    if (!first) first = row.arrival;
    ++written.requests;
    written.span = row.arrival - *first;
    put(row);
  }
}

Result<Written> write_compact(const std::string& path, RowSource& rows) {
  Result<CompactWriter> file = CompactWriter::create(path, rows.block_tokens());
  if (!file) return file.error();
  const auto written = each(rows, [&](const RequestRow& row) { file->add(row); });
  if (!written) return written;
  if (const Status done = file->commit(); !done) return done.error();
  return written;
}

Result<Written> write_csv(const std::string& path, RowSource& rows) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return file.error();
  file->append("arrival_s,prompt_tokens,output_tokens,session\n");
  bool hashes = false;
  std::string line;
  auto written = each(rows, [&](const RequestRow& row) {
    hashes = hashes || !row.hashes.empty();
    line.clear();
    const std::int64_t ns = row.arrival.ns;
    fmt::format_to(std::back_inserter(line), "{}.{:09},{},{},", ns / 1'000'000'000,
                   ns % 1'000'000'000, row.prompt, row.output);
    if (row.session != 0) fmt::format_to(std::back_inserter(line), "{}", row.session);
    file->append(line += '\n');
  });
  if (!written) return written;
  written->lost_hashes = hashes;
  if (const Status done = file->commit(); !done) return done.error();
  return written;
}

Result<Written> write_hdf5(const std::string& path, RowSource& rows) {
  const Result<serving::RequestTrace> trace = collect(rows);
  if (!trace) return trace.error();
  if (const Status done = write_hdf5_requests(path, *trace); !done) return done.error();
  const std::size_t size = trace->size();
  return Written{.requests = size,
                 .span = size == 0 ? 0_s : trace->arrival.back() - trace->arrival.front()};
}

}  // namespace

Status can_write_requests(const std::string& path) {
  const std::string kind = ending(path);
  if (kind == ".pb" || kind == ".h5" || kind == ".csv") return Done{};
  return Error{
      fmt::format("found the name {} to write to; expected one that ends in .pb (compact), "
                  ".h5 (HDF5) or .csv",
                  in_quotes(path, 500))};
}

Result<Written> write_requests(const std::string& path, RowSource& rows) {
  if (const Status known = can_write_requests(path); !known) return known.error();
  const std::string kind = ending(path);
  if (kind == ".h5") return write_hdf5(path, rows);
  return kind == ".csv" ? write_csv(path, rows) : write_compact(path, rows);
}

}  // namespace fleetsim::requests
