#pragma once
#include "sim/tally.h"
#include "traces/requests/arrival_counts.h"
#include "traces/requests/prefix_counts.h"
#include "traces/requests/token_counts.h"

namespace fleetsim::requests {

// All that `trace info` tells of a trace, from one pass over its rows. Memory grows with different
// lengths, hashes and sessions, not with rows.
class RequestStatistics {
 public:
  void add(const RequestRow& row, std::uint32_t block_tokens) {
    arrivals_.add(row.arrival);
    prompt_.add(row.prompt);
    output_.add(row.output);
    // Co-moment by the update of Chan, Golub and LeVeque, as in sim/tally.h.
    const double step = row.prompt - prompts_.mean();
    prompts_.add(row.prompt);
    outputs_.add(row.output);
    products_ += step * (row.output - outputs_.mean());
    if (!row.hashes.empty()) prefixes_.add(row, block_tokens);
    if (row.session == 0) return;
    ++turns_;
    sessions_.insert(row.session);
  }

  const ArrivalCounts& arrivals() const { return arrivals_; }
  const TokenCounts& prompt() const { return prompt_; }
  const TokenCounts& output() const { return output_; }
  const PrefixCounts& prefixes() const { return prefixes_; }
  std::uint64_t sessions() const { return sessions_.size(); }
  std::uint64_t turns() const { return turns_; }  // requests of sessions
  double correlation() const {  // of prompt and output lengths (Pearson); 0 where one is constant
    const double scale = prompts_.deviation() * outputs_.deviation();
    return scale > 0 ? products_ / (static_cast<double>(prompts_.count() - 1) * scale) : 0;
  }

 private:
  ArrivalCounts arrivals_{};
  TokenCounts prompt_{}, output_{};
  PrefixCounts prefixes_{};
  NumberSet sessions_{};
  Tally prompts_{}, outputs_{};
  double products_ = 0;
  std::uint64_t turns_ = 0;
};

// Reads all rows.
Result<RequestStatistics> statistics_of(RowSource& rows);

}  // namespace fleetsim::requests
