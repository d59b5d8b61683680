#pragma once
#include <deque>
#include <memory>
#include <optional>

#include "sim/stream.h"
#include "traces/requests/request_row.h"

namespace fleetsim::requests {

// Clocks that tick slowly make requests come in batches: Mooncake's tick every 3 s, so that 1,180
// times stand for 12,031 requests. Such a batch is spread evenly by chance over the time to the
// next tick, in its own order.

// The tick of a trace that begins with these rows; none if fewer than two requests share a time on
// average, or too few times are known.
std::optional<Duration> clock_tick(const std::deque<RequestRow>& beginning);

class SpreadBatches : public RowSource {
 public:
  SpreadBatches(std::unique_ptr<RowSource> rows, Duration tick, std::uint64_t seed);

  Result<bool> next(RequestRow& row) override;
  std::uint32_t block_tokens() const override { return rows_->block_tokens(); }

 private:
  Status read_batch();

  std::unique_ptr<RowSource> rows_;
  Duration tick_;
  Stream chance_;
  std::deque<RequestRow> batch_{};
  std::optional<RequestRow> ahead_{};  // the first of the next batch
};

}  // namespace fleetsim::requests
