#include "traces/chrome_trace.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace fleetsim {
namespace {

using namespace testing_support;
using Json = nlohmann::json;

const std::vector<Record> history = {
    {.when = {1}, .what = "queue.service", .who = 1, .shape = Record::Shape::begin},
    {.when = {1'500}, .what = "queue.service", .who = 2, .shape = Record::Shape::begin},
    {.when = {2'000}, .what = "queue.length", .value = 2.5, .shape = Record::Shape::counter},
    {.when = {3'000}, .what = "queue.service", .who = 1, .shape = Record::Shape::end},
    {.when = {9'223'372'036'854'775'807},
     .what = "queue.lost",
     .who = 18'446'744'073'709'551'615u,
     .value = std::numeric_limits<double>::quiet_NaN()},
};

TEST(ChromeTrace, EachRecordIsAnEvent) {
  const TemporaryFolder folder;
  auto trace = ChromeTrace::create(folder / "t.json");
  ASSERT_TRUE(trace);
  trace->write(std::span(history).first(2));
  trace->write(std::span(history).subspan(2));
  ASSERT_TRUE(trace->finish());

  const std::string text = read_bytes(folder / "t.json");
  const Json json = Json::parse(text);
  EXPECT_EQ(json["displayTimeUnit"], "ns");
  const Json& events = json["traceEvents"];
  ASSERT_EQ(events.size(), 1 + history.size());
  EXPECT_EQ(events[0]["ph"], "M");
  const std::string phases = "bbCen";
  const std::vector<double> microseconds = {0.001, 1.5, 2, 3};
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Json& event = events[i + 1];
    EXPECT_EQ(event["name"], history[i].what);
    EXPECT_EQ(event["cat"], history[i].what);
    EXPECT_EQ(event["ph"], phases.substr(i, 1));
    EXPECT_EQ(event["id"], std::to_string(history[i].who));
    if (i < microseconds.size()) {
      EXPECT_EQ(event["ts"], microseconds[i]);
    }
  }
  EXPECT_EQ(events[3]["args"]["value"], 2.5);
  EXPECT_FALSE(events[5].contains("args")) << "NaN is no JSON";
  // The last instant that the clock knows keeps its last nanosecond.
  EXPECT_NE(text.find("\"ts\":9223372036854775.807"), std::string::npos);
}

TEST(ChromeTrace, EmptyHistoryIsWholeJson) {
  const TemporaryFolder folder;
  auto trace = ChromeTrace::create(folder / "t.json");
  ASSERT_TRUE(trace);
  ASSERT_TRUE(trace->finish());
  EXPECT_EQ(Json::parse(read_bytes(folder / "t.json"))["traceEvents"].size(), 1u);
}

TEST(ChromeTrace, UnfinishedLeavesNothing) {
  const TemporaryFolder folder;
  {
    auto trace = ChromeTrace::create(folder / "t.json");
    ASSERT_TRUE(trace);
    trace->write(history);
  }
  EXPECT_TRUE(folder.names().empty());
}

TEST(ChromeTrace, FullDiskIsAnError) {
  auto trace = ChromeTrace::create("/dev/full");
  ASSERT_TRUE(trace);
  for (int i = 0; i < 10'000; ++i) trace->write(history);
  const Status finished = trace->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().kind, Error::Kind::environment);
}

TEST(ChromeTrace, MissingFolderIsAnErrorAtOnce) {
  EXPECT_FALSE(ChromeTrace::create("/no/such/folder/t.json"));
}

}  // namespace
}  // namespace fleetsim
