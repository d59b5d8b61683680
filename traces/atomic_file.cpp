#include "traces/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace fleetsim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t buffer_size = std::size_t{1} << 18;

Error cannot_write(const std::string& path, int error) {
  std::string why = std::generic_category().message(error);
  if (error == ENOENT) why = "its folder does not exist";
  return {"cannot write " + path + ": " + why, Error::Kind::environment};
}

// A name kept from an earlier process of the same number is nobody's by now; never follow a link
// that somebody else left under it.
int create_temporary(const std::string& name) {
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  int file = ::open(name.c_str(), flags, 0666);
  if (file < 0 && errno == EEXIST && ::unlink(name.c_str()) == 0)
    file = ::open(name.c_str(), flags, 0666);
  return file;
}

// Puts the rename itself on the disk. Not every file system can; the data is safe by then.
void sync_folder(const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

struct AtomicFile::State {
  std::string path;       // as the user gave it, for messages
  std::string target;     // where it goes in the end
  std::string temporary;  // where it grows; empty when written straight
  std::string buffer;
  int file = -1;
  int error = 0;  // errno of the first failure

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    close();
    if (!temporary.empty()) ::unlink(temporary.c_str());
  }

  void flush() {
    std::string_view left = buffer;
    while (error == 0 && !left.empty()) {
      const ssize_t n = ::write(file, left.data(), left.size());
      if (n < 0 && errno != EINTR) error = errno;
      if (n > 0) left.remove_prefix(static_cast<std::size_t>(n));
    }
    buffer.clear();
  }

  // Closing may be where a remote disk first says that it is full.
  void close() {
    if (file >= 0 && ::close(std::exchange(file, -1)) != 0 && error == 0) error = errno;
  }
};

AtomicFile::AtomicFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
AtomicFile::AtomicFile(AtomicFile&&) noexcept = default;
AtomicFile::~AtomicFile() = default;

Result<AtomicFile> AtomicFile::create(const std::string& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  std::error_code failed;
  const fs::file_status there = fs::status(path, failed);
  if (fs::is_directory(there)) return cannot_write(path, EISDIR);
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    state->file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    if (fs::exists(there) && ::access(path.c_str(), W_OK) != 0) return cannot_write(path, errno);
    state->target = fs::exists(there) ? fs::canonical(path, failed).string() : path;
    const std::string temporary = state->target + ".tmp." + std::to_string(::getpid());
    state->file = create_temporary(temporary);
    if (state->file >= 0) state->temporary = temporary;
  }
  if (state->file < 0) return cannot_write(path, errno);
  return AtomicFile(std::move(state));
}

void AtomicFile::append(std::string_view bytes) {
  check(state_ != nullptr, "a file that is committed grows no more");
  state_->buffer.append(bytes);
  if (state_->buffer.size() >= buffer_size) state_->flush();
}

Status AtomicFile::commit() {
  check(state_ != nullptr, "a file is committed once");
  const auto state = std::move(state_);
  state->flush();
  const bool renames = !state->temporary.empty();
  if (renames && state->error == 0 && ::fsync(state->file) != 0) state->error = errno;
  state->close();
  if (state->error == 0 && renames) {
    if (::rename(state->temporary.c_str(), state->target.c_str()) == 0) {
      state->temporary.clear();
      sync_folder(state->target);
    } else {
      state->error = errno;
    }
  }
  if (state->error != 0) return cannot_write(state->path, state->error);
  return Done{};
}

Status write_whole(const std::string& path, std::string_view bytes) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return file.error();
  file->append(bytes);
  return file->commit();
}

Status try_writing(const std::string& path) {
  const Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return file.error();
  return Done{};
}

}  // namespace fleetsim
