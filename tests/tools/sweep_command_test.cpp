#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/child.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

namespace fleetsim {
namespace {

using nlohmann::json;
using testing_support::fleetsim_says;
using testing_support::Outcome;
using testing_support::TemporaryFolder;

const std::string mmc = SOURCE_DIR "/workloads/scenarios/mmc.textproto";
const std::string servers = "queueing.station[0].servers";
const std::string rate = "queueing.source[0].interarrival.exponential.rate";
const std::string small =
    "sweep " + mmc + " --set 'run.horizon=2000 s' --replications 5 --progress never ";

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

json swept(const std::string& arguments) {
  const Outcome outcome = fleetsim_says(small + arguments + " --format json");
  EXPECT_EQ(outcome.status, 0) << outcome.out;
  return json::parse(outcome.out);
}

// More servers, shorter waits: the best, the front and the first are known beforehand.
TEST(SweepCommand, JsonHasPointsBestFrontAndFirst) {
  const json found = swept("--vary '" + servers + "=8:11:4' --minimize queue.wait.mean " +
                           "--first 'queue.wait.mean<=100 ms'");
  EXPECT_EQ(found["scenario"], "mmc");
  EXPECT_EQ(found["seed"], 1);
  EXPECT_EQ(found["partial"], false);
  ASSERT_EQ(found["points"].size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(found["points"][i]["set"][servers], 8 + i);
  const json& metric = found["points"][0]["metrics"]["queue.wait.mean"];
  EXPECT_EQ(metric["unit"], "s");
  EXPECT_EQ(metric["formula"], "q.mmc");
  EXPECT_NEAR(metric["closed_form"], 0.8769, 1e-4);
  EXPECT_EQ(found["best"]["set"][servers], 11);
  EXPECT_EQ(found["best"]["metric"], "queue.wait.mean");
  EXPECT_EQ(found["best"]["mean"], found["points"][3]["metrics"]["queue.wait.mean"]["mean"]);
  EXPECT_TRUE(found["best"]["indistinguishable"].is_array());
  EXPECT_TRUE(found["pareto"].empty());
  ASSERT_EQ(found["first"].size(), 1u);
  EXPECT_EQ(found["first"][0]["condition"], "queue.wait.mean <= 100 ms");
  EXPECT_EQ(found["first"][0]["set"][servers], 10);

  const json two = swept("--vary '" + servers + "=8:10:3' --minimize queue.wait.mean " +
                         "--maximize queue.utilization");
  EXPECT_TRUE(two["best"].is_null());
  ASSERT_EQ(two["pareto"].size(), 3u);  // each has the shorter wait or the higher use
  EXPECT_EQ(two["pareto"][0]["set"][servers], 10);
  EXPECT_EQ(two["pareto"][0]["means"].size(), 2u);
}

// A point of a sweep is that point run alone.
TEST(SweepCommand, APointIsWhatRunFinds) {
  const json found = swept("--vary '" + rate + "=5 /s,6 /s' --vary " + servers + "=7,8");
  const Outcome alone =
      fleetsim_says("run " + mmc + " --set 'run.horizon=2000 s' --replications 5 --set '" + rate +
                    "=6 /s' --set " + servers + "=7 --format json");
  EXPECT_EQ(found["points"][2]["metrics"], json::parse(alone.out)["metrics"]);
}

// Beside the checkpoint window that is best stand those that formulas hold for best.
TEST(SweepCommand, FormulasStandBesideTheBestPoint) {
  const std::string window = "training[0].checkpoint.interval";
  const Outcome outcome = fleetsim_says(
      "sweep " SOURCE_DIR "/workloads/scenarios/hundred_thousand_gpus.textproto --vary '" + window +
      "=3 min,4 min,7 min' --maximize training.goodput --replications 10 --progress never");
  EXPECT_EQ(outcome.status, 0) << outcome.out;
  EXPECT_TRUE(holds(outcome.out, "first-order Young-Daly")) << outcome.out;
  EXPECT_TRUE(holds(outcome.out, "best at " + window + " = 4 min")) << outcome.out;
  EXPECT_TRUE(holds(outcome.out, "formulas: c.young 5.47")) << outcome.out;
  EXPECT_TRUE(holds(outcome.out, "c.lambert 5.14")) << outcome.out;
  EXPECT_TRUE(holds(outcome.out, "formulas: c.ettr 0.6")) << outcome.out;
}

TEST(SweepCommand, TheTableMarksItsPoints) {
  const Outcome table =
      fleetsim_says(small + "--vary '" + servers + "=8:11:4' --minimize queue.wait.mean " +
                    "--subject-to 'queue.utilization>=70 %' --first 'queue.wait.mean<0.1'");
  EXPECT_EQ(table.status, 0);
  EXPECT_TRUE(holds(table.out, "station[0].servers  queue.wait.mean ± 95 %  closed form"));
  EXPECT_TRUE(holds(table.out, "  best, first\n")) << table.out;
  EXPECT_TRUE(holds(table.out, "  violates\n"));
  EXPECT_TRUE(holds(table.out, "best at " + servers + " = 10: queue.wait.mean "));
  EXPECT_TRUE(holds(table.out, "queue.wait.mean < 0.1 first at " + servers + " = 10\n"));
  EXPECT_FALSE(holds(table.out, "\x1b"));
  const Outcome unasked = fleetsim_says(small + "--vary '" + servers + "=8,9'");
  EXPECT_TRUE(holds(unasked.out, "more metrics differ from point to point"));
  EXPECT_FALSE(holds(unasked.out, "queue.blocked"));
  const Outcome globs =
      fleetsim_says(small + "--vary '" + servers + "=8,9' --show '*.p9?' --show queue.length");
  EXPECT_TRUE(holds(globs.out, "queue.sojourn.p99 ±") && holds(globs.out, "queue.length ±"));
  EXPECT_FALSE(holds(globs.out, "queue.wait.p50") || holds(globs.out, "queue.wait.p999"));
}

TEST(SweepCommand, CsvHasARowForEachPointAndMetric) {
  const Outcome csv = fleetsim_says(small + "--vary '" + rate + "=5 /s,6 /s' --format csv");
  const json found = swept("--vary '" + rate + "=5 /s,6 /s'");
  EXPECT_TRUE(csv.out.starts_with("point," + rate + ",metric,unit,mean,"));
  EXPECT_TRUE(holds(csv.out, "\n1,6 /s,queue.wait.mean,s,"));
  const auto lines = std::count(csv.out.begin(), csv.out.end(), '\n');
  EXPECT_EQ(lines, 1 + 2 * static_cast<long>(found["points"][0]["metrics"].size()));
}

TEST(SweepCommand, MisuseIsOneMessage) {
  const std::string axis = "--vary " + servers + "=8,9 ";
  const std::pair<std::string, const char*> table[] = {
      {"", "nothing to vary"},
      {"--vary " + servers + "=8:x:3", "--vary"},
      {axis + "--minimize queue.wiat.mean", "did you mean \"queue.wait.mean\""},
      {axis + "--minimize 'queue.*'", "no metric"},
      {axis + "--minimize queue.length --maximize queue.utilization --maximize queue.wait.p50",
       "one objective, or two"},
      {axis + "--subject-to 'queue.wait.mean<=5 kg'", "is a mass"},
      {axis + "--subject-to 'queue.wait.mean'", "is no constraint"},
      {axis + "--first 'queue.wiat.mean>1 s'", "did you mean"},
      {axis + "--sample lhs:2 --first 'queue.wait.mean>1 s'", "--sample"},
      {axis + "--show 'nothing*'", "nothing*"},
      {axis + "--until queue.wait.mean", "PRECISION"},
      {axis + "--resume", "-o"},
  };
  for (const auto& [arguments, message] : table) {
    const Outcome outcome = fleetsim_says(small + arguments + " 2>&1");
    EXPECT_EQ(outcome.status, 2) << arguments;
    EXPECT_TRUE(holds(outcome.out, message)) << outcome.out;
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1) << outcome.out;
  }
  EXPECT_EQ(fleetsim_says(small + axis + "-o /no/such/folder/x.h5 2>/dev/null").status, 3);
  EXPECT_EQ(fleetsim_says(small + axis + "-o /dev/full 2>/dev/null").status, 3);
}

// A few seconds of work on one thread, in points of a few tenths.
class SweepRuns : public testing::Test {
 protected:
  std::string arguments(const std::string& more) const {
    return "sweep " + mmc + " --set 'run.horizon=12000 s' --replications 8 --vary '" + servers +
           "=8:23:16' --minimize queue.sojourn.mean --format json --quiet -o " + h5() + " " + more;
  }
  std::string h5() const { return folder_ / "s.h5"; }
  std::string part() const { return h5() + ".part"; }

