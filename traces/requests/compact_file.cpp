#include "traces/requests/compact_file.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/gzip_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/delimited_message_util.h>

#include <algorithm>
#include <fstream>

#include "sim/printable.h"
#include "traces/requests/request_file.pb.h"

namespace fleetsim::requests {
namespace {

namespace io = google::protobuf::io;
using request_file::Block;
using request_file::Part;

constexpr std::string_view magic = "fleetsim.requests";
constexpr std::uint32_t version = 1;
constexpr int rows_a_block = 16'384, hashes_a_block = 1 << 20;

std::uint64_t sum(const google::protobuf::RepeatedField<std::uint32_t>& counts) {
  std::uint64_t all = 0;
  for (const std::uint32_t count : counts) all += count;
  return all;
}

bool sound(const Block& block) {
  const int rows = block.gap_ns_size();
  const auto fits = [&](int size) { return size == rows || size == 0; };
  const auto some = [](const auto& tokens) {
    return std::all_of(tokens.begin(), tokens.end(), [](std::uint32_t n) { return n > 0; });
  };
  return block.prompt_size() == rows && block.output_size() == rows && fits(block.session_size()) &&
         fits(block.hash_count_size()) && some(block.prompt()) && some(block.output()) &&
         sum(block.hash_count()) == static_cast<std::uint64_t>(block.hash_step_size());
}

class CompactReader : public FormatReader {
 public:
  explicit CompactReader(const std::string& path)
      : path_(path),
        file_(path, std::ios::binary),
        bytes_(&file_) {
    const bool compressed = file_.peek() == 0x1F;
    if (compressed) unzipped_.emplace(&bytes_);
    input_ = compressed ? static_cast<io::ZeroCopyInputStream*>(&*unzipped_) : &bytes_;
  }

  Status begin() {
    if (!next_part() || !part_.has_header() || part_.header().magic() != magic) return damaged();
    if (part_.header().version() != version)
      return Error{printable(path_, 500) + ": is of version " +
                   std::to_string(part_.header().version()) + "; expected version 1"};
    block_tokens_ = part_.header().block_tokens();
    part_.Clear();
    return Done{};
  }

  std::uint32_t block_tokens() const override { return block_tokens_; }

  Result<Outcome> read(RequestRow& row) override {
    while (row_ == part_.block().gap_ns_size()) {
      row_ = hash_ = 0;
      last_hash_ = 0;
      if (!next_part()) return damaged().error();
      if (part_.has_end() && part_.end().requests() == line_) return Outcome::end;
      if (!part_.has_block() || !sound(part_.block())) return damaged().error();
    }
    const Block& block = part_.block();
    const std::uint64_t gap = block.gap_ns(row_);
    if (gap > static_cast<std::uint64_t>(longest_duration.ns - now_.ns)) return damaged().error();
    now_.ns += static_cast<std::int64_t>(gap);
    row.arrival = now_;
    row.prompt = block.prompt(row_);
    row.output = block.output(row_);
    row.session = block.session_size() > 0 ? block.session(row_) : 0;
    row.hashes.clear();
    const auto hashes = block.hash_count_size() > 0 ? block.hash_count(row_) : 0;
    for (std::uint32_t i = 0; i < hashes; ++i)
      row.hashes.push_back(last_hash_ += static_cast<std::uint64_t>(block.hash_step(hash_++)));
    ++row_;
    ++line_;
    return Outcome::row;
  }

 private:
  bool next_part() {
    const google::protobuf::LogSilencer we_say_it_ourselves;
    part_.Clear();  // parsing adds to what is there
    bool clean_end = false;
    return google::protobuf::util::ParseDelimitedFromZeroCopyStream(&part_, input_, &clean_end);
  }
  Status damaged() const {
    return Error{printable(path_, 500) + ": is a compact trace, but cut off or damaged"};
  }

  std::string path_;
  std::ifstream file_;
  io::IstreamInputStream bytes_;
  std::optional<io::GzipInputStream> unzipped_{};
  io::ZeroCopyInputStream* input_ = nullptr;
  std::uint32_t block_tokens_ = 0;
  Part part_{};
  int row_ = 0, hash_ = 0;  // of the block
  std::uint64_t last_hash_ = 0;
  Instant now_{};
};

}  // namespace

bool begins_compact(std::string_view bytes) {
  // Length; the header's tag and length; the magic's tag and length.
  return bytes.size() > 5 && bytes.substr(5).starts_with(magic);
}

Result<std::unique_ptr<FormatReader>> read_compact(const std::string& path) {
  auto reader = std::make_unique<CompactReader>(path);
  if (const Status begun = reader->begin(); !begun) return begun.error();
  return std::unique_ptr<FormatReader>(std::move(reader));
}

struct CompactWriter::State {
  AtomicFile file;
  Part part{};
  std::uint64_t rows = 0, last_hash = 0;
  Instant last{};

  void put() {
    std::string bytes;
    {
      io::StringOutputStream stream(&bytes);
      google::protobuf::util::SerializeDelimitedToZeroCopyStream(part, &stream);
    }
    file.append(bytes);
    part.Clear();
    last_hash = 0;
  }

  void finish_block() {
    Block& block = *part.mutable_block();
    if (std::all_of(block.session().begin(), block.session().end(), [](auto s) { return s == 0; }))
      block.clear_session();
    if (block.hash_step_size() == 0) block.clear_hash_count();
    put();
  }
};

CompactWriter::CompactWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
CompactWriter::CompactWriter(CompactWriter&&) noexcept = default;
CompactWriter::~CompactWriter() = default;

Result<CompactWriter> CompactWriter::create(const std::string& path, std::uint32_t block_tokens) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return file.error();
  auto state = std::make_unique<State>(State{.file = *std::move(file)});
  request_file::Header& header = *state->part.mutable_header();
  header.set_magic(std::string(magic));
  header.set_version(version);
  header.set_block_tokens(block_tokens);
  state->put();
  return CompactWriter(std::move(state));
}

void CompactWriter::add(const RequestRow& row) {
  Block& block = *state_->part.mutable_block();
  block.add_gap_ns(static_cast<std::uint64_t>((row.arrival - state_->last).ns));
  block.add_prompt(row.prompt);
  block.add_output(row.output);
  block.add_session(row.session);
  block.add_hash_count(static_cast<std::uint32_t>(row.hashes.size()));
  for (const std::uint64_t hash : row.hashes) {
    block.add_hash_step(static_cast<std::int64_t>(hash - state_->last_hash));
    state_->last_hash = hash;
  }
  state_->last = row.arrival;
  ++state_->rows;
  if (block.gap_ns_size() >= rows_a_block || block.hash_step_size() >= hashes_a_block)
    state_->finish_block();
}

Status CompactWriter::commit() {
  if (state_->part.block().gap_ns_size() > 0) state_->finish_block();
  state_->part.mutable_end()->set_requests(state_->rows);
  state_->put();
  return state_->file.commit();
}

}  // namespace fleetsim::requests
