#include "traces/requests/hdf5_requests.h"

#include <algorithm>

#include "sim/printable.h"
#include "traces/atomic_file.h"
#include "traces/hdf5_file.h"

namespace fleetsim::requests {
namespace {

constexpr const char* format_mark = "fleetsim requests 1";

using Column = std::vector<std::int64_t>;

template <class Values>
Column as_column(const Values& values) {
  Column out;
  out.reserve(values.size());
  for (const auto value : values) out.push_back(static_cast<std::int64_t>(value));
  return out;
}

class Hdf5Rows : public FormatReader {
 public:
  std::uint32_t tokens = 0;
  Column arrival{}, prompt{}, output{}, session{}, first_hash{}, hashes{};

  std::uint32_t block_tokens() const override { return tokens; }

  // One length for all; hashes that begin where those before have ended.
  bool sound() const {
    const std::size_t rows = arrival.size();
    const auto is_tokens = [](std::int64_t n) { return n > 0 && n <= UINT32_MAX; };
    const auto is_session = [](std::int64_t n) { return n >= 0 && n <= UINT32_MAX; };
    if (prompt.size() != rows || output.size() != rows) return false;
    if (!session.empty() && session.size() != rows) return false;
    if (!std::all_of(prompt.begin(), prompt.end(), is_tokens) ||
        !std::all_of(output.begin(), output.end(), is_tokens) ||
        !std::all_of(session.begin(), session.end(), is_session))
      return false;
    if (std::any_of(arrival.begin(), arrival.end(),
                    [](std::int64_t t) { return t < 0 || t > longest_duration.ns; }))
      return false;
    if (first_hash.empty()) return hashes.empty();
    return first_hash.size() == rows + 1 && first_hash.front() == 0 &&
           std::is_sorted(first_hash.begin(), first_hash.end()) &&
           first_hash.back() == static_cast<std::int64_t>(hashes.size());
  }

  Result<Outcome> read(RequestRow& row) override {
    if (line_ == arrival.size()) return Outcome::end;
    const std::size_t i = line_++;
    row.arrival = {arrival[i]};
    row.prompt = static_cast<std::uint32_t>(prompt[i]);
    row.output = static_cast<std::uint32_t>(output[i]);
    row.session = session.empty() ? 0 : static_cast<std::uint32_t>(session[i]);
    row.hashes.clear();
    if (first_hash.empty()) return Outcome::row;
    for (auto h = first_hash[i]; h < first_hash[i + 1]; ++h)
      row.hashes.push_back(static_cast<std::uint64_t>(hashes[static_cast<std::size_t>(h)]));
    return Outcome::row;
  }
};

}  // namespace

bool begins_hdf5(std::string_view bytes) {
  return bytes.starts_with("\x89HDF\r\n\x1A\n");
}

Status write_hdf5_requests(const std::string& path, const serving::RequestTrace& trace) {
  Column arrival;
  for (const Instant t : trace.arrival) arrival.push_back(t.ns);
  Hdf5Image image;
  image.attribute("/", "format", format_mark);
  image.attribute("/", "block_tokens", std::uint64_t{trace.block_tokens});
  image.column("/arrival_ns", arrival);
  image.column("/prompt_tokens", as_column(trace.prompt));
  image.column("/output_tokens", as_column(trace.output));
  if (!trace.session.empty()) image.column("/session", as_column(trace.session));
  if (!trace.first_hash.empty()) {
    image.column("/first_hash", as_column(trace.first_hash));
    image.column("/hashes", as_column(trace.hashes));
  }
  const Result<std::string> bytes = image.image();
  if (!bytes) return bytes.error();
  return write_whole(path, *bytes);
}

Result<std::unique_ptr<FormatReader>> read_hdf5_requests(const std::string& path) {
  const Result<Hdf5Reader> file = Hdf5Reader::open(path);
  if (!file) return file.error();
  const Error other{printable(path, 500) +
                    ": is an HDF5 file, but no request trace as trace convert writes them"};
  const Result<std::string> format = file->text_attribute("format");
  if (!format || *format != format_mark) return other;
  const Result<std::uint64_t> tokens = file->number_attribute("block_tokens");
  if (!tokens || *tokens > UINT32_MAX) return other;
  auto rows = std::make_unique<Hdf5Rows>();
  rows->tokens = static_cast<std::uint32_t>(*tokens);
  const auto take = [&](const char* name, Column& column) -> Status {
    auto values = file->whole_numbers(name);
    if (!values) return values.error();
    column = *std::move(values);
    return Done{};
  };
  for (const auto& [name, column] : {std::pair{"/arrival_ns", &rows->arrival},
                                     {"/prompt_tokens", &rows->prompt},
                                     {"/output_tokens", &rows->output}})
    if (const Status read = take(name, *column); !read) return read.error();
  for (const auto& [name, column] : {std::pair{"/session", &rows->session},
                                     {"/first_hash", &rows->first_hash},
                                     {"/hashes", &rows->hashes}})
    if (file->has(name))
      if (const Status read = take(name, *column); !read) return read.error();
  if (!rows->sound()) return Error{printable(path, 500) + ": its columns contradict each other"};
  return std::unique_ptr<FormatReader>(std::move(rows));
}

}  // namespace fleetsim::requests
