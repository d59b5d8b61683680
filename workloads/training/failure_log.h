#pragma once
#include <cstdint>
#include <vector>

#include "sim/results.h"

namespace fleetsim::training {

// What struck the nodes of a run, a row each: its cause and the nodes hit; -1 where it hit no job,
// or nobody knows which node.
class FailureLog {
 public:
  struct Row {
    double t = 0;
    std::int64_t job = -1, cause = 0, node = -1, hit = 1;
  };
  explicit FailureLog(std::size_t most) : most_(most) {}  // rows that are kept

  void add(const Row& row);
  Table table() const;

 private:
  std::size_t most_;
  std::vector<Row> rows_;
  std::uint64_t total_ = 0;
};

}  // namespace fleetsim::training
