#include "workloads/queueing/visit_table.h"

#include <algorithm>

namespace fleetsim::queueing {

Table visit_table(const Replication& replication) {
  std::vector<double> arrival, sojourn, wait;
  std::vector<std::int64_t> source;
  for (const System::Visit& visit : replication.visits) {
    arrival.push_back(seconds(visit.entered - Instant{}));
    sojourn.push_back(seconds(visit.sojourn));
    wait.push_back(seconds(std::max(Duration{}, visit.sojourn - visit.work)));
    source.push_back(visit.source);
  }
  Table table{.name = "requests"};
  table.columns.push_back({"arrival", "s", std::move(arrival)});
  table.columns.push_back({"sojourn", "s", std::move(sojourn)});
  table.columns.push_back({"wait", "s", std::move(wait)});
  table.columns.push_back({"source", "1", std::move(source)});
  table.rows_total = replication.visits_total;
  return table;
}

}  // namespace fleetsim::queueing
