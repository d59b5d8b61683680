#include "analytic/exact/redundancy.h"

#include <algorithm>

#include "analytic/book/arguments.h"
#include "analytic/queueing/birth_death.h"

namespace fleetsim::analytic {

namespace {

constexpr std::int64_t largest = 10'000'000;  // states of a chain

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

Arguments checked(const SparesPlan& plan) {
  Arguments in("a fleet with spares");
  return in.at_least_one("active", plan.active)
      .nonnegative("spares", static_cast<double>(plan.spares))
      .at_least_one("crews", plan.crews)
      .positive("mttf", plan.mttf)
      .positive("mttr", plan.mttr)
      .fraction("warm", plan.warm)
      .need(plan.active <= largest, "active", static_cast<double>(plan.active),
            "at most ten million")
      .need(plan.spares <= largest, "spares", static_cast<double>(plan.spares),
            "at most ten million");
}

}  // namespace

Result<Kofn> kofn(const KofnPlan& plan) {
  Arguments in("k of n");
  in.at_least_one("units", plan.units)
      .at_least_one("needed", plan.needed)
      .at_least_one("crews", plan.crews)
      .positive("mttf", plan.mttf)
      .positive("mttr", plan.mttr)
      .need(plan.needed <= plan.units, "needed", static_cast<double>(plan.needed), "at most units")
      .need(plan.units <= largest, "units", static_cast<double>(plan.units), "at most ten million");
  if (!in.fine()) return in.error();
  std::vector<double> fail, mend;
  for (std::int64_t down = 0; down < plan.units; ++down) {
    fail.push_back(static_cast<double>(plan.units - down) / plan.mttf);
    mend.push_back(static_cast<double>(std::min(down + 1, plan.crews)) / plan.mttr);
  }
  const auto share = birth_death(fail, mend);
  if (!share) return share.error();
  const std::int64_t spare = plan.units - plan.needed;
  Kofn out{0, 0, 0, 0, 0};
  for (std::int64_t down = plan.units; down >= 0; --down)
    (down > spare ? out.unavailability : out.availability) += (*share)[index(down)];
  double passage = 0;  // from one less down to `down`
  for (std::int64_t down = 0; down <= spare; ++down) {
    const double repair = down > 0 ? mend[index(down - 1)] : 0;
    passage = (1 + repair * passage) / fail[index(down)];
    out.first_outage += passage;
  }
  out.outage_rate = (*share)[index(spare)] * fail[index(spare)];
  // The long-run outage lasts as long as a passage down from spare + 1, which is finite even where
  // shares underflow.
  double stays = 0;
  for (std::int64_t down = plan.units; down > spare; --down) {
    const double fails = down < plan.units ? fail[index(down)] : 0;
    stays = (1 + fails * stays) / mend[index(down - 1)];
  }
  out.mean_outage = stays;
  return out;
}

Result<Spares> fleet_with_spares(const SparesPlan& plan) {
  if (const Arguments in = checked(plan); !in.fine()) return in.error();
  const std::int64_t all = plan.active + plan.spares;
  std::vector<double> fail, mend;
  for (std::int64_t down = 0; down < all; ++down) {
    const auto working = static_cast<double>(std::min(plan.active, all - down));
    const auto waiting = static_cast<double>(std::max<std::int64_t>(0, plan.spares - down));
    fail.push_back((working + plan.warm * waiting) / plan.mttf);
    mend.push_back(static_cast<double>(std::min(down + 1, plan.crews)) / plan.mttr);
  }
  const auto share = birth_death(fail, mend);
  if (!share) return share.error();
  Spares out{0, 0, 0, 0, 0, std::vector<double>(index(plan.active) + 1)};
  for (std::int64_t down = all; down >= 0; --down) {
    const std::int64_t working = std::min(plan.active, all - down);
    out.capacity[index(working)] += (*share)[index(down)];
    out.mean_failed += (*share)[index(down)] * static_cast<double>(down);
  }
  for (std::int64_t m = 0; m <= plan.active; ++m) {
    const double p = out.capacity[index(m)];
    out.mean_active += p * static_cast<double>(m);
    (m < plan.active ? out.short_share : out.full) += p;
  }
  out.failure_rate = out.mean_active / plan.mttf;
  return out;
}

Result<std::int64_t> spares_needed(SparesPlan plan, double target) {
  Arguments in = checked(plan);
  in.need(target >= 0 && target < 1, "target", target, "at least 0 and below 1");
  if (!in.fine()) return in.error();
  for (plan.spares = 0; plan.spares <= 1000; ++plan.spares) {
    const auto fleet = fleet_with_spares(plan);
    if (!fleet) return fleet.error();
    if (fleet->full >= target) return plan.spares;
  }
  in.need(false, "crews", static_cast<double>(plan.crews),
          "more: with these even a thousand spares do not reach the target");
  return in.error();
}

}  // namespace fleetsim::analytic
