#include "topology/ownership.h"

namespace fleetsim {

OwnershipShare share_of(const Ownership& owned, double devices, Duration use) {
  constexpr double year = 365.0 * 86400;
  const double purchase = owned.device_price * owned.multiplier * devices, time = seconds(use);
  return {.capital = purchase * (time / owned.lifetime),
          .maintenance = purchase * owned.maintenance * (time / year),
          .embodied = owned.embodied * devices * (time / owned.embodied_lifetime)};
}

}  // namespace fleetsim
