#include "workloads/training/failure_log.h"

#include <utility>

namespace fleetsim::training {

void FailureLog::add(const Row& row) {
  ++total_;
  if (rows_.size() < most_) rows_.push_back(row);
}

Table FailureLog::table() const {
  std::vector<double> t;
  std::vector<std::int64_t> job, cause, node, hit;
  for (const Row& row : rows_) {
    t.push_back(row.t);
    job.push_back(row.job);
    cause.push_back(row.cause);
    node.push_back(row.node);
    hit.push_back(row.hit);
  }
  return {.name = "failures",
          .columns = {{"at", "s", std::move(t)},
                      {"job", "1", std::move(job)},
                      {"component", "1", std::move(cause)},
                      {"node", "1", std::move(node)},
                      {"nodes_hit", "1", std::move(hit)}},
          .rows_total = total_};
}

}  // namespace fleetsim::training
