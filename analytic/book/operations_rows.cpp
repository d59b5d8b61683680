#include "analytic/book/formula.h"
#include "analytic/book/label.h"
#include "analytic/book/nested.h"
#include "analytic/book/operations.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

Solver sustainability_row() {
  using In = SustainabilityIn;
  using Out = SustainabilityOut;
  return {
      .name = "SustainabilityModel",
      .short_name = "sustainability",
      .kind = Solver::Kind::model,
      .title = "Energy, carbon and water of a fleet over a period",
      .walls = {18},
      .equations = {"IT energy = tdp (0.30 + 0.70 mfu) N T", "energy = IT energy PUE",
                    "carbon = energy CI + embodied N", "water = energy WUE"},
      .assumptions = {"accelerators alone draw power; the MFU stands for their utilization",
                      "700 W where the catalogue has no TDP", "the grid is the same at every hour",
                      "water_usage_liters counts WUE on all energy, though it is per energy of "
                      "the IT; water_usage_exact does not",
                      "embodied carbon is what is given, whole, however short the period; "
                      "embodied_carbon_catalogue is what the catalogue knows"},
      .inputs = {input<&In::fleet>("fleet", "", "what runs", required),
                 input<&In::duration_days>("duration_days", "day", "for how long", required),
                 input<&In::datacenter>("datacenter", "", "where; else the grid"),
                 input<&In::grid>("grid", "", "where; else the fleet's, else United States")
                     .also("region"),
                 input<&In::mfu>("mfu", "1", "stands for utilization"),
                 input<&In::embodied_carbon_per_device>("embodied_carbon_per_device", "kg",
                                                        "of making one")},
      .outputs = {output<&Out::it_energy_kwh>("it_energy_kwh", "kWh", "of the accelerators"),
                  output<&Out::total_energy_kwh>("total_energy_kwh", "kWh", "of the site"),
                  output<&Out::carbon_footprint_kg>("carbon_footprint_kg", "kg",
                                                    "operational and embodied"),
                  output<&Out::water_usage_liters>("water_usage_liters", "L", "energy WUE"),
                  output<&Out::pue>("pue", "1", "of the site"),
                  output<&Out::region_name>("region_name", "", "the grid"),
                  output<&Out::carbon_intensity>("carbon_intensity", "g/kWh", "of the grid"),
                  output<&Out::embodied_carbon_kg>("embodied_carbon_kg", "kg", "as given, of all"),
                  output<&Out::water_usage_exact>("water_usage_exact", "L", "IT energy WUE"),
                  output<&Out::embodied_carbon_catalogue>("embodied_carbon_catalogue", "kg",
                                                          "by the catalogue, of all")},
      .run = run_as<In, Out, sustainability>};
}

Solver economics_row() {
  using In = EconomicsIn;
  using Out = EconomicsOut;
  using S = SustainabilityOut;
  constexpr auto energy = &Out::energy;
  return {
      .name = "EconomicsModel",
      .short_name = "economics",
      .kind = Solver::Kind::model,
      .title = "What a fleet costs over a period",
      .walls = {17},
      .equations = {"tco = capex + energy + maintenance",
                    "capex = unit_cost N multiplier T / amortization",
                    "maintenance = 5% a year of what was bought"},
      .assumptions = {"straight write-off; no interest, resale, staff or space",
                      "network and buildings only through the multiplier",
                      "electricity costs the same at every site unless a price is given",
                      "a device without a price costs nothing: unit_cost_known"},
      .inputs = {input<&In::fleet>("fleet", "", "what is bought", required),
                 input<&In::duration_days>("duration_days", "day", "for how long", required),
                 input<&In::kwh_price>("kwh_price", "USD/kWh", "of electricity; 0.12"),
                 input<&In::datacenter>("datacenter", "", "where; else the grid"),
                 input<&In::grid>("grid", "", "where; else the fleet's, else United States")
                     .also("region"),
                 input<&In::mfu>("mfu", "1", "stands for utilization"),
                 input<&In::amortization_years>("amortization_years", "year", "write-off"),
                 input<&In::infrastructure_multiplier>("infrastructure_multiplier", "1",
                                                       "all that is bought over accelerators"),
                 input<&In::unit_cost>("unit_cost", "USD", "of a device; else the catalogue's")},
      .outputs =
          {output<&Out::capex_usd>("capex_usd", "USD", "share of the period"),
           output<&Out::opex_energy_usd>("opex_energy_usd", "USD", "electricity"),
           output<&Out::opex_maintenance_usd>("opex_maintenance_usd", "USD", "upkeep"),
           output<&Out::total_opex_usd>("total_opex_usd", "USD", "both"),
           output<&Out::tco_usd>("tco_usd", "USD", "all three"),
           output<&Out::cluster_purchase_usd>("cluster_purchase_usd", "USD", "at once"),
           output<&Out::electricity_share>("electricity_share", "1", "of the tco"),
           output<&Out::unit_cost_known>("unit_cost_known", "", "by the catalogue"),
           output_of<energy, &S::it_energy_kwh>("it_energy_kwh", "kWh", "of the accelerators"),
           output_of<energy, &S::total_energy_kwh>("total_energy_kwh", "kWh", "of the site"),
           output_of<energy, &S::carbon_footprint_kg>("carbon_footprint_kg", "kg", "operational"),
           output_of<energy, &S::water_usage_liters>("water_usage_liters", "L", "energy WUE"),
           output_of<energy, &S::pue>("pue", "1", "of the site"),
           output_of<energy, &S::region_name>("region_name", "", "the grid")},
      .run = run_as<In, Out, economics>};
}