  // As the sweep that nothing disturbed.
  void expect_the_whole(const Outcome& outcome) {
    EXPECT_EQ(outcome.status, 0);
    const std::string bytes = testing_support::read_bytes(h5());
    const Outcome whole = fleetsim_says(arguments(""));
    EXPECT_EQ(outcome.out, whole.out);
    EXPECT_EQ(bytes, testing_support::read_bytes(h5()));
    EXPECT_EQ(folder_.names(), std::set<std::string>{"s.h5"});
  }

  TemporaryFolder folder_;
};

TEST_F(SweepRuns, OneThatIsKilledIsResumed) {
  const std::string command = "exec " FLEETSIM_PROGRAM " " + arguments("--threads 1 >/dev/null");
  const pid_t child = testing_support::start_child([&] {
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    return 127;
  });
  for (int i = 0; i < 6000 && !std::filesystem::exists(part()); ++i) ::usleep(10'000);
  ::kill(child, SIGKILL);
  ASSERT_EQ(testing_support::wait_for(child), -SIGKILL) << "it was done before it was killed";
  ASSERT_TRUE(std::filesystem::exists(part()));
  EXPECT_FALSE(std::filesystem::exists(h5()));
  EXPECT_EQ(fleetsim_says(arguments("--seed 2 --resume 2>/dev/null")).status, 2);
  for (const std::string& name : folder_.names())  // of a save that was cut off
    if (name.find(".tmp.") != std::string::npos) std::filesystem::remove(folder_ / name);
  expect_the_whole(fleetsim_says(arguments("--resume")));
}

TEST_F(SweepRuns, OneThatIsInterruptedIsPartialAndResumed) {
  const Outcome cut = fleetsim_says(arguments("--threads 1 & pid=$!; while [ ! -e " + part() +
                                              " ]; do sleep 0.02; done; kill -INT $pid; "
                                              "wait $pid; exit $?"));
  EXPECT_EQ(cut.status, 130);
  const json found = json::parse(cut.out);
  EXPECT_EQ(found["partial"], true);
  EXPECT_LT(found["points"].size(), 16u);
  EXPECT_EQ(folder_.names(), std::set<std::string>{"s.h5"});
  expect_the_whole(fleetsim_says(arguments("--resume")));
  EXPECT_EQ(fleetsim_says(arguments("--resume")).status, 0);  // nothing left to do
}

}  // namespace
}  // namespace fleetsim
