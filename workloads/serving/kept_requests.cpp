#include "workloads/serving/kept_requests.h"

#include <limits>

namespace fleetsim::serving {

void KeptRequests::add(const Request& request, std::uint32_t seat, std::uint32_t tries, int end,
                       Instant seen, Duration tail) {
  ++total_;
  if (rows_.size() < keep_) rows_.push_back({request, seat, tries, end, seen, tail});
}

Table KeptRequests::table() && {
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> arrival, wait, ttft, e2e;
  std::vector<std::int64_t> client, prompt, output, cached, replica, tries, end;
  for (const Row& row : rows_) {
    const Request& request = row.request;
    const bool done = row.end == 0;
    arrival.push_back(seconds(request.arrived - Instant{}));
    wait.push_back(done ? seconds(request.scheduled - request.ready) : nothing);
    ttft.push_back(done ? seconds(row.seen - request.arrived - row.tail) : nothing);
    e2e.push_back(done ? seconds(row.seen - request.arrived) : nothing);
    client.push_back(request.client);
    prompt.push_back(request.prompt);
    output.push_back(request.output);
    cached.push_back(request.cached);
    replica.push_back(row.seat);
    tries.push_back(row.tries);
    end.push_back(row.end);
  }
  Table table{.name = "requests"};
  table.columns.push_back({"arrival", "s", std::move(arrival)});
  table.columns.push_back({"client", "1", std::move(client)});
  table.columns.push_back({"prompt", "token", std::move(prompt)});
  table.columns.push_back({"output", "token", std::move(output)});
  table.columns.push_back({"cached", "token", std::move(cached)});
  table.columns.push_back({"replica", "1", std::move(replica)});
  table.columns.push_back({"tries", "1", std::move(tries)});
  table.columns.push_back({"end", "1", std::move(end)});  // 0: completed; see End
  table.columns.push_back({"wait", "s", std::move(wait)});
  table.columns.push_back({"ttft", "s", std::move(ttft)});
  table.columns.push_back({"e2e", "s", std::move(e2e)});
  table.rows_total = total_;
  return table;
}

}  // namespace fleetsim::serving
