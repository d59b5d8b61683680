#include "analytic/exact/crowds.h"

#include <cmath>

#include "analytic/book/arguments.h"
#include "analytic/exact/binomial.h"

namespace fleetsim::analytic {

Result<ChargingLoad> charging_load(const ChargingFleet& fleet) {
  Arguments in("a charging fleet");
  in.at_least_one("devices", fleet.devices)
      .positive("power", fleet.power)
      .positive("window", fleet.window)
      .need(fleet.charge > 0 && fleet.charge <= fleet.window, "charge", fleet.charge,
            "above 0 and at most the window")
      .need(fleet.level > 0 && fleet.level < 1, "level", fleet.level, "above 0 and below 1");
  if (!in.fine()) return in.error();
  const double busy = fleet.charge / fleet.window;
  const auto n = static_cast<double>(fleet.devices);
  const auto at_level = static_cast<double>(binomial_quantile(fleet.devices, busy, fleet.level));
  return ChargingLoad{n * busy * fleet.power, at_level * fleet.power,
                      std::ceil(n * busy) * fleet.power, n * fleet.power};
}

Result<AlohaShares> aloha_throughput(double offered) {
  Arguments in("Aloha");
  in.nonnegative("offered", offered);
  if (!in.fine()) return in.error();
  return AlohaShares{offered * std::exp(-offered), offered * std::exp(-2 * offered)};
}

Result<double> slotted_aloha_finite(std::int64_t sensors, double send) {
  Arguments in("slotted Aloha");
  in.at_least_one("sensors", sensors).fraction("send", send);
  if (!in.fine()) return in.error();
  const auto n = static_cast<double>(sensors);
  if (sensors == 1) return send;
  return n * send * std::exp((n - 1) * std::log1p(-send));
}

Result<double> binomial_tail(std::int64_t trials, std::int64_t successes, double probability) {
  Arguments in("a binomial tail");
  in.need(trials >= 0, "trials", static_cast<double>(trials), "zero or more")
      .need(successes >= 0, "successes", static_cast<double>(successes), "zero or more")
      .fraction("probability", probability);
  if (!in.fine()) return in.error();
  return binomial_upper(trials, successes, probability);
}

Result<double> reaches_before_empty(double up_rate, double down_rate, std::int64_t level) {
  Arguments in("gambler's ruin");
  in.positive("up_rate", up_rate).positive("down_rate", down_rate).at_least_one("level", level);
  if (!in.fine()) return in.error();
  const double log_ratio = std::log(down_rate / up_rate);
  const auto n = static_cast<double>(level);
  if (log_ratio == 0) return 1 / n;
  const double to_level = std::expm1(n * log_ratio);
  if (std::isfinite(to_level)) return std::expm1(log_ratio) / to_level;
  return std::expm1(log_ratio) * std::exp(-n * log_ratio);
}

}  // namespace fleetsim::analytic