Fields best_config(const PlacementOut& out) {
  return {{"region", out.best_region}};
}

// In the units of the other rows: tons of carbon.
Value candidates(const void* out, const OutputSpec&) {
  Values list;
  for (const Placement& at : static_cast<const PlacementOut*>(out)->top_candidates)
    list.push_back(Fields{{"region", at.region},
                          {"tco", at.tco},
                          {"carbon", at.carbon / 1000},
                          {"pue", at.pue},
                          {"objective", at.objective}});
  return list;
}

Solver placement_row() {
  using In = PlacementIn;
  using Out = PlacementOut;
  return {.name = "PlacementOptimizer",
          .short_name = "placement",
          .kind = Solver::Kind::optimizer,
          .title = "Where a fleet costs least, carbon taxed",
          .walls = {},
          .equations = {"objective = tco + tons of carbon tax"},
          .assumptions = {"prices are the same everywhere: PUE and tax decide",
                          "lowest_tco is that of the best region; lowest_tco_exact of all"},
          .inputs = {input<&In::fleet>("fleet", "", "what runs", required),
                     input<&In::duration_days>("duration_days", "day", "for how long", required),
                     input<&In::regions>("regions", "", "grids; US_Avg, Quebec and Iowa"),
                     input<&In::carbon_tax_per_ton>("carbon_tax_per_ton", "USD/t", "on carbon"),
                     input<&In::mfu>("mfu", "1", "stands for utilization")},
          .outputs = {output<&Out::objective_value>("objective_value", "USD", "the least"),
                      object<Out, best_config>("best_config", "", "the region"),
                      output<&Out::best_region>("best_region", "", "the grid"),
                      output<&Out::lowest_tco>("lowest_tco", "USD", "of the best region"),
                      output<&Out::carbon_footprint>("carbon_footprint", "t", "there"),
                      output<&Out::pue>("pue", "1", "there"),
                      output<&Out::total_searched>("total_searched", "1", "regions"),
                      {"top_candidates", "", "all, the best first: USD and tons", candidates},
                      output<&Out::lowest_tco_exact>("lowest_tco_exact", "USD", "of all regions")},
          .run = run_as<In, Out, place>};
}

Solver responsible_row() {
  using In = ResponsibleIn;
  using Out = ResponsibleOut;
  return {
      .name = "ResponsibleEngineeringModel",
      .short_name = "responsible_engineering",
      .kind = Solver::Kind::model,
      .title = "What privacy and fairness cost in time and data",
      .walls = {20},
      .equations = {"slowdown = 1 + 2/max(epsilon, 0.01)", "data = 1/max(prevalence, 1e-6)"},
      .assumptions = {"a heuristic coefficient, not a law", "delta changes nothing"},
      .inputs = {input<&In::base_training_time>("base_training_time", "day", "without", required),
                 input<&In::epsilon>("epsilon", "1", "privacy budget"),
                 input<&In::delta>("delta", "1", "chance that it fails; echoed only"),
                 input<&In::min_subgroup_prevalence>("min_subgroup_prevalence", "1",
                                                     "share of the rarest subgroup")},
      .outputs = {output<&Out::dp_slowdown_factor>("dp_slowdown_factor", "1", "of training"),
                  output<&Out::effective_training_time>("effective_training_time", "day", "with"),
                  output<&Out::additional_data_requirement>("additional_data_requirement", "1",
                                                            "times the data"),
                  output<&Out::dp_slowdown_factor>("privacy_cost_ratio", "1", "the slowdown"),
                  output<&Out::additional_data_requirement>("fairness_data_ratio", "1",
                                                            "times the data")},
      .run = run_as<In, Out, responsible_engineering>};
}

std::vector<Solver> formulas() {
  return {formula<calc_monthly_egress_cost>(
              "calc_monthly_egress_cost", "a month of cloud egress", "rate 30 days price",
              {input<&EgressRate::bytes_per_sec>("bytes_per_sec", "B/s", "sustained", required),
               input<&EgressRate::cost_per_gb>("cost_per_gb", "USD/GB", "of egress", required)},
              {output<&DollarCost::cost>("cost", "USD", "a month of 30 days")}),
          formula<calc_fleet_tco>(
              "calc_fleet_tco", "purchase and electricity of a fleet",
              "unit_cost n + power n years price",
              {input<&FleetTco::unit_cost>("unit_cost", "USD", "of one", required),
               input<&FleetTco::power_w>("power_w", "W", "of one", required),
               input<&FleetTco::quantity>("quantity", "1", "how many", required),
               input<&FleetTco::years>("years", "year", "of 365 days", required),
               input<&FleetTco::kwh_price>("kwh_price", "USD/kWh", "of electricity", required)},
              {output<&DollarCost::cost>("tco", "USD", "no PUE, no maintenance")})};
}

}  // namespace

std::vector<Solver> operations_rows() {
  std::vector<Solver> rows = formulas();
  for (Solver row : {economics_row(), sustainability_row(), responsible_row(), placement_row()})
    rows.push_back(std::move(row));
  return rows;
}

}  // namespace fleetsim::analytic
