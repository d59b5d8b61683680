#include "traces/read_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include "sim/nearest.h"
#include "sim/printable.h"

namespace fleetsim {
namespace {

Error missing(const std::string& path) {
  const std::filesystem::path wanted(path);
  const auto folder = wanted.has_parent_path() ? wanted.parent_path() : std::filesystem::path(".");
  std::vector<std::string> names;
  std::error_code problem;  // a folder that can't be listed suggests nothing
  for (std::filesystem::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem))
    names.push_back(entry->path().filename().string());
  return {printable(path, 500) + ": there is no such file" +
          did_you_mean(wanted.filename().string(), names)};
}

Error unreadable(const std::string& path, const char* reason) {
  return {printable(path, 500) + ": can't be read: " + reason, Error::Kind::environment};
}

using OpenFile = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

Result<OpenFile> open_file(const std::string& path) {
  if (path.find('\0') != path.npos)
    return Error{in_quotes(path, 500) + " is not the name of a file"};
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem))
    return Error{printable(path, 500) + ": is a folder; expected a file"};
  OpenFile file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG)) return missing(path);
  if (!file) return unreadable(path, std::strerror(errno));
  return file;
}

}  // namespace

Status readable(const std::string& path) {
  const Result<OpenFile> file = open_file(path);
  if (!file) return file.error();
  return Done{};
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const Result<OpenFile> opened = open_file(path);
  if (!opened) return opened.error();
  const OpenFile& file = *opened;
  std::string bytes;
  std::vector<char> block(std::size_t{1} << 16);
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get())) {
    bytes.append(block.data(), count);
    if (bytes.size() > limit)
      return Error{printable(path, 500) + ": is larger than " + std::to_string(limit >> 20) +
                   " MiB; expected a smaller file"};
  }
  if (std::ferror(file.get()) != 0) return unreadable(path, std::strerror(errno));
  return bytes;
}

}  // namespace fleetsim
