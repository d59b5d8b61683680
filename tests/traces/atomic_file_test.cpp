#include "traces/atomic_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "tests/support/child.h"
#include "tests/support/temporary_folder.h"

namespace fleetsim {
namespace {

using namespace testing_support;
using Names = std::set<std::string>;

constexpr std::size_t megabyte = 1'000'000;

void expect_environment_error(const Status& status, const std::string& path) {
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, Error::Kind::environment);
  EXPECT_NE(status.error().message.find(path), std::string::npos) << status.error().message;
  EXPECT_EQ(status.error().message.find('\n'), std::string::npos) << status.error().message;
}

TEST(AtomicFile, WritesAllOfIt) {
  const TemporaryFolder folder;
  std::string bytes(3 * megabyte, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i % 251);
  ASSERT_TRUE(write_whole(folder / "x", bytes));
  EXPECT_EQ(read_bytes(folder / "x"), bytes);
  ASSERT_TRUE(write_whole(folder / "x", ""));
  EXPECT_EQ(read_bytes(folder / "x"), "");
  EXPECT_EQ(folder.names(), Names{"x"});
}

TEST(AtomicFile, NothingShowsBeforeTheCommit) {
  const TemporaryFolder folder;
  write_bytes(folder / "x", "old");
  {
    auto file = AtomicFile::create(folder / "x");
    ASSERT_TRUE(file);
    file->append(std::string(megabyte, 'n'));
    EXPECT_EQ(read_bytes(folder / "x"), "old");
    EXPECT_EQ(folder.names().size(), 2u);
  }
  EXPECT_EQ(read_bytes(folder / "x"), "old");
  EXPECT_EQ(folder.names(), Names{"x"});
}

TEST(AtomicFile, LinkLeadsToWhatItNames) {
  const TemporaryFolder folder;
  write_bytes(folder / "real", "old");
  std::filesystem::create_symlink("real", folder / "link");
  ASSERT_TRUE(write_whole(folder / "link", "new"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(read_bytes(folder / "real"), "new");
}

// Somebody else's link under the temporary name must not be followed.
TEST(AtomicFile, StaleTemporaryIsReplacedNotFollowed) {
  const TemporaryFolder folder;
  write_bytes(folder / "victim", "precious");
  std::filesystem::create_symlink("victim", folder / ("x.tmp." + std::to_string(::getpid())));
  ASSERT_TRUE(write_whole(folder / "x", "new"));
  EXPECT_EQ(read_bytes(folder / "victim"), "precious");
  EXPECT_EQ(folder.names(), (Names{"victim", "x"}));
}

TEST(AtomicFile, DeviceIsWrittenNotReplaced) {
  ASSERT_TRUE(write_whole("/dev/null", "x"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(AtomicFile, BadPlacesAreErrors) {
  const TemporaryFolder folder;
  expect_environment_error(write_whole(folder / "no/such/x", "x"), folder / "no/such/x");
  expect_environment_error(write_whole(folder.path(), "x"), folder.path());
  expect_environment_error(write_whole("/dev/full", "x"), "/dev/full");
  expect_environment_error(write_whole(folder / std::string(300, 'n'), "x"), folder.path());
  expect_environment_error(write_whole("", "x"), "");
  EXPECT_EQ(folder.names(), Names{});
}

// Root may write anywhere, so the child becomes nobody first.
TEST(AtomicFile, FolderThatMayNotBeWrittenIsAnError) {
  const TemporaryFolder folder;
  const int status = in_child([&] {
    ::chmod(folder.path().c_str(), 0555);
    if (::geteuid() == 0 && ::setuid(65534) != 0) return 1;
    const Status written = write_whole(folder / "x", "x");
    return !written && written.error().kind == Error::Kind::environment ? 0 : 2;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(folder.names(), Names{});
}

// A limit on file size stands in for a full disk: both stop a write half-way.
TEST(AtomicFile, FullDiskLeavesNothing) {
  const TemporaryFolder folder;
  write_bytes(folder / "x", "old");
  const int status = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {megabyte, megabyte};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    const Status written = write_whole(folder / "x", std::string(2 * megabyte, 'n'));
    return !written && written.error().kind == Error::Kind::environment ? 0 : 2;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read_bytes(folder / "x"), "old");
  EXPECT_EQ(folder.names(), Names{"x"});
}

TEST(AtomicFile, KilledWriterLeavesNothingUnderTheName) {
  const TemporaryFolder folder;
  const int status = in_child([&] {
    auto file = AtomicFile::create(folder / "x");
    file->append(std::string(2 * megabyte, 'n'));
    return ::kill(::getpid(), SIGKILL);
  });
  EXPECT_EQ(status, -SIGKILL);
  EXPECT_FALSE(folder.names().contains("x"));
  EXPECT_EQ(folder.names().size(), 1u) << "the test must kill in the middle";
}

}  // namespace
}  // namespace fleetsim
