#include "analytic/exact/shocks.h"

#include <cmath>

#include "analytic/book/arguments.h"
#include "analytic/exact/binomial.h"

namespace fleetsim::analytic {

namespace {

Arguments checked(const ShockPlan& plan) {
  Arguments in("rack shocks");
  return in.at_least_one("nodes", plan.nodes)
      .at_least_one("per_rack", plan.per_rack)
      .at_least_one("lost_together", plan.lost_together)
      .nonnegative("node_rate", plan.node_rate)
      .nonnegative("rack_rate", plan.rack_rate)
      .fraction("struck", plan.struck)
      .need(plan.per_rack >= 1 && plan.nodes % plan.per_rack == 0, "nodes",
            static_cast<double>(plan.nodes), "a multiple of per_rack");
}

}  // namespace

Result<Shocks> rack_shocks(const ShockPlan& plan) {
  Arguments in = checked(plan);
  in.need(plan.node_rate + plan.rack_rate * plan.struck > 0, "node_rate", plan.node_rate,
          "above zero, unless racks are struck");
  if (!in.fine()) return in.error();
  const auto nodes = static_cast<double>(plan.nodes);
  const auto per_rack = static_cast<double>(plan.per_rack);
  const double alone = nodes * plan.node_rate;
  const double struck = nodes / per_rack * plan.rack_rate;
  Shocks out;
  out.kill_rate = alone + struck * binomial_upper(plan.per_rack, 1, plan.struck);
  out.together_rate = struck * binomial_upper(plan.per_rack, plan.lost_together, plan.struck) +
                      (plan.lost_together == 1 ? alone : 0);
  out.together = out.together_rate / out.kill_rate;
  out.node_failure_rate = plan.node_rate + plan.rack_rate * plan.struck;
  out.mean_lost = nodes * out.node_failure_rate / out.kill_rate;
  return out;
}

Result<PairSurvival> pair_survival(const ShockPlan& plan, double time) {
  Arguments in = checked(plan);
  in.nonnegative("time", time);
  if (!in.fine()) return in.error();
  const double one = plan.node_rate + plan.rack_rate * plan.struck;
  const double both = plan.rack_rate * plan.struck * plan.struck;  // counted twice in 2 * one
  return PairSurvival{std::exp(-(2 * one - both) * time), std::exp(-2 * one * time)};
}

Result<Sdc> silent_corruption(const SdcPlan& plan) {
  Arguments in("silent corruption");
  in.nonnegative("corruption_rate", plan.corruption_rate)
      .positive("check", plan.check)
      .nonnegative("latency", plan.latency);
  if (!in.fine()) return in.error();
  const double x = plan.corruption_rate * plan.check;
  // 1/(1 - e^-x) - 1/x = 1/2 + x/12 - x^3/720 + ...; the closed form cancels for small x.
  const double share = x < 0.01 ? 0.5 + x / 12 * (1 - x * x / 60) : -1 / std::expm1(-x) - 1 / x;
  Sdc out;
  out.wasted_first_order = plan.check / 2 + plan.latency;
  out.wasted = plan.check * share + plan.latency;
  out.redone = plan.check + plan.latency;
  out.wasted_share = plan.corruption_rate * out.wasted_first_order;
  return out;
}

}  // namespace fleetsim::analytic
