#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "analytic/exact/checkpoint.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// Carbon of power drawn over time. SI: W, s, J, kg, and kg/J for a grid's intensity
// (1 g/kWh = 1e-3/3.6e6 kg/J).

// Constant power and grid: W t PUE CI.
struct ConstantLoad {
  double power = 1e3, time = 3600, pue = 1, intensity = 0;
};
struct Carbon {
  double energy = 0, carbon = 0;  // J at the meter, kg
};
Result<Carbon> constant_load_carbon(const ConstantLoad& load);

// Stepwise power times stepwise intensity: power_i holds from time s_i to s_{i+1} (the last to the
// end), intensity_j likewise; the integral is the exact sum over pieces on which both are constant.
// Times rise and begin at 0; both series are non-empty.
struct Steps {
  std::span<const double> from, value;  // s; W or kg/J
};
Result<Carbon> stepwise_carbon(const Steps& power, const Steps& intensity, double end, double pue);

// A load of constant power that must run h of the given equal slots and may pause: the h cleanest,
// earlier first among equals. No policy does better, since any other set swaps a cleaner slot for a
// dirtier one. Compared with starting at once, and with the day's mean.
struct ShiftOptimum {
  std::vector<std::int64_t> slots;                  // chosen, rising
  double best = 0, at_once = 0, mean_of_slots = 0;  // mean intensity while running
  double saved = 0;                                 // 1 - best/at_once; 0 where that is 0
};
Result<ShiftOptimum> shift_optimum(std::span<const double> intensity, std::int64_t needed);

// The share of what making a thing emitted that falls to a use of it: kg use/life, use <= life.
Result<double> amortised_embodied(double embodied, double use, double life);

// Carbon per trained weight against the checkpoint interval. The job draws P_c at work, P_w while
// writing, P_r in restart; checkpoint_exact says how long each lasts, so with W of useful work
//
//   energy = W (P_c work + P_w writing + P_r restarting),   carbon = energy PUE CI / parameters.
//
// As a function of tau the energy is (A e^{tau/M} - B)/tau with A = e^{d/M} (P_c + P_r
// (e^{R/M}-1)), A - B = (e^{d/M} - 1)(P_w + P_r (e^{R/M}-1)); it is least at M (1 + W0(-B/(e A))),
// which is optimal_interval for P_w = P_c, whatever P_r, and only then.
struct TrainedWeight {
  CheckpointPlan plan{};
  double work = 1;                                            // W, s
  double work_power = 1, write_power = 1, restart_power = 1;  // W
  double pue = 1, intensity = 0, parameters = 1;
};
struct WeightCarbon {
  double energy = 0, carbon = 0;  // J and kg, per parameter
  double relative = 1;            // energy against no failures and no checkpoints at all
  double best_interval = 0;       // s, of least energy
};
Result<WeightCarbon> carbon_per_weight(const TrainedWeight& weight);

}  // namespace fleetsim::analytic
