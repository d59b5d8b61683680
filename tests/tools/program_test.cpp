#include "tests/support/program.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/temporary_folder.h"

namespace fleetsim {
namespace {

using testing_support::fleetsim_says;
using testing_support::Outcome;
using testing_support::TemporaryFolder;

const std::string mm1 = SOURCE_DIR "/workloads/scenarios/mm1.textproto";
const std::string small = " --set 'run.horizon=20000 s' --set 'run.warm_up=1000 s' ";

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(Program, HelpPagesEndWithExamples) {
  EXPECT_TRUE(holds(fleetsim_says("--version").out, "fleetsim 0."));
  const Outcome top = fleetsim_says("--help");
  EXPECT_EQ(top.status, 0);
  for (const char* command : {"run", "sweep", "check", "validate", "bench"}) {
    EXPECT_TRUE(holds(top.out, command));
    const Outcome page = fleetsim_says(std::string(command) + " --help");
    EXPECT_EQ(page.status, 0);
    EXPECT_GE(times(page.out, std::string("fleetsim ") + command), 2u) << page.out;
  }
}

// A line of the table: what is typed, the exit status, and what the message must hold.
struct Misuse {
  const char* arguments;
  int status;
  const char* message;
};

TEST(Program, MisuseIsOneMessageAndAnExitStatus) {
  const Misuse table[] = {
      {"nonsense", 2, "no command \"nonsense\""},
      {"rnu x", 2, "did you mean \"run\"?"},
      {"", 2, "subcommand"},
      {"run", 2, "SCENARIO"},
      {"run x --thraeds 2", 2, "--threads"},
      {"run x --threads 0", 2, "threads"},
      {"run x --threads two", 2, "threads"},
      {"run x --format yaml", 2, "format"},
      {"run no_such.textproto", 2, "no_such.textproto"},
      {"run MM1 --set run.replicatoins=3", 2, "replications"},
      {"run MM1 --set run.horizon=3", 2, "run.horizon"},
      {"run MM1 --seed -1", 2, "run.seed=-1"},
      {"run MM1 --seed 18446744073709551616", 2, "run.seed=18446744073709551616"},
      {"run MM1 --replications 0", 2, "run.replications=0"},
      {"run MM1 --replications 1.5", 2, "run.replications=1.5"},
      {"validate q.mm1 --seed x", 2, "run.seed=x"},
      {"run MM1 --until queue.wait.mean", 2, "PRECISION"},
      {"run MM1 --until queue.wait.mean:0%", 2, "between 0 % and 100 %"},
      {"run MM1 --until queue.wait.mean:1kg", 2, "1kg"},
      {"run MM1 -o /no/such/folder/x.h5", 3, "/no/such/folder"},
      {"run MM1 --resume", 2, "-o"},
      {"validate q.mm0", 2, "q.mm"},
      {"bench kernl", 2, "kernel"},
  };
  for (const Misuse& use : table) {
    std::string arguments = use.arguments;
    if (const std::size_t at = arguments.find("MM1"); at != std::string::npos)
      arguments.replace(at, 3, mm1 + small);
    const Outcome outcome = fleetsim_says(arguments + " 2>&1");
    EXPECT_EQ(outcome.status, use.status) << use.arguments << ": " << outcome.out;
    EXPECT_TRUE(holds(outcome.out, use.message)) << use.arguments << ": " << outcome.out;
    EXPECT_EQ(times(outcome.out, "\n"), 1u) << use.arguments << ": " << outcome.out;
  }
}

TEST(Program, RunPrintsATableAndWritesTheFile) {
  const TemporaryFolder folder;
  const std::string h5 = folder.path() + "/r.h5", trace = folder.path() + "/t.json";
  const Outcome outcome =
      fleetsim_says("run " + mm1 + small + " -o " + h5 + " --trace " + trace + " 2>&1");
  EXPECT_EQ(outcome.status, 0) << outcome.out;
  EXPECT_TRUE(holds(outcome.out, "queue.sojourn.mean"));
  EXPECT_TRUE(holds(outcome.out, "agrees"));
  EXPECT_FALSE(holds(outcome.out, "\x1b"));
  EXPECT_TRUE(std::filesystem::exists(h5));
  EXPECT_TRUE(nlohmann::json::accept(testing_support::read_bytes(trace)));
  EXPECT_EQ(folder.names().size(), 2u) << "temporary files are left";
}

TEST(ProgramThreads, JsonIsTheSameForAnyNumberOfThreads) {
  const auto metrics = [&](const char* threads) {
    const Outcome outcome =
        fleetsim_says("run " + mm1 + small + "--format json --quiet --threads " + threads);
    EXPECT_EQ(outcome.status, 0);
    return nlohmann::json::parse(outcome.out)["metrics"];
  };
  EXPECT_EQ(metrics("1"), metrics("2"));
}

TEST(Program, AFullDiskIsAnErrorOfTheEnvironment) {
  EXPECT_EQ(fleetsim_says("run " + mm1 + small + "-o /dev/full 2>/dev/null").status, 3);
  EXPECT_EQ(fleetsim_says("run " + mm1 + small + ">/dev/full 2>/dev/null").status, 3);
}

TEST(Program, AnInterruptedRunKeepsWhatIsDone) {
  const TemporaryFolder folder;
  const std::string out = folder.path() + "/out.json", h5 = folder.path() + "/r.h5";
  const Outcome outcome =
      fleetsim_says("run " + mm1 + small + "--replications 1000000 --format json --quiet -o " + h5 +
                    " > " + out + " & pid=$!; sleep 1; kill -INT $pid; wait $pid; exit $?");
  EXPECT_EQ(outcome.status, 130);
  const nlohmann::json results = nlohmann::json::parse(testing_support::read_bytes(out));
  EXPECT_EQ(results["partial"], true);
  EXPECT_GT(results["replications"], 0);
  EXPECT_LT(results["replications"], 1000000);
  EXPECT_TRUE(std::filesystem::exists(h5));
}

TEST(Program, StrictTurnsADisagreementIntoExitOne) {
  // Far too short for a steady state, and not warmed up: the closed form cannot hold.
  const std::string cold = "run " + mm1 +
                           " --set 'run.horizon=20 s' --set 'run.warm_up=0 s' --replications 500 "
                           "--quiet";
  EXPECT_EQ(fleetsim_says(cold).status, 0);
  EXPECT_EQ(fleetsim_says(cold + " --strict").status, 1);
}

// What the header of each promises is in its twin; --strict turns a difference into exit 1.
TEST(ProgramSlow, EveryShippedScenarioAgreesWithItsClosedForms) {
  std::size_t run = 0;
  for (const auto& file : std::filesystem::directory_iterator(SOURCE_DIR "/workloads/scenarios")) {
    const std::string path = file.path().string();
    EXPECT_EQ(fleetsim_says("run --strict --quiet " + path).status, 0) << path;
    ++run;
  }
  EXPECT_GE(run, 19u);
}

TEST(Program, CheckPrintsTheResolvedScenario) {
  const Outcome printed = fleetsim_says("check --print " + mm1);
  EXPECT_EQ(printed.status, 0);
  EXPECT_TRUE(holds(printed.out, "discipline: FCFS"));
  const TemporaryFolder folder;
  const std::string again = folder.path() + "/again.textproto";
  std::ofstream(again) << printed.out;
  EXPECT_EQ(fleetsim_says("check --print " + again).out, printed.out);
  EXPECT_TRUE(holds(fleetsim_says("check --fields").out, "run.horizon"));
}

TEST(Program, BenchmarksRunSmall) {
  for (const char* name : {"kernel --largest 1000 --events 2000",
                           "shapes --largest 1000 --events 2000", "queueing --events 2000"}) {
    const Outcome outcome = fleetsim_says(std::string("bench ") + name + " --format json");
    ASSERT_EQ(outcome.status, 0) << name;
    const nlohmann::json rows = nlohmann::json::parse(outcome.out)["rows"];
    EXPECT_GE(rows.size(), 3u);
    for (const auto& row : rows) EXPECT_GT(row["events_per_s"], 0);
  }
}

TEST(Program, BenchTrainingKeepsItsPromises) {
  const Outcome outcome = fleetsim_says("bench training --events 3000 --format json");
  ASSERT_EQ(outcome.status, 0);
  nlohmann::json rows = nlohmann::json::parse(outcome.out)["rows"];
  ASSERT_EQ(rows.size(), 8u);
  EXPECT_EQ(rows.back()["threads"], 2);
  EXPECT_GT(rows.back()["ratio"], 0);
  rows.erase(rows.size() - 1);
  EXPECT_EQ(rows[3]["failures"], rows[4]["failures"]);  // whatever the step
  for (const auto& row : rows) {
    EXPECT_GT(row["failures"], 0);
    EXPECT_LT(row["megabytes"], 400);
    EXPECT_LT(row["ms_a_replication"], 6000);  // for slow machines three times what is asked for
  }
}

TEST(Program, BenchNetworkRunsSmall) {
  const Outcome outcome = fleetsim_says("bench network --events 3000 --format json");
  ASSERT_EQ(outcome.status, 0);
  const nlohmann::json rows = nlohmann::json::parse(outcome.out)["rows"];
  EXPECT_GE(rows.size(), 3u);
  for (const auto& row : rows) {
    EXPECT_GT(row["changes_per_s"], 0);
    EXPECT_LT(row["megabytes"], 200);
  }
}

TEST(Program, BenchEnergyRunsSmall) {
  const Outcome outcome = fleetsim_says("bench energy --events 3000 --format json");
  ASSERT_EQ(outcome.status, 0);
  const nlohmann::json rows = nlohmann::json::parse(outcome.out)["rows"];
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["sites"], 1);
  EXPECT_EQ(rows[1]["sites"], 151);
  for (const auto& row : rows) {
    EXPECT_GT(row["changes_per_s"], 0);
    EXPECT_LT(row["megabytes"], 100);
  }
}

TEST(Program, BenchKernelReportsRatioAndMemory) {
  const Outcome outcome = fleetsim_says("bench kernel --largest 1000 --events 5000 --format json");
  const nlohmann::json rows = nlohmann::json::parse(outcome.out)["rows"];
  const nlohmann::json& last = rows.back();
  EXPECT_EQ(last["pending"], 1000);
  EXPECT_DOUBLE_EQ(last["ratio"].get<double>(), last["events_per_s"].get<double>() /
                                                    last["baseline_events_per_s"].get<double>());
  EXPECT_LE(last["bytes_per_event"].get<double>(), 64);
}

}  // namespace
}  // namespace fleetsim
