#pragma once
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sim/pooled_quantile.h"
#include "sim/results.h"
#include "workloads/model.h"

namespace fleetsim {

// What all replications observed of each distribution, in at most `most` sections, so that memory
// does not grow with the number of replications. Counts are whole numbers, so the order in which
// threads add does not matter.
class Sections {
 public:
  static constexpr std::uint64_t most = 256;

  // Adds to section `unit % most`; units are independent of one another. From any thread.
  void add(std::uint64_t unit, const std::vector<Distribution>& seen);
  void clear() { by_name_.clear(); }

  // The estimate of a metric such as "queue.wait.p99", if it is a quantile of something observed.
  std::optional<Estimate> estimate(const std::string& metric, double level) const;

  // For the result file of a run that is to be resumed.
  Table table() const;
  bool read(const Table& table);  // false: not what table() makes

 private:
  struct Named {
    std::string name;
    std::vector<QuantileSketch> section;
  };
  Named& named(const std::string& name);

  std::mutex mutex_;
  std::vector<Named> by_name_;
};

}  // namespace fleetsim
