#include "analytic/book/operations.h"

#include <algorithm>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {
namespace {

Grid average_of_united_states() {
  return {.id = "Grids.US_Avg",
          .name = "US Average",
          .carbon_intensity = operations::default_carbon_intensity,
          .pue = operations::default_pue,
          .wue = operations::default_wue};
}

// The grid that counts, and the PUE: a datacenter's own goes before its grid's.
struct Site {
  const Grid* grid = nullptr;
  double pue = 1;
};
Site site_of(const Datacenter& datacenter) {
  const double own = datacenter.pue_override.value_or(0);
  return {&datacenter.grid, own > 0 ? own : datacenter.grid.pue};
}
Site site_of(const SustainabilityIn& in) {
  static const Grid average = average_of_united_states();
  if (in.datacenter) return site_of(*in.datacenter);
  if (in.grid) return {&*in.grid, in.grid->pue};
  if (in.fleet.datacenter) return site_of(*in.fleet.datacenter);
  if (in.fleet.region) return {&*in.fleet.region, in.fleet.region->pue};
  return {&average, average.pue};
}

Arguments domain_of(const SustainabilityIn& in, const Site& site) {
  Arguments arguments("SustainabilityModel");
  arguments.at_least_one("fleet: nodes", in.fleet.nodes)
      .at_least_one("fleet: accelerators_per_node", in.fleet.node.accelerators)
      .nonnegative("duration_days", in.duration_days)
      .fraction("mfu", in.mfu)
      .nonnegative("embodied_carbon_per_device", in.embodied_carbon_per_device)
      .nonnegative("fleet: tdp", in.fleet.node.accelerator.tdp.value_or(0))
      .at_least_one("grid: pue", site.pue)
      .nonnegative("grid: carbon_intensity", site.grid->carbon_intensity)
      .nonnegative("grid: wue", site.grid->wue);
  return arguments;
}

}  // namespace

Result<SustainabilityOut> sustainability(const SustainabilityIn& in) {
  const Site site = site_of(in);
  const Arguments arguments = domain_of(in, site);
  if (!arguments.fine()) return arguments.error();
  const Device& device = in.fleet.node.accelerator;
  const auto devices = static_cast<double>(in.fleet.accelerators());
  const double tdp = device.tdp.value_or(operations::default_tdp);
  const double power =
      tdp * (calibration::idle_power + calibration::dynamic_power * in.mfu) * devices;

  SustainabilityOut out;
  out.it_energy_kwh = power * in.duration_days;
  out.pue = site.pue;
  out.total_energy_kwh = out.it_energy_kwh * site.pue;
  out.embodied_carbon_kg = in.embodied_carbon_per_device * devices;
  out.carbon_intensity = site.grid->carbon_intensity;
  out.carbon_footprint_kg = out.total_energy_kwh * out.carbon_intensity + out.embodied_carbon_kg;
  out.water_usage_liters = out.total_energy_kwh * site.grid->wue;
  out.water_usage_exact = out.it_energy_kwh * site.grid->wue;
  out.region_name = site.grid->name;
  if (device.embodied_carbon) out.embodied_carbon_catalogue = *device.embodied_carbon * devices;
  return out;
}

Result<EconomicsOut> economics(const EconomicsIn& in) {
  const std::optional<double> known =
      in.unit_cost ? in.unit_cost : in.fleet.node.accelerator.unit_cost;
  const double unit_cost = known.value_or(0);
  const double price = in.kwh_price.value_or(operations::electricity_price);
  Arguments arguments("EconomicsModel");
  arguments.nonnegative("duration_days", in.duration_days)
      .nonnegative("kwh_price", price)
      .positive("amortization_years", in.amortization_years)
      .nonnegative("infrastructure_multiplier", in.infrastructure_multiplier)
      .nonnegative(in.unit_cost ? "unit_cost" : "fleet: unit_cost", unit_cost);
  if (!arguments.fine()) return arguments.error();
  Result<SustainabilityOut> energy = sustainability({.fleet = in.fleet,
                                                     .duration_days = in.duration_days,
                                                     .datacenter = in.datacenter,
                                                     .grid = in.grid,
                                                     .mfu = in.mfu});
  if (!energy) return energy.error();

  EconomicsOut out;
  out.unit_cost_known = known.has_value();
  out.cluster_purchase_usd =
      unit_cost * static_cast<double>(in.fleet.accelerators()) * in.infrastructure_multiplier;
  const double share = in.duration_days / in.amortization_years;
  out.capex_usd = out.cluster_purchase_usd * share;
  out.opex_maintenance_usd = out.cluster_purchase_usd * operations::annual_maintenance *
                             (in.duration_days / operations::year);
  out.opex_energy_usd = energy->total_energy_kwh * price;
  out.total_opex_usd = out.opex_energy_usd + out.opex_maintenance_usd;
  out.tco_usd = out.capex_usd + out.total_opex_usd;
  out.electricity_share = out.tco_usd > 0 ? out.opex_energy_usd / out.tco_usd : 0;
  out.energy = *std::move(energy);
  return out;
}

