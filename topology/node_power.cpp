#include "topology/node_power.h"

#include <algorithm>
#include <cmath>

#include "sim/check.h"

namespace fleetsim {

double NodePower::usual_use(Activity activity) {
  return activity == Activity::compute || activity == Activity::memory ? 1 : 0;
}

double NodePower::wanted(Activity activity, double use) const {
  check(use >= 0 && use <= 1, "a use is a share");
  if (const auto watts = given[static_cast<std::size_t>(activity)]) return *watts;
  if (activity == Activity::off) return 0;
  if (activity != Activity::idle && usual_use(activity) == 0) return wanted(Activity::idle, 0);
  using namespace analytic::calibration;
  return peak * (curve ? curve->at(use) : idle_power + dynamic_power * use);
}

double NodePower::device(Activity activity, double use) const {
  const double watts = wanted(activity, use);
  return cap ? std::min(watts, *cap) : watts;
}

NodeWatts NodePower::node(Activity activity, double use) const {
  NodeWatts watts{.devices = devices * device(activity, use),
                  .overhead = activity == Activity::off ? 0 : overhead};
  watts.conversion = (watts.devices + watts.overhead) * (1 / efficiency - 1);
  return watts;
}

double NodePower::time_factor(Activity activity, double use) const {
  const double watts = wanted(activity, use);
  if (!cap || watts <= *cap) return 1;
  if (slowdown) return std::max(1.0, slowdown->at(*cap / peak));
  const double idle = wanted(Activity::idle, 0);
  check(*cap > idle, "a cap leaves something above idle");
  return std::cbrt((watts - idle) / (*cap - idle));
}

}  // namespace fleetsim
