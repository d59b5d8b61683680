#include "traces/requests/open_requests.h"

#include <fmt/format.h>

#include <deque>

#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/requests/compact_file.h"
#include "traces/requests/csv_reader.h"
#include "traces/requests/hdf5_requests.h"
#include "traces/requests/json_reader.h"
#include "traces/requests/spread_batches.h"

namespace fleetsim::requests {
namespace {

constexpr std::size_t rows_that_show_the_clock = 4096;

// The good rows of a file, counted from the first; what is bad goes into the report.
class Import : public RowSource {
 public:
  Import(std::string path, std::unique_ptr<FormatReader> reader,
         std::shared_ptr<ImportReport> report, bool lenient)
      : path_(std::move(path)),
        reader_(std::move(reader)),
        report_(std::move(report)),
        lenient_(lenient) {}

  std::uint32_t block_tokens() const override { return reader_->block_tokens(); }

  Result<bool> next(RequestRow& row) override {
    while (true) {
      const auto outcome = reader_->read(row);
      if (!outcome) return outcome.error();
      if (*outcome == FormatReader::Outcome::end) return end();
      if (keep(*outcome, row) && (lenient_ || report_->all_bad() == 0)) return true;
    }
  }

 private:
  bool keep(FormatReader::Outcome outcome, RequestRow& row) {
    ++report_->rows;
    if (outcome == FormatReader::Outcome::bad) {
      const Flaw& flaw = reader_->flaw();
      report_->add_bad(flaw.trouble, reader_->line(), flaw.what);
      return false;
    }
    if (!first_) first_ = last_ = row.arrival;
    if (row.arrival < last_) {
      report_->add_bad(Trouble::time_backwards, reader_->line(),
                       fmt::format("found a time {} before that of the row before",
                                   format_measure(seconds(last_ - row.arrival), "s")));
      return false;
    }
    last_ = row.arrival;
    row.arrival = Instant{(row.arrival - *first_).ns};
    ++(outcome == FormatReader::Outcome::failed ? report_->failed : report_->kept);
    return outcome == FormatReader::Outcome::row;
  }

  Result<bool> end() const {
    const std::string where = printable(path_, 500);
    if (report_->all_bad() > 0 && !lenient_)
      return Error{fmt::format("{}: {}, the first in line {}: {}; --lenient skips them", where,
                               report_->summary(), report_->first[0].line, report_->first[0].what)};
    if (report_->kept == 0)
      return Error{report_->all_bad() > 0
                       ? fmt::format("{}: {}; no request is left", where, report_->summary())
                       : where + ": holds no requests"};
    return false;
  }

  std::string path_;
  std::unique_ptr<FormatReader> reader_;
  std::shared_ptr<ImportReport> report_;
  bool lenient_;
  std::optional<Instant> first_{};
  Instant last_{};
};

// Reads the first rows to see what they are like, and gives them again before the rest.
class Ahead : public RowSource {
 public:
  explicit Ahead(std::unique_ptr<RowSource> rest) : rest_(std::move(rest)) {
    while (!last_ && rows_.size() < rows_that_show_the_clock) {
      RequestRow row;
      const Result<bool> more = rest_->next(row);
      if (more && *more)
        rows_.push_back(std::move(row));
      else
        last_ = more;
    }
  }

  const std::deque<RequestRow>& beginning() const { return rows_; }
  std::uint32_t block_tokens() const override { return rest_->block_tokens(); }

  Result<bool> next(RequestRow& row) override {
    if (rows_.empty()) return last_ ? *last_ : rest_->next(row);
    row = std::move(rows_.front());
    rows_.pop_front();
    return true;
  }

 private:
  std::unique_ptr<RowSource> rest_;
  std::deque<RequestRow> rows_{};
  std::optional<Result<bool>> last_{};  // the answer behind the first rows, if they are all
};

Result<std::unique_ptr<FormatReader>> reader_of(const std::string& path,
                                                const ImportOptions& options,
                                                ImportReport& report) {
  Result<LineBlocks> blocks = LineBlocks::open(path);
  if (!blocks) return blocks.error();
  const Result<bool> more = blocks->next();
  if (!more) return more.error();
  if (!*more) return Error{printable(path, 500) + ": is empty"};
  const std::string_view block = blocks->block();
  if (begins_compact(block)) {
    report.format = compact_name;
    return read_compact(path);
  }
  if (begins_hdf5(block)) {
    report.format = hdf5_name;
    return read_hdf5_requests(path);
  }
  const auto begin = block.find_first_not_of("\xEF\xBB\xBF \t\r\n");
  if (begin != block.npos && (block[begin] == '{' || block[begin] == '['))
    return read_json_requests(*std::move(blocks), report.format);
  std::optional<CsvFormat> format;
  if (!options.columns.empty()) {
    const Result<CsvFormat> map = parse_column_map(options.columns, options.time_unit);
    if (!map) return map.error();
    format = *map;
  }
  auto reader = read_csv_requests(*std::move(blocks), format);
  if (!reader) return reader.error();
  report.format = format->name;
  if (!format->note.empty()) report.notes.push_back(format->note);
  return reader;
}

}  // namespace

Result<OpenRequests> open_requests(const std::string& path, const ImportOptions& options) {
  const auto report = std::make_shared<ImportReport>();
  auto reader = reader_of(path, options, *report);
  if (!reader) return reader.error();
  if (report->format == chained_name)
    report->notes.push_back(
        "calls that follow one another are placed as early as they can be: answers take no time");
  auto ahead = std::make_unique<Ahead>(
      std::make_unique<Import>(path, *std::move(reader), report, options.lenient));
  OpenRequests out{.report = report,
                   .tick = options.tick ? options.tick : clock_tick(ahead->beginning())};
  out.rows = std::move(ahead);
  if (!out.tick || !options.spread) return out;
  report->notes.push_back(fmt::format(
      "the clock of this trace ticks every {}: requests of one time are spread over it, by seed {}",
      format_measure(seconds(*out.tick), "s"), options.seed));
  out.rows = std::make_unique<SpreadBatches>(std::move(out.rows), *out.tick, options.seed);
  return out;
}

Result<serving::RequestTrace> collect(RowSource& rows) {
  serving::RequestTrace out;
  RequestRow row;
  bool sessions = false;
  if (rows.block_tokens() > 0) out.first_hash.push_back(0);
  while (true) {
    const Result<bool> more = rows.next(row);
    if (!more) return more.error();
    if (!*more) break;
    out.arrival.push_back(row.arrival);
    out.prompt.push_back(row.prompt);
    out.output.push_back(row.output);
    out.session.push_back(row.session);
    sessions = sessions || row.session != 0;
    if (out.first_hash.empty()) continue;
    out.hashes.insert(out.hashes.end(), row.hashes.begin(), row.hashes.end());
    out.first_hash.push_back(out.hashes.size());
  }
  if (!sessions) out.session.clear();
  out.block_tokens = rows.block_tokens();
  if (out.hashes.empty()) {
    out.first_hash.clear();
    out.block_tokens = 0;
  }
  return out;
}

Result<serving::RequestTrace> load_requests(const std::string& path, const ImportOptions& options) {
  const Result<OpenRequests> open = open_requests(path, options);
  if (!open) return open.error();
  return collect(*open->rows);
}

}  // namespace fleetsim::requests
