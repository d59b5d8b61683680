#include "analytic/exact/straggler.h"

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <cmath>

#include "analytic/book/arguments.h"
#include "analytic/exact/binomial.h"
#include "analytic/queueing/numeric.h"

namespace fleetsim::analytic {

namespace {

// int_0^inf (P(done) - P(Bin(n, reach F(t)) >= m)) dt. Panels follow the quantiles of the law, so
// that none misses the fall around the m-th answer, and are integrated over ln t, in which the
// tails of all laws on offer are smooth.
double waiting(const Law& law, std::int64_t n, std::int64_t m, double reach, double done) {
  const auto missing = [&](double t) {
    // What is missing is a lower tail, less what never comes: for reach 1 no subtraction is left.
    const double late = binomial_lower(n, m - 1, reach * law.cdf(t));
    return reach < 1 ? late - (1 - done) : late;
  };
  const auto count = static_cast<double>(n);
  const double scale = law.quantile(static_cast<double>(m) / (count + 1)) + law.mean() / count;
  // F is a double near 1, so that 1 - F^n wobbles by n eps: no panel can do better.
  const auto tolerance = [&](double from, double to) {
    return 1e-11 * scale + 4e-16 * count * (to - from);
  };
  double from = law.quantile(0x1p-20);
  double sum = integral(missing, 0, from, tolerance(0, from));
  const auto add = [&](double to) {
    double more = 0;
    if (from > 0)
      more = integral([&](double s) { return missing(std::exp(s)) * std::exp(s); }, std::log(from),
                      std::log(to), tolerance(from, to));
    else
      more = integral(missing, from, to, tolerance(from, to));
    sum += more;
    from = to;
    return more;
  };
  for (int i = -19; i <= 45; ++i)  // levels 2^-19 ... 1/2 ... 1 - 2^-46
    add(law.quantile(i < 0 ? std::ldexp(1, i) : 1 - std::ldexp(0.5, -i)));
  for (int i = 0; i < 60 && add(2 * from) > sum * 1e-15; ++i) {
  }
  return sum;
}

Arguments checked(std::string_view name, const Law& law, std::int64_t m, std::int64_t n) {
  Arguments in(name);
  return in.at_least_one("needed", m)
      .need(m <= n, "needed", static_cast<double>(m), "at most as many as are asked")
      .need(n <= 10'000'000, "asked", static_cast<double>(n), "at most ten million")
      .positive("mean time", law.mean())
      .need(law.cv() <= 10, "cv", law.cv(), "at most 10: beyond, doubles do not reach the tail");
}

}  // namespace

double harmonic(std::int64_t n) {
  if (n <= 0) return 0;
  namespace policies = boost::math::policies;
  using Plain = policies::policy<policies::promote_double<false>>;
  if (n < 100) {
    double sum = 0;
    for (std::int64_t i = n; i > 0; --i) sum += 1 / static_cast<double>(i);
    return sum;
  }
  return boost::math::digamma(static_cast<double>(n) + 1, Plain()) +
         boost::math::constants::euler<double>();
}

Result<double> slowest_exponential(std::int64_t workers, double mean) {
  Arguments in("the slowest of exponential workers");
  in.at_least_one("workers", workers).positive("mean", mean);
  if (!in.fine()) return in.error();
  return mean * harmonic(workers);
}

Result<double> order_statistic(const Law& law, std::int64_t rank, std::int64_t of) {
  const Arguments in = checked("an order statistic", law, rank, of);
  if (!in.fine()) return in.error();
  return waiting(law, of, rank, 1, 1);
}

Result<double> blom_slowest_lognormal(std::int64_t workers, double mu, double sigma) {
  Arguments in("Blom's approximation");
  in.at_least_one("workers", workers);
  if (!in.fine()) return in.error();
  const auto law = Law::lognormal(mu, sigma);
  if (!law) return law.error();
  const auto n = static_cast<double>(workers);
  return law->quantile((n - 0.375) / (n + 0.25));
}

Result<RoundTime> federated_round(const Law& answer, const FederatedRound& round) {
  Arguments in = checked("a federated round", answer, round.needed, round.asked);
  in.need(round.drop_out >= 0 && round.drop_out < 1, "drop_out", round.drop_out,
          "at least 0 and below 1");
  if (!in.fine()) return in.error();
  const double done = binomial_upper(round.asked, round.needed, 1 - round.drop_out);
  in.need(done >= 1e-6, "asked", static_cast<double>(round.asked),
          "more: with these drop-outs the round practically never ends");
  if (!in.fine()) return in.error();
  return RoundTime{done,
                   waiting(answer, round.asked, round.needed, 1 - round.drop_out, done) / done};
}

}  // namespace fleetsim::analytic
