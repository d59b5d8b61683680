#include "traces/requests/request_statistics.h"

namespace fleetsim::requests {

Result<RequestStatistics> statistics_of(RowSource& rows) {
  RequestStatistics statistics;
  RequestRow row;
  while (true) {
    const Result<bool> more = rows.next(row);
    if (!more) return more.error();
    if (!*more) return statistics;
    statistics.add(row, rows.block_tokens());
  }
}

}  // namespace fleetsim::requests
