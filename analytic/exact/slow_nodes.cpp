#include "analytic/exact/slow_nodes.h"

#include <cmath>

#include "sim/check.h"

namespace fleetsim::analytic {

SlowNode slow_node(double struck, double lost, const std::optional<Law>& found_after) {
  check(struck >= 0 && lost >= 0, "rates are not negative");
  check(found_after || lost > 0, "a slow node is found or lost some day");
  const double first = found_after ? found_after->laplace(lost) : 0;  // P(found before it is lost)
  SlowNode out{.stay = lost > 0 ? (1 - first) / lost : found_after->mean()};
  const double life = 1 + struck * out.stay;
  out.slow = struck * out.stay / life;
  out.found = struck * first / life;
  return out;
}

SlowJob slow_job(std::int64_t nodes, double slow_share, double slow_down) {
  const double slowed = -std::expm1(static_cast<double>(nodes) * std::log1p(-slow_share));
  return {.slowed = slowed, .pace = 1 - slowed + slowed / slow_down};
}

}  // namespace fleetsim::analytic
