#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytic/book/constants.h"
#include "analytic/catalogue.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// Energy, carbon, water and money of a fleet over a period, and where to run it: walls 17 and 18
// (book sections 5.22, 5.23 and 6.3).

// SustainabilityModel, wall 18. Power is linear in utilization, for which the MFU stands (Barroso
// and Hoelzle 2007), over N accelerators; nothing else of a node draws power:
//
//   IT energy = tdp (0.30 + 0.70 mfu) N T      energy = IT energy PUE
//   carbon = energy CI + embodied N            water = energy WUE
//
// The grid is that of the datacenter given, else the grid given, else of the fleet's datacenter,
// else the fleet's region, else the average of the United States; a datacenter may have a PUE of
// its own. 700 W (H100) where the catalogue has no TDP. WUE is litres per energy of the IT, so the
// book's water is too much by the PUE: water_usage_exact = IT energy WUE. Beside the embodied
// carbon that is given stands what the catalogue knows of it.
struct SustainabilityIn {
  Fleet fleet{};
  double duration_days = 0;  // s
  std::optional<Datacenter> datacenter{};
  std::optional<Grid> grid{};
  double mfu = 1;
  double embodied_carbon_per_device = 0;  // kg
};
struct SustainabilityOut {
  double it_energy_kwh = 0, total_energy_kwh = 0;  // J
  double carbon_footprint_kg = 0, water_usage_liters = 0;
  double pue = 1;
  std::string region_name{};
  double carbon_intensity = 0;  // kg/J
  double embodied_carbon_kg = 0;
  double water_usage_exact = 0;
  std::optional<double> embodied_carbon_catalogue{};
};
Result<SustainabilityOut> sustainability(const SustainabilityIn& in);

// EconomicsModel, wall 17. What was bought is written off in a straight line, in years of 365 days:
//
//   purchase = unit_cost N multiplier          capex = purchase/amortization T
//   maintenance = 5% a year of purchase        energy = SustainabilityModel's, at 0.12 USD/kWh
//   tco = capex + energy + maintenance
//
// A device without a price costs nothing, and unit_cost_known says so.
struct EconomicsIn {
  Fleet fleet{};
  double duration_days = 0;           // s
  std::optional<double> kwh_price{};  // dollar/J
  std::optional<Datacenter> datacenter{};
  std::optional<Grid> grid{};
  double mfu = 1;
  double amortization_years = operations::amortization;  // s
  double infrastructure_multiplier = calibration::infrastructure_multiplier;
  std::optional<double> unit_cost{};  // dollar, instead of the catalogue's
};
struct EconomicsOut {
  double capex_usd = 0, opex_energy_usd = 0, opex_maintenance_usd = 0, total_opex_usd = 0;
  double tco_usd = 0;
  double cluster_purchase_usd = 0, electricity_share = 0;
  bool unit_cost_known = false;
  SustainabilityOut energy{};
};
Result<EconomicsOut> economics(const EconomicsIn& in);

// PlacementOptimizer: of the grids given, the one with the least tco + tons of carbon times the
// tax; the first of equals. Prices are the same everywhere, so only the PUE and the tax decide.
struct PlacementIn {
  Fleet fleet{};
  double duration_days = 0;                  // s
  std::vector<Grid> regions{};               // none: the book's three
  double carbon_tax_per_ton = 100 / 1000.0;  // dollar/kg
  double mfu = 1;
};
struct Placement {
  std::string region{};  // as the book's registry names it: "Quebec" of Grids.Quebec
  double tco = 0, carbon = 0, pue = 1, objective = 0;  // dollar, kg, 1, dollar
};
struct PlacementOut {
  double objective_value = 0;
  std::string best_region{};
  double lowest_tco = 0;  // of the best region, as the book has it
  double carbon_footprint = 0, pue = 1;
  std::int64_t total_searched = 0;
  std::vector<Placement> top_candidates{};  // all, the best first
  double lowest_tco_exact = 0;              // of all regions
};
Result<PlacementOut> place(const PlacementIn& in);

// The book's default regions: US_Avg, Quebec and Iowa (section 2.5).
std::vector<Grid> default_regions();

// rate 30 days price: a month of cloud egress.
struct EgressRate {
  double bytes_per_sec = 0, cost_per_gb = 0;  // dollar/byte
};
struct DollarCost {
  double cost = 0;
};
Result<DollarCost> calc_monthly_egress_cost(const EgressRate& in);

// unit_cost n + power n T price: no PUE, no write-off, no maintenance; years have 365 days.
struct FleetTco {
  double unit_cost = 0, power_w = 0;
  std::int64_t quantity = 1;
  double years = 0;  // s
  double kwh_price = operations::electricity_price;
};
Result<DollarCost> calc_fleet_tco(const FleetTco& in);

// ResponsibleEngineeringModel, wall 20 (book section 5.25). Heuristics, not laws:
//
//   dp_slowdown = 1 + 2/max(epsilon, 0.01)      data = 1/max(prevalence, 1e-6)
//
// for training under differential privacy, and for a subgroup to be seen as often as all. The
// privacy loss delta changes nothing.
struct ResponsibleIn {
  double base_training_time = 0;  // s
  double epsilon = 1, delta = 1e-5;
  double min_subgroup_prevalence = 0.01;
};
struct ResponsibleOut {
  double dp_slowdown_factor = 1, effective_training_time = 0, additional_data_requirement = 1;
};
Result<ResponsibleOut> responsible_engineering(const ResponsibleIn& in);

}  // namespace fleetsim::analytic
