#pragma once
#include <cstdint>
#include <vector>

#include "sim/results.h"
#include "workloads/serving/request.h"

namespace fleetsim::serving {

// Single requests for a result file: those that ended first after the warm-up, as many as asked
// for. What did not end well has no times.
class KeptRequests {
 public:
  explicit KeptRequests(std::size_t keep) : keep_(keep) {}

  void add(const Request& request, std::uint32_t seat, std::uint32_t tries, int end, Instant seen,
           Duration tail);
  struct Row {
    Request request;
    std::uint32_t seat, tries;
    int end;  // see End
    Instant seen;
    Duration tail;
  };
  const std::vector<Row>& rows() const { return rows_; }  // in the order of ending
  Table table() &&;

 private:
  std::size_t keep_;
  std::uint64_t total_ = 0;
  std::vector<Row> rows_;
};

}  // namespace fleetsim::serving
