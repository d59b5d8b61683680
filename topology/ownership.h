#pragma once
#include "analytic/book/constants.h"
#include "sim/units.h"

namespace fleetsim {

// What having a device costs and what making it emitted, written off in a straight line over its
// life: it is replaced by its like when it is written off, so a use longer than a life costs more
// than one device. Equation e.tco, as EconomicsModel has it.
struct Ownership {
  double device_price = 0;                               // $
  double multiplier = 1;                                 // all that is bought, by its devices
  double lifetime = analytic::operations::amortization;  // s
  double maintenance = analytic::operations::annual_maintenance;  // of the purchase
  double embodied = 0;                                            // kg of a device
  double embodied_lifetime = lifetime;                            // s
};

// The share of it that falls to a use.
struct OwnershipShare {
  double capital = 0, maintenance = 0;  // $
  double embodied = 0;                  // kg
};
OwnershipShare share_of(const Ownership& owned, double devices, Duration use);

}  // namespace fleetsim
