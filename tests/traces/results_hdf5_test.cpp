#include "traces/results_hdf5.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include <bit>
#include <cstdlib>

#include "tests/support/child.h"
#include "tests/support/sample_results.h"
#include "tests/support/temporary_folder.h"

namespace fleetsim {
namespace {

using namespace testing_support;
using Names = std::set<std::string>;

// The same lines as dump_hdf5.py prints, made from what was written.
std::string show(double number) {
  return fmt::format("{:016x}", std::bit_cast<std::uint64_t>(number));
}
std::string show(std::int64_t number) {
  return std::to_string(number);
}
std::string show(std::string text) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;)
    text.replace(at, 1, "\\n");
  return text;
}

std::string expected_metrics(const Results& r) {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  std::string lines =
      "/metrics@ci_level=" + show(0.95) +
      "\n/metrics has name unit mean ci_low ci_high closed_form formula agrees note rivals\n";
  for (const MetricResult& m : r.metrics) {
    std::string rivals;
    for (const RivalValue& rival : m.rivals)
      rivals += fmt::format("{} = {}\\n", rival.formula, rival.value);
    lines += fmt::format("/metrics: {}|{}|{}|{}|{}|{}|{}|{}|{}|{}\n", m.spec.name, m.spec.unit,
                         show(m.estimate.mean), show(m.estimate.low), show(m.estimate.high),
                         show(m.closed_form.value_or(missing)), m.formula,
                         m.agrees ? int{*m.agrees} : -1, show(m.note), rivals);
  }
  return lines;
}

std::string expected_requests(const Table& table) {
  std::string lines = fmt::format("/requests@rows_total={}\n", table.rows_total);
  for (const std::size_t i : {1u, 0u}) {  // h5py lists names in alphabetic order
    const TableColumn& column = table.columns[i];
    const std::string path = "/requests/" + column.name;
    lines += path + "@unit=" + column.unit + "\n" + path + " compressed by gzip\n";
    const auto add = [&](const auto& values) {
      for (const auto value : values) lines += path + ": " + show(value) + "\n";
    };
    std::visit(add, column.values);
  }
  return lines;
}

std::string expected_dump(const Results& r) {
  std::string lines = fmt::format(
      "/@build_id={}\n/@events={}\n/@partial=false\n/@replications={}\n"
      "/@resolved_scenario={}\n/@scenario={}\n/@scenario_text={}\n/@seed={}\n/@simulated_s={}\n"
      "/@version={}\n/@warm_up_s={}\n",
      r.build_id, r.events, r.replications, r.resolved_text, r.scenario, show(r.scenario_text),
      r.seed, show(r.simulated_s), r.version, show(r.warm_up_s));
  lines += "/findings has metric text\n/findings: " + r.findings[0].metric + "|";
  lines += r.findings[0].text + "\n" + expected_metrics(r);
  for (const std::size_t i : {2u, 0u, 1u}) {  // alphabetic
    const std::string path = "/replications/" + r.metrics[i].spec.name;
    lines += path + "@unit=" + r.metrics[i].spec.unit + "\n";
    for (const double value : r.metrics[i].values) lines += path + ": " + show(value) + "\n";
  }
  lines += expected_requests(r.tables[0]);
  const std::string series = "/series/" + r.series[0].name;
  lines += series + "@t_unit=s\n" + series + "@unit=1\n" + series + " has t value\n";
  for (std::size_t i = 0; i < r.series[0].t.size(); ++i)
    lines += fmt::format("{}: {}|{}\n", series, show(r.series[0].t[i]), show(r.series[0].value[i]));
  return lines;
}

TEST(ResultsHdf5, H5pySeesTheSameBits) {
  if (std::system("/usr/bin/python3 -c 'import h5py' 2>/dev/null") != 0)
    GTEST_SKIP() << "python3-h5py is not installed";
  const TemporaryFolder folder;
  const Results r = sample_results();
  ASSERT_TRUE(write_results_hdf5(r, folder / "r.h5"));
  const std::string command = "/usr/bin/python3 " SOURCE_DIR "/tests/traces/dump_hdf5.py '" +
                              folder / "r.h5" + "' > '" + folder / "dump" + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const std::string dump = read_bytes(folder / "dump");
  const std::string expected = expected_dump(r);
  EXPECT_TRUE(dump == expected)
      << "first difference: "
      << std::mismatch(dump.begin(), dump.end(), expected.begin(), expected.end()).first -
             dump.begin()
      << "\n"
      << dump.substr(0, 500);
}

