#include "analytic/exact/checkpoint_laws.h"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <vector>

#include "analytic/book/arguments.h"
#include "analytic/exact/checkpoint.h"
#include "analytic/queueing/birth_death.h"

namespace fleetsim::analytic {

namespace {

namespace policies = boost::math::policies;
using Plain = policies::policy<policies::promote_double<false>>;

// sum_{j>=1} P(X >= start + j step) for a Weibull X; lengths in units of its scale.
double upper_sum(double shape, double start, double step) {
  constexpr int exactly = 4096;
  const auto upper = [shape](double t) { return std::exp(-std::pow(t, shape)); };
  double sum = 0;
  for (int j = 1; j < exactly; ++j) {
    const double term = upper(start + j * step);
    sum += term;
    if (term <= sum * 1e-18) return sum;
  }
  const double from = start + exactly * step;
  const double power = std::pow(from, shape);
  const double rest = boost::math::tgamma(1 / shape, power, Plain()) / shape;
  const double slope = -shape * power / from * upper(from);
  return sum + rest / step + upper(from) / 2 - slope * step / 12;
}

}  // namespace

Result<WeibullCheckpoint> checkpoint_weibull(const WeibullCheckpointPlan& plan) {
  Arguments in("Weibull checkpointing");
  in.need(plan.shape >= 0.1 && plan.shape <= 20, "shape", plan.shape, "between 0.1 and 20");
  if (!in.fine()) return in.error();
  const auto constant = checkpoint_exact({plan.interval, plan.write, plan.restart, plan.mtbf});
  if (!constant) return constant.error();
  const double scale = plan.mtbf / boost::math::tgamma(1 + 1 / plan.shape, Plain());
  const double kept =
      upper_sum(plan.shape, plan.restart / scale, (plan.interval + plan.write) / scale);
  const double goodput = plan.interval / plan.mtbf * kept;
  in.need(goodput > 0, "interval", plan.interval,
          "shorter: at this MTBF the work practically never ends");
  if (!in.fine()) return in.error();
  return WeibullCheckpoint{goodput, constant->goodput, constant->goodput / goodput - 1};
}

Result<Ettr> expected_ettr(const EttrPlan& plan) {
  Arguments in("ETTR");
  in.at_least_one("nodes", plan.nodes)
      .positive("failure_rate", plan.failure_rate)
      .nonnegative("restart", plan.restart)
      .positive("interval", plan.interval)
      .positive("write", plan.write)
      .nonnegative("queue", plan.queue);
  const double rate = static_cast<double>(plan.nodes) * plan.failure_rate;
  const double lost = rate * (plan.restart + plan.interval / 2);
  in.need(lost < 1, "interval", plan.interval,
          "shorter: the first-order ratio is negative where nodes x failure_rate x (restart + "
          "interval/2) >= 1; use exact_checkpoint");
  if (!in.fine()) return in.error();
  const auto exact = checkpoint_exact({plan.interval, plan.write, plan.restart, 1 / rate});
  if (!exact) return exact.error();
  const double waits = 1 + rate * plan.queue;
  return Ettr{(1 - lost) / (1 + plan.write / plan.interval) / waits, exact->goodput / waits,
              std::sqrt(2 * plan.write / rate)};
}

Result<ReplicaLife> replica_life(std::int64_t pairs, double mtbf) {
  Arguments in("replication");
  in.at_least_one("pairs", pairs).positive("mtbf", mtbf);
  if (!in.fine()) return in.error();
  const auto n = static_cast<double>(pairs);
  // 4^n / C(2n, n) = sqrt(pi) Gamma(n + 1) / Gamma(n + 1/2).
  const double half_ratio = boost::math::tgamma_delta_ratio(n + 0.5, 0.5, Plain());
  const double failures = 1 + std::sqrt(std::acos(-1.0)) / half_ratio;
  return ReplicaLife{failures, failures * mtbf / (2 * n)};
}

Result<ReplicaCheckpoint> checkpoint_replicated(const ReplicaCheckpointPlan& plan) {
  const auto life = replica_life(plan.pairs, plan.mtbf);
  if (!life) return life.error();
  const auto constant = checkpoint_exact({plan.interval, plan.write, plan.restart, life->time});
  if (!constant) return constant.error();
  const double step = plan.interval + plan.write;
  constexpr double most_terms = 1e7, lives = 10;  // beyond those none is left
  Arguments in("replicated checkpointing");
  in.need(life->time * lives / step < most_terms, "interval", plan.interval,
          "longer: there are ten million in ten lives");
  if (!in.fine()) return in.error();
  const auto alive = [&](double t) {
    const double dead = -std::expm1(-t / plan.mtbf);
    return std::exp(static_cast<double>(plan.pairs) * std::log1p(-dead * dead));
  };
  double kept = 0;
  for (double term = 1, j = 1; term > kept * 1e-18; ++j)
    kept += term = alive(plan.restart + j * step);
  in.need(kept > 0, "interval", plan.interval,
          "shorter: at this MTBF the work practically never ends");
  if (!in.fine()) return in.error();
  return ReplicaCheckpoint{plan.interval / life->time * kept, constant->goodput};
}

Result<Elastic> elastic_throughput(const ElasticPlan& plan) {
  Arguments in("elastic training");
  in.at_least_one("replicas", plan.replicas)
      .at_least_one("least", plan.least)
      .at_least_one("crews", plan.crews)
      .positive("mtbf", plan.mtbf)
      .positive("mttr", plan.mttr)
      .need(plan.least <= plan.replicas, "least", static_cast<double>(plan.least),
            "at most replicas")
      .need(plan.replicas <= 10'000'000, "replicas", static_cast<double>(plan.replicas),
            "at most ten million");
  if (!in.fine()) return in.error();
  std::vector<double> fail, mend;
  for (std::int64_t down = 0; down < plan.replicas; ++down) {
    fail.push_back(static_cast<double>(plan.replicas - down) / plan.mtbf);
    mend.push_back(static_cast<double>(std::min(down + 1, plan.crews)) / plan.mttr);
  }
  const auto share = birth_death(fail, mend);
  if (!share) return share.error();
  Elastic out{0, 0, 0};
  for (std::int64_t down = plan.replicas; down >= 0; --down) {  // smallest shares first
    const double p = (*share)[static_cast<std::size_t>(down)];
    const auto up = static_cast<double>(plan.replicas - down);
    out.mean_replicas += p * up;
    if (plan.replicas - down < plan.least)
      out.stopped += p;
    else
      out.throughput += p * up / static_cast<double>(plan.replicas);
  }
  return out;
}

}  // namespace fleetsim::analytic
