#include "workloads/serving/token_gaps.h"

#include <algorithm>

#include "sim/check.h"

namespace fleetsim::serving {

void TokenGaps::made(Fine at, std::int64_t sequences) {
  if (!pauses_.empty() && pauses_.back().since == at)
    pauses_.back().sequences += sequences;
  else
    pauses_.push_back({at, sequences});
}

void TokenGaps::left(Fine since) {
  const auto found = std::find_if(pauses_.begin(), pauses_.end(), [&](const Pause& pause) {
    return pause.since == since && pause.sequences > 0;
  });
  check(found != pauses_.end(), "a sequence has made its last token once");
  --found->sequences;
}

// The first pass ends pauses that began at different times; from then on all make a token with each
// pass. Gaps of equal bucket are counted at once.
void TokenGaps::count(Fine row_begin, const Pace& pace, std::int64_t from, std::int64_t upto,
                      std::int64_t sequences) {
  const Fine first = row_begin + pace.passes(from + 1);
  for (const Pause& pause : pauses_) {
    const Fine gap = first - pause.since;
    if (pause.sequences > 0)
      sketch_.add(nanoseconds_of(gap), static_cast<std::uint64_t>(pause.sequences));
    sum_ += gap * pause.sequences;
  }
  const Fine end = row_begin + pace.passes(upto);
  sum_ += sequences * (end - first);
  for (std::int64_t k = from + 1; k < upto;) {
    const double gap = nanoseconds_of(pace.pass(k)), edge = QuantileSketch::bucket_end(gap);
    std::int64_t next = k + 1, high = upto;  // seeks the first whose gap is beyond the bucket
    while (next < high) {
      const std::int64_t middle = next + (high - next) / 2;
      if (nanoseconds_of(pace.pass(middle)) < edge)
        next = middle + 1;
      else
        high = middle;
    }
    if (next - k > 1) sketch_.add(gap, static_cast<std::uint64_t>(sequences * (next - k - 1)));
    sketch_.add(nanoseconds_of(pace.pass(next - 1)), static_cast<std::uint64_t>(sequences));
    k = next;
  }
  pauses_.clear();
  made(end, sequences);
}

}  // namespace fleetsim::serving