TEST(ResultsHdf5, ReplicationsReadBackToTheSameBits) {
  const TemporaryFolder folder;
  const Results r = sample_results();
  ASSERT_TRUE(write_results_hdf5(r, folder / "r.h5"));
  const Result<SavedReplications> saved = read_replications(folder / "r.h5");
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(saved->version, r.version);
  EXPECT_EQ(saved->build_id, r.build_id);
  EXPECT_EQ(saved->resolved_text, r.resolved_text);
  EXPECT_EQ(saved->seed, r.seed);
  EXPECT_EQ(saved->replications, r.replications);
  EXPECT_EQ(saved->events, r.events);
  ASSERT_EQ(saved->metrics.size(), r.metrics.size());
  for (std::size_t i = 0; i < r.metrics.size(); ++i) {
    EXPECT_EQ(saved->metrics[i].name, r.metrics[i].spec.name);
    ASSERT_EQ(saved->metrics[i].values.size(), r.metrics[i].values.size());
    for (std::size_t k = 0; k < r.metrics[i].values.size(); ++k)
      EXPECT_EQ(show(saved->metrics[i].values[k]), show(r.metrics[i].values[k]));
  }
}

TEST(ResultsHdf5, EmptyRunIsAFileToo) {
  const TemporaryFolder folder;
  Results r;
  r.tables = {{.name = "requests",
               .columns = {{.name = "wait", .unit = "s", .values = std::vector<double>{}}}}};
  ASSERT_TRUE(write_results_hdf5(r, folder / "r.h5"));
  const Result<SavedReplications> saved = read_replications(folder / "r.h5");
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_TRUE(saved->metrics.empty());
}

TEST(ResultsHdf5, EqualRunsMakeEqualBytes) {
  const TemporaryFolder folder;
  Results r = sample_results();
  ASSERT_TRUE(write_results_hdf5(r, folder / "a.h5"));
  r.wall_s *= 2;
  // HDF5 stamps whole seconds: give a stamp the time to show.
  const timespec over_a_second{.tv_sec = 1, .tv_nsec = 100'000'000};
  ::nanosleep(&over_a_second, nullptr);
  ASSERT_TRUE(write_results_hdf5(r, folder / "b.h5"));
  EXPECT_TRUE(read_bytes(folder / "a.h5") == read_bytes(folder / "b.h5"));
  r.seed -= 1;
  ASSERT_TRUE(write_results_hdf5(r, folder / "c.h5"));
  EXPECT_FALSE(read_bytes(folder / "a.h5") == read_bytes(folder / "c.h5"));
}

TEST(ResultsHdf5, NameThatHdf5CannotHoldIsAnError) {
  const TemporaryFolder folder;
  Results r = sample_results();
  r.metrics[0].spec.name = "no/such/group";
  const Status written = write_results_hdf5(r, folder / "r.h5");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("no/such/group"), std::string::npos);
  EXPECT_EQ(folder.names(), Names{});
}

void expect_input_error(const std::string& path) {
  const Result<SavedReplications> saved = read_replications(path);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().kind, Error::Kind::input);
  EXPECT_NE(saved.error().message.find(path), std::string::npos) << saved.error().message;
}

TEST(ResultsHdf5, TruncatedFilesAreErrors) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_results_hdf5(sample_results(), folder / "r.h5"));
  const std::string whole = read_bytes(folder / "r.h5");
  for (std::size_t part = 0; part < 40; ++part) {
    SCOPED_TRACE(part);
    write_bytes(folder / "part.h5", whole.substr(0, whole.size() * part / 40));
    expect_input_error(folder / "part.h5");
  }
  write_bytes(folder / "part.h5", whole.substr(0, whole.size() - 1));
  expect_input_error(folder / "part.h5");
}

TEST(ResultsHdf5, ForeignFilesAreErrors) {
  const TemporaryFolder folder;
  write_bytes(folder / "text", "metric,unit\n");
  expect_input_error(folder / "text");
  expect_input_error(folder.path());
  const Result<SavedReplications> missing = read_replications(folder / "none.h5");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, Error::Kind::environment);
}

TEST(ResultsHdf5, FullDiskIsAnError) {
  const TemporaryFolder folder;
  const Results r = sample_results();
  const Status written = write_results_hdf5(r, "/dev/full");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, Error::Kind::environment);
  const int status = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {65'536, 65'536};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    return write_results_hdf5(r, folder / "r.h5") ? 2 : 0;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(folder.names(), Names{});
}

// Whenever a writer is killed, the file is the whole old one or the whole new one.
TEST(ResultsHdf5, KilledWriterLeavesAWholeFile) {
  const TemporaryFolder folder;
  const Results r = sample_results();
  ASSERT_TRUE(write_results_hdf5(r, folder / "r.h5"));
  const std::string whole = read_bytes(folder / "r.h5");
  for (long delay_ms = 1; delay_ms <= 20; ++delay_ms) {
    const pid_t child = start_child([&] {
      while (write_results_hdf5(r, folder / "r.h5")) {
      }
      return 1;
    });
    const timespec delay{.tv_sec = 0, .tv_nsec = delay_ms * 1'000'000};
    ::nanosleep(&delay, nullptr);
    ::kill(child, SIGKILL);
    EXPECT_EQ(wait_for(child), -SIGKILL);
    EXPECT_TRUE(read_bytes(folder / "r.h5") == whole) << "killed after " << delay_ms << " ms";
  }
}

}  // namespace
}  // namespace fleetsim
