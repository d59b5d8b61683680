#include "analytic/exact/stock.h"

#include "analytic/queueing/numeric.h"

namespace fleetsim::analytic {

Stock stock_of_parts(double rate, double lead, std::uint64_t stock) {
  const double mean = rate * lead;
  Stock out{.short_of = poisson_upper(stock, mean)};
  // sum_{k > S} P(X >= k): the terms fall beyond the mean, and below it they are nearly one.
  for (std::uint64_t k = stock + 1;; ++k) {
    const double term = poisson_upper(k, mean);
    out.waiting += term;
    if (static_cast<double>(k) > mean && term <= 1e-17 * out.waiting) return out;
  }
}

}  // namespace fleetsim::analytic
