#include "traces/requests/line_blocks.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>

#include "sim/printable.h"
#include "traces/read_file.h"

namespace fleetsim::requests {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;
constexpr std::size_t longest_line = std::size_t{16} << 20;

gzFile handle(void* file) {
  return static_cast<gzFile>(file);
}

}  // namespace

void LineBlocks::Close::operator()(void* file) const {
  gzclose_r(handle(file));
}

Result<LineBlocks> LineBlocks::open(const std::string& path) {
  if (const Status there = readable(path); !there) return there.error();
  std::unique_ptr<void, Close> file(gzopen(path.c_str(), "rb"));
  if (!file)
    return Error{printable(path, 500) + ": can't be read: " + std::strerror(errno),
                 Error::Kind::environment};
  gzbuffer(handle(file.get()), 1u << 17);
  return LineBlocks(path, std::move(file));
}

Result<bool> LineBlocks::fill() {
  const std::size_t had = buffer_.size();
  buffer_.resize(had + block_bytes);
  const int count = gzread(handle(file_.get()), buffer_.data() + had, block_bytes);
  buffer_.resize(had + static_cast<std::size_t>(std::max(count, 0)));
  int code = Z_OK;
  const char* why = gzerror(handle(file_.get()), &code);
  if (code == Z_ERRNO)
    return Error{printable(path_, 500) + ": can't be read: " + std::strerror(errno),
                 Error::Kind::environment};
  if (count < 0 || (code != Z_OK && code != Z_STREAM_END))
    return Error{fmt::format("{}: is compressed by gzip, but cut off or damaged ({})",
                             printable(path_, 500), printable(why))};
  return count > 0;
}

Result<bool> LineBlocks::next() {
  buffer_.erase(0, size_);
  size_ = 0;
  std::size_t searched = 0;
  while (!ended_) {
    const Result<bool> more = fill();
    if (!more) return more.error();
    ended_ = !*more;
    const auto end = std::string_view(buffer_).substr(searched).rfind('\n');
    if (end != buffer_.npos) {
      size_ = searched + end + 1;
      return true;
    }
    searched = buffer_.size();
    if (searched > longest_line)
      return Error{printable(path_, 500) + ": has a line longer than 16 MiB; expected requests, " +
                   "one a line"};
  }
  size_ = buffer_.size();
  return size_ > 0;
}

}  // namespace fleetsim::requests
