#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tools/commands.h"

namespace fleetsim {

// One line of a benchmark: its parameters and its figures, in the order in which they are shown.
struct BenchRow {
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<std::pair<std::string, double>> figures;
};

struct Bench {
  std::string name;
  std::string question;
  std::vector<BenchRow> (*run)(const BenchOptions& options);
};
const std::vector<Bench>& benches();

// Seconds of processor time of this thread: what a rate is measured by, so that a busy neighbour
// does not count.
double thread_seconds();

std::vector<BenchRow> bench_kernel(const BenchOptions& options);
std::vector<BenchRow> bench_shapes(const BenchOptions& options);
std::vector<BenchRow> bench_queueing(const BenchOptions& options);
std::vector<BenchRow> bench_serving(const BenchOptions& options);
std::vector<BenchRow> bench_solve(const BenchOptions& options);
std::vector<BenchRow> bench_network(const BenchOptions& options);
std::vector<BenchRow> bench_energy(const BenchOptions& options);
std::vector<BenchRow> bench_training(const BenchOptions& options);
std::vector<BenchRow> bench_search(const BenchOptions& options);

}  // namespace fleetsim
