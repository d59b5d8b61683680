#include "workloads/training/cadence.h"

#include <algorithm>

namespace fleetsim::training {

std::size_t Cadence::level_of(std::int64_t n) const {
  std::size_t level = deeper.size();
  while (n % every(level) != 0) --level;
  return level;
}

Duration Cadence::group(std::size_t level) const {
  Duration sum = interval + write;
  for (std::size_t i = 1; i <= level; ++i)
    sum = every(i) / every(i - 1) * sum - write_to(i - 1) + write_to(i);
  return sum;
}

Duration Cadence::until(std::int64_t n) const {
  Duration sum{};
  for (std::size_t i = deeper.size() + 1; i-- > 0; n %= every(i))
    sum = sum + n / every(i) * group(i);
  return sum;
}

// The last group of a level within one of the next level ends in a deeper write, so it is not whole
// and the count goes on inside of it.
std::int64_t Cadence::whole_in(Duration t) const {
  std::int64_t n = 0;
  for (std::size_t i = deeper.size() + 1; i-- > 0;) {
    std::int64_t groups = t.ns / group(i).ns;
    if (i < deeper.size()) groups = std::min(groups, every(i + 1) / every(i) - 1);
    n += groups * every(i);
    t = t - groups * group(i);
  }
  return n;
}

}  // namespace fleetsim::training
