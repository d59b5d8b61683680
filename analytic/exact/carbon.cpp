#include "analytic/exact/carbon.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytic/book/arguments.h"
#include "analytic/exact/lambert.h"

namespace fleetsim::analytic {

namespace {

void a_series(Arguments& in, const Steps& series, std::string_view name) {
  in.need(!series.from.empty() && series.from.size() == series.value.size(), name,
          static_cast<double>(series.value.size()), "one value for each of one or more times");
  for (std::size_t i = 0; i < std::min(series.from.size(), series.value.size()); ++i)
    in.nonnegative(name, series.value[i])
        .need(i == 0 ? series.from[0] == 0 : series.from[i] > series.from[i - 1], name,
              series.from[i], "from times that begin at 0 and rise");
}

void a_pue(Arguments& in, double pue) {
  in.need(pue >= 1 && std::isfinite(pue), "pue", pue, "at least 1");
}

// Where energy_at(tau) of the header is least.
double least_energy_interval(const TrainedWeight& w) {
  const CheckpointPlan& plan = w.plan;
  const double failed = w.restart_power * std::expm1(plan.restart / plan.mtbf);
  const double a = std::exp(plan.write / plan.mtbf) * (w.work_power + failed);
  const double difference = std::expm1(plan.write / plan.mtbf) * (w.write_power + failed);
  const double y = difference < a ? one_plus_lambert(-std::log1p(-difference / a))
                                  : one_plus_lambert_positive((difference - a) / a);
  return plan.mtbf * y;
}

}  // namespace

Result<Carbon> constant_load_carbon(const ConstantLoad& load) {
  Arguments in("carbon of a constant load");
  in.nonnegative("power", load.power)
      .nonnegative("time", load.time)
      .nonnegative("intensity", load.intensity);
  a_pue(in, load.pue);
  if (!in.fine()) return in.error();
  const double energy = load.power * load.time * load.pue;
  return Carbon{energy, energy * load.intensity};
}

Result<Carbon> stepwise_carbon(const Steps& power, const Steps& intensity, double end, double pue) {
  Arguments in("carbon of a stepwise load");
  a_series(in, power, "power");
  a_series(in, intensity, "intensity");
  a_pue(in, pue);
  in.nonnegative("end", end);
  if (!in.fine()) return in.error();
  Carbon sum;
  std::size_t i = 0;
  std::size_t j = 0;
  double now = 0;
  while (now < end) {
    const double next_power = i + 1 < power.from.size() ? power.from[i + 1] : end;
    const double next_intensity = j + 1 < intensity.from.size() ? intensity.from[j + 1] : end;
    const double next = std::min({next_power, next_intensity, end});
    const double energy = power.value[i] * (next - now) * pue;
    sum.energy += energy;
    sum.carbon += energy * intensity.value[j];
    if (next == next_power && i + 1 < power.from.size()) ++i;
    if (next == next_intensity && j + 1 < intensity.from.size()) ++j;
    now = next;
  }
  return sum;
}

Result<ShiftOptimum> shift_optimum(std::span<const double> intensity, std::int64_t needed) {
  Arguments in("a deferrable load");
  const auto slots = static_cast<std::int64_t>(intensity.size());
  in.at_least_one("needed", needed)
      .need(needed <= slots, "needed", static_cast<double>(needed), "at most the slots there are");
  for (const double ci : intensity) in.nonnegative("intensity", ci);
  if (!in.fine()) return in.error();
  const auto value = [&](std::int64_t slot) { return intensity[static_cast<std::size_t>(slot)]; };
  ShiftOptimum out;
  out.slots.resize(intensity.size());
  std::iota(out.slots.begin(), out.slots.end(), 0);
  std::stable_sort(out.slots.begin(), out.slots.end(),
                   [&](std::int64_t a, std::int64_t b) { return value(a) < value(b); });
  out.slots.resize(static_cast<std::size_t>(needed));
  std::sort(out.slots.begin(), out.slots.end());
  const auto h = static_cast<double>(needed);
  for (const std::int64_t slot : out.slots) out.best += value(slot) / h;
  for (std::int64_t slot = 0; slot < needed; ++slot) out.at_once += value(slot) / h;
  for (const double ci : intensity) out.mean_of_slots += ci / static_cast<double>(slots);
  out.saved = out.at_once > 0 ? 1 - out.best / out.at_once : 0;
  return out;
}

Result<double> amortised_embodied(double embodied, double use, double life) {
  Arguments in("embodied carbon");
  in.nonnegative("embodied", embodied)
      .positive("life", life)
      .need(use >= 0 && use <= life, "use", use, "from 0 to the life");
  if (!in.fine()) return in.error();
  return embodied * (use / life);
}

Result<WeightCarbon> carbon_per_weight(const TrainedWeight& weight) {
  Arguments in("carbon per weight");
  in.positive("work", weight.work)
      .positive("work_power", weight.work_power)
      .nonnegative("write_power", weight.write_power)
      .nonnegative("restart_power", weight.restart_power)
      .nonnegative("intensity", weight.intensity)
      .at_least_one("parameters", weight.parameters);
  a_pue(in, weight.pue);
  if (!in.fine()) return in.error();
  const auto time = checkpoint_exact(weight.plan);
  if (!time) return time.error();
  const double power = weight.work_power * time->work + weight.write_power * time->writing +
                       weight.restart_power * time->restarting;
  WeightCarbon out;
  out.energy = weight.work * power * weight.pue / weight.parameters;
  out.carbon = out.energy * weight.intensity;
  out.relative = power / weight.work_power;
  out.best_interval = least_energy_interval(weight);
  return out;
}

}  // namespace fleetsim::analytic