std::vector<Grid> default_regions() {
  constexpr double gram = 1e-3 / operations::kwh, litre = 1 / operations::kwh;
  return {average_of_united_states(),
          {.id = "Grids.Quebec",
           .name = "Quebec (Hydro)",
           .carbon_intensity = 20 * gram,
           .pue = 1.06,
           .wue = 0},
          {.id = "Grids.Iowa",
           .name = "Iowa (Coal/Gas Reference)",
           .carbon_intensity = 680 * gram,
           .pue = 1.12,
           .wue = 1.8 * litre}};
}

namespace {

std::string short_name_of(const Grid& grid) {
  return grid.id.empty() ? grid.name : grid.id.substr(grid.id.rfind('.') + 1);
}

}  // namespace

Result<PlacementOut> place(const PlacementIn& in) {
  Arguments arguments("PlacementOptimizer");
  arguments.nonnegative("carbon_tax_per_ton", in.carbon_tax_per_ton);
  if (!arguments.fine()) return arguments.error();
  PlacementOut out;
  for (const Grid& grid : in.regions.empty() ? default_regions() : in.regions) {
    const Result<EconomicsOut> at = economics(
        {.fleet = in.fleet, .duration_days = in.duration_days, .grid = grid, .mfu = in.mfu});
    if (!at) return at.error();
    const double carbon = at->energy.carbon_footprint_kg;
    out.top_candidates.push_back({.region = short_name_of(grid),
                                  .tco = at->tco_usd,
                                  .carbon = carbon,
                                  .pue = at->energy.pue,
                                  .objective = at->tco_usd + carbon * in.carbon_tax_per_ton});
  }
  std::stable_sort(
      out.top_candidates.begin(), out.top_candidates.end(),
      [](const Placement& a, const Placement& b) { return a.objective < b.objective; });
  const Placement& best = out.top_candidates.front();
  out.objective_value = best.objective;
  out.best_region = best.region;
  out.lowest_tco = out.lowest_tco_exact = best.tco;
  out.carbon_footprint = best.carbon;
  out.pue = best.pue;
  out.total_searched = static_cast<std::int64_t>(out.top_candidates.size());
  for (const Placement& candidate : out.top_candidates)
    out.lowest_tco_exact = std::min(out.lowest_tco_exact, candidate.tco);
  return out;
}

Result<DollarCost> calc_monthly_egress_cost(const EgressRate& in) {
  Arguments arguments("calc_monthly_egress_cost");
  arguments.nonnegative("bytes_per_sec", in.bytes_per_sec)
      .nonnegative("cost_per_gb", in.cost_per_gb);
  if (!arguments.fine()) return arguments.error();
  return DollarCost{in.bytes_per_sec * 30 * operations::day * in.cost_per_gb};
}

Result<DollarCost> calc_fleet_tco(const FleetTco& in) {
  Arguments arguments("calc_fleet_tco");
  arguments.nonnegative("unit_cost", in.unit_cost)
      .nonnegative("power_w", in.power_w)
      .nonnegative("quantity", static_cast<double>(in.quantity))
      .nonnegative("years", in.years)
      .nonnegative("kwh_price", in.kwh_price);
  if (!arguments.fine()) return arguments.error();
  const auto n = static_cast<double>(in.quantity);
  return DollarCost{in.unit_cost * n + in.power_w * n * in.years * in.kwh_price};
}

Result<ResponsibleOut> responsible_engineering(const ResponsibleIn& in) {
  Arguments arguments("ResponsibleEngineeringModel");
  arguments.nonnegative("base_training_time", in.base_training_time)
      .positive("epsilon", in.epsilon)
      .need(in.delta >= 0 && in.delta < 1, "delta", in.delta, "zero or more and below 1")
      .need(in.min_subgroup_prevalence > 0 && in.min_subgroup_prevalence <= 1,
            "min_subgroup_prevalence", in.min_subgroup_prevalence, "above 0 and at most 1");
  if (!arguments.fine()) return arguments.error();
  const double slowdown = 1 + calibration::dp_sgd_slowdown / std::max(in.epsilon, 0.01);
  return ResponsibleOut{slowdown, in.base_training_time * slowdown,
                        1 / std::max(in.min_subgroup_prevalence, 1e-6)};
}

}  // namespace fleetsim::analytic
