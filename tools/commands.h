#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/progress.h"

namespace fleetsim {

// Exit statuses that scripts may rely on (CONTRACT, section 2).
enum Exit : int {
  done = 0,
  check_failed = 1,
  bad_input = 2,
  bad_environment = 3,
  interrupted = 130
};

enum class Format : std::uint8_t { text, json, csv };

// What run, validate and bench have in common.
struct CommonOptions {
  std::uint32_t threads = 0;  // 0: one a core
  std::string seed;           // as written: the scenario's rules check it
  Format format = Format::text;
  Progress::When progress = Progress::When::automatic;
  bool quiet = false;
};

// What run and sweep have in common: how to run a scenario, and where the results go.
struct ExperimentWords {
  CommonOptions common{};
  std::string scenario{};
  std::vector<std::string> sets{};
  std::string replications{};
  std::string until{};   // METRIC:1%
  std::string output{};  // results as HDF5
  bool resume = false;

  std::vector<std::string> all_sets() const {
    std::vector<std::string> all = sets;
    if (!common.seed.empty()) all.push_back("run.seed=" + common.seed);
    if (!replications.empty()) all.push_back("run.replications=" + replications);
    return all;
  }
};

struct RunOptions : ExperimentWords {
  std::string trace{};  // replication 0 as Chrome trace
  bool strict = false;
};
int run_command(const RunOptions& options);

struct SweepOptions : ExperimentWords {
  std::vector<std::string> vary{};
  std::string sample{};  // random:N or lhs:N
  std::vector<std::string> minimize{}, maximize{};
  std::vector<std::string> subject_to{}, first{}, show{};
};
int sweep_command(const SweepOptions& options);

struct CheckOptions {
  std::vector<std::string> scenarios, sets;
  bool print = false, fields = false;
};
int check_command(const CheckOptions& options);

struct ValidateOptions {
  CommonOptions common;
  std::vector<std::string> globs;
  bool list = false;
};
int validate_command(const ValidateOptions& options);

struct BenchOptions {
  CommonOptions common;
  std::string name = "kernel";
  std::uint64_t largest = 10'000'000;  // pending events
  std::uint64_t events = 3'000'000;    // timed in each row
};
int bench_command(const BenchOptions& options);

}  // namespace fleetsim
