#include "traces/site_message.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "traces/scenario_file.h"
#include "workloads/loads/loads_model.h"
#include "workloads/training/training_model.h"

namespace fleetsim {
namespace {

using testing_support::TemporaryFolder;
using testing_support::write_bytes;

constexpr double kwh = 3.6e6, gram_per_kwh = 1e-3 / kwh;

class SiteMessage : public ::testing::Test {
 protected:
  SiteMessage() {
    write_bytes(folder_ / "carbon.csv",
                "utc,A,B\n2023-01-01T00:00Z,100,1\n2023-01-01T01:00Z,200,2\n");
    write_bytes(folder_ / "price.csv", "utc,A\n2023-01-01T00:00Z,-10\n2023-01-01T01:00Z,50\n");
    write_bytes(folder_ / "late.csv", "utc,A\n2024-01-01T00:00Z,1\n2024-01-01T01:00Z,5\n");
    write_bytes(folder_ / "air.csv", "utc,temp\n2023-01-01T00:00Z,0\n2023-01-01T01:00Z,25\n");
  }

  Result<LoadedScenario> load(const std::string& region, const std::string& cluster = "",
                              const std::string& run = "") {
    return load_scenario_text("name: \"x\"\nfleet { region { name: \"r\" " + region +
                                  "\ncluster { name: \"c\" node: \"DGX_H100\" count: 4 " + cluster +
                                  " } } }\ntraining { name: \"t\" cluster: \"c\" "
                                  "work: \"1 h\" }\nrun { horizon: \"30 d\" replications: 1 " +
                                  run + " }\n",
                              folder_ / "x.textproto");
  }
  LoadedScenario good(const std::string& region, const std::string& cluster = "",
                      const std::string& run = "") {
    auto loaded = load(region, cluster, run);
    EXPECT_TRUE(loaded) << loaded.error().message;
    return loaded ? *std::move(loaded) : LoadedScenario{};
  }
  // The message, behind the place.
  std::string error(const std::string& region, const std::string& cluster = "",
                    const std::string& run = "") {
    const auto loaded = load(region, cluster, run);
    if (loaded) return "read";
    const std::string& message = loaded.error().message;
    return message.substr(message.find(": ") + 2);
  }
  std::vector<std::string> warnings(const std::string& region, const std::string& cluster = "",
                                    const std::string& run = "") {
    return good(region, cluster, run).warnings;
  }

  TemporaryFolder folder_;
};

TEST_F(SiteMessage, DefaultsAreTheCatalogues) {
  const Sites sites = good("").sites;
  ASSERT_EQ(sites.regions.size(), 1u);
  const Site& site = sites.site({0});
  EXPECT_DOUBLE_EQ(site.grid().carbon.at({}), 429 * gram_per_kwh);
  EXPECT_DOUBLE_EQ(site.facility().per_it.at({}), 1.12);
  EXPECT_DOUBLE_EQ(site.facility().wue, 1.8 / kwh);
  EXPECT_DOUBLE_EQ(site.grid().price.at({}), 0.12 / kwh);
  EXPECT_EQ(site.grid().carbon_source, "US Average of the catalogue, for no grid is named");
  const NodePower& node = sites.node({0});
  EXPECT_EQ(node.devices, 8u);
  EXPECT_DOUBLE_EQ(node.node(Activity::compute, 1).total(), 5600);
  const Ownership& owned = sites.ownership({0});
  EXPECT_EQ(owned.device_price, 25'000);
  EXPECT_EQ(owned.lifetime, 3 * 365 * 86400.0);
  EXPECT_EQ(owned.maintenance, 0.05);
  EXPECT_EQ(owned.embodied_lifetime, owned.lifetime);
  const Sites quebec = good("grid: \"Quebec\"").sites;
  EXPECT_DOUBLE_EQ(quebec.site({0}).grid().carbon.at({}), 20 * gram_per_kwh);
  EXPECT_DOUBLE_EQ(quebec.site({0}).facility().per_it.at({}), 1.06);
  EXPECT_EQ(quebec.site({0}).grid().carbon_source, "Quebec (Hydro) of the catalogue");
}

TEST_F(SiteMessage, ALocationHasTheGridOfItsCountry) {
  const Sites paris = good("location: \"Paris\"").sites;
  EXPECT_DOUBLE_EQ(paris.site({0}).grid().carbon.at({}), 50 * gram_per_kwh);
  EXPECT_EQ(paris.site({0}).grid().carbon_source,
            "France (Nuclear) of the catalogue, where Paris lies");
  const Sites named = good("location: \"Paris\" grid: \"Norway\"").sites;
  EXPECT_DOUBLE_EQ(named.site({0}).grid().carbon.at({}), 10 * gram_per_kwh);
}

TEST_F(SiteMessage, FiguresMayBeGiven) {
  const LoadedScenario loaded = good(
      "site { carbon_intensity: \"300 g/kWh\" carbon_kind: MARGINAL price: \"0.08 $/kWh\" "
      "demand_charge: \"15 $/kW\" pue: 1.3 fixed_overhead: 0.1 power_budget: \"1 MW\" "
      "wue: \"0.5 L/kWh\" }",
      "power { peak: \"500 W\" curve { x: 0 y: 0.2 } curve { x: 1 y: 1 } checkpoint: \"90 W\" "
      "cap: \"400 W\" slowdown { x: 0.8 y: 1.1 } slowdown { x: 1 y: 1 } overhead: \"1 kW\" "
      "efficiency: 0.95 } price { device_price: \"30000 $\" lifetime: \"5 yr\" "
      "maintenance: \"4 %\" multiplier: 1.5 embodied: \"150 kg\" embodied_lifetime: \"6 yr\" }");
  EXPECT_TRUE(loaded.warnings.empty());
  const Site& site = loaded.sites.site({0});
  EXPECT_DOUBLE_EQ(site.grid().carbon.at({}), 300 * gram_per_kwh);
  EXPECT_EQ(site.grid().kind, CarbonKind::marginal);
  EXPECT_DOUBLE_EQ(site.grid().price.at({}), 0.08 / kwh);
  EXPECT_DOUBLE_EQ(site.grid().demand_charge, 0.015);
  EXPECT_DOUBLE_EQ(site.facility().power({}, 1e6), 1.3e6);
  EXPECT_DOUBLE_EQ(site.facility().power({}, 0), 1e5);
  EXPECT_DOUBLE_EQ(site.facility().wue, 0.5 / kwh);
  const NodePower& node = loaded.sites.node({0});
  EXPECT_DOUBLE_EQ(node.device(Activity::compute, 0.5), 300);
  EXPECT_DOUBLE_EQ(node.time_factor(Activity::compute, 1), 1.1);
  EXPECT_DOUBLE_EQ(node.node(Activity::checkpoint, 0).total(), (8 * 90 + 1000) / 0.95);
  const Ownership& owned = loaded.sites.ownership({0});
  EXPECT_EQ(owned.device_price, 30'000);
  EXPECT_EQ(owned.multiplier, 1.5);
  EXPECT_EQ(owned.embodied, 150);
  EXPECT_EQ(owned.embodied_lifetime, 6 * 365 * 86400.0);
  EXPECT_EQ(owned.maintenance, 0.04);
}

TEST_F(SiteMessage, CoolingTiersAndTemperatures) {
  const Sites liquid = good("grid: \"Poland\" site { cooling: \"LiquidCooled\" }").sites;
  EXPECT_DOUBLE_EQ(liquid.site({0}).facility().per_it.at({}), 1.06);
  EXPECT_EQ(liquid.site({0}).facility().wue, 0);
  EXPECT_DOUBLE_EQ(liquid.site({0}).grid().carbon.at({}), 820 * gram_per_kwh);
  const Sites outside =
      good("site { outside: \"air.csv\" pue_at { x: 10 y: 1.1 } pue_at { x: 30 y: 1.5 } }").sites;
  EXPECT_DOUBLE_EQ(outside.site({0}).facility().per_it.at({}), 1.1);
  EXPECT_DOUBLE_EQ(outside.site({0}).facility().per_it.at(Instant{} + 3600_s), 1.4);
}

TEST_F(SiteMessage, SeriesRunOnTheCalendar) {
  const std::string site =
      "site { carbon_trace: \"carbon.csv\" carbon_zone: \"A\" carbon_kind: LIFECYCLE "
      "price_trace: \"price.csv\" exchange: 1.1 }";
  const LoadedScenario first = good(site);
  using Lines = std::vector<std::string>;
  const std::string at = "fleet.region[0].site.";
  const std::string short_of = " ends 2 h after time 0, before the horizon of 30 d; it is repeated";
  EXPECT_EQ(first.warnings, (Lines{at + "carbon_trace" + short_of, at + "price_trace" + short_of}));
  const Grid& grid = first.sites.site({0}).grid();
  EXPECT_DOUBLE_EQ(grid.carbon.at({}), 100 * gram_per_kwh);
  EXPECT_DOUBLE_EQ(grid.price.at({}), -11 / 3.6e9);
  EXPECT_EQ(grid.kind, CarbonKind::lifecycle);
  EXPECT_EQ(grid.carbon_source, "from carbon.csv, zone A, 0 of 2 steps filled");
  const LoadedScenario second = good(site, "", "start: \"2023-01-01T02:00+01:00\"");
  EXPECT_DOUBLE_EQ(second.sites.site({0}).grid().carbon.at({}), 200 * gram_per_kwh);
  EXPECT_EQ(warnings(site, "", "start: \"2023-06-01T00:00Z\"")[0],
            "fleet.region[0].site.carbon_trace begins at 2023-01-01T00:00Z and does not reach "
            "2023-06-01T00:00Z; it is repeated");
}

// Which series counted, and how much of it was mended or guessed, is told with the results of jobs
// and of loads; what is all the catalogue's is not.
TEST_F(SiteMessage, ResultsNameTheirSeries) {
  write_bytes(folder_ / "holes.csv",
              "Datetime (UTC),Zone Id,Carbon Intensity gCO2eq/kWh (direct),"
              "Carbon Intensity gCO2eq/kWh (LCA),Data Estimated\n"
              "2023-01-01T00:00Z,DE,100,150,true\n2023-01-01T01:00Z,DE,,,false\n"
              "2023-01-01T01:00Z,FR,1,2,true\n2023-01-01T03:00Z,DE,300,350,false\n");
  const std::string site =
      "site { carbon_trace: \"holes.csv\" carbon_zone: \"DE\" price: \"0.1 $/kWh\" pue: 1.2 }";
  EXPECT_TRUE(good("").sites.findings.empty());
  const LoadedScenario training = good(site);
  const auto told = [](const Model& model) {
    return model.simulate({}, {.end = 3600_s}, nullptr).findings;
  };
  const auto found = told(training::TrainingModel(*training.scenario.training));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].metric, "carbon.operational");
  EXPECT_EQ(found[0].text,
            "region r: carbon (direct average) from holes.csv, zone DE, 2 of 4 steps filled (up to "
            "2 in a row), 33.3 % estimated; price given; PUE given");
  const auto loads = load_scenario_text(
      "name: \"x\" fleet { region { name: \"r\" site { carbon_by_hour: [1, 2] carbon_kind: "
      "MARGINAL } } } load { name: \"l\" region: \"r\" power: \"1 kW\" needs { constant { value: "
      "\"1 h\" } } } run { horizon: \"1 d\" replications: 1 }",
      folder_ / "y.textproto");
  ASSERT_TRUE(loads) << loads.error().message;
  const auto of_loads = told(loads::LoadsModel(*loads->scenario.loads));
  ASSERT_EQ(of_loads.size(), 1u);
  EXPECT_EQ(of_loads[0].text,
            "region r: carbon (marginal) given by hour; price the book's 0.12 $/kWh; PUE US "
            "Average of the catalogue, for no grid is named");
}

TEST_F(SiteMessage, FieldsWithoutUseAreSaid) {
  using Lines = std::vector<std::string>;
  const std::string at = "fleet.region[0].site.";
  EXPECT_EQ(warnings("site { carbon_zone: \"A\" }"),
            Lines{at + "carbon_zone has no use without carbon_trace"});
  EXPECT_EQ(warnings("site { price_zone: \"A\" exchange: 2 }"),
            (Lines{at + "price_zone has no use without price_trace",
                   at + "exchange has no use without price_trace"}));
  EXPECT_EQ(warnings("site { carbon_kind: DIRECT }"),
            Lines{at + "carbon_kind has no use without carbon_trace, carbon_intensity or "
                       "carbon_by_hour"});
  EXPECT_EQ(warnings("site { pue_at { x: 1 y: 1 } }"),
            Lines{at + "pue_at has no use without outside"});
  EXPECT_EQ(warnings("", "power { slowdown { x: 1 y: 1 } }"),
            Lines{"fleet.region[0].cluster[0].power.slowdown has no use without cap"});
  for (const std::string field : {"communication", "memory", "sleep"})
    EXPECT_EQ(warnings("", "power { " + field + ": \"90 W\" }"),
              Lines{"fleet.region[0].cluster[0].power." + field +
                    " has no use: jobs and loads compute, save, restart and idle"});
  EXPECT_EQ(warnings("", "", "start: \"2023-01-01T00:00Z\""),
            Lines{"run.start has no use without an hourly series"});
}

TEST_F(SiteMessage, ErrorsSayWhatToMend) {
  const std::string at = "fleet.region[0].site.";
  EXPECT_EQ(error("site { carbon_intensity: \"1 g/kWh\" carbon_trace: \"carbon.csv\" }"),
            at + "carbon_trace: found beside carbon_intensity; expected one of them");
  EXPECT_EQ(error("site { pue: 1.2 cooling: \"Legacy\" }"),
            at + "cooling: found beside pue; expected one of them");
  EXPECT_NE(error("site { carbon_trace: \"carbon.csv\" carbon_zone: \"C\" }")
                .find("no zone is called \"C\""),
            std::string::npos);
  EXPECT_NE(error("site { carbon_trace: \"carbn.csv\" }").find("did you mean \"carbon.csv\"?"),
            std::string::npos);
  EXPECT_NE(error("site { cooling: \"Legcy\" }").find("did you mean \""), std::string::npos);
  EXPECT_EQ(error("site { outside: \"air.csv\" }"),
            at + "outside: found without pue_at; expected the PUE at some temperatures");
  EXPECT_EQ(error("site { outside: \"air.csv\" pue_at { x: 1 y: 0.9 } }"),
            at + "pue_at[0]: found a PUE of 0.9; expected at least 1");
  EXPECT_EQ(error("site { pue: 1.2 fixed_overhead: 0.3 power_budget: \"1 MW\" }"),
            at + "fixed_overhead: found a PUE of 1.2 with 0.3 of it fixed; expected at least 1 "
                 "beside it");
  EXPECT_EQ(error("site { fixed_overhead: 0.1 }"),
            at + "fixed_overhead: a fixed overhead is a share of the power budget; expected that "
                 "as well");
  EXPECT_EQ(error("", "power { cap: \"200 W\" }"),
            "fleet.region[0].cluster[0].power.cap: found \"200 W\"; expected more than an "
            "accelerator draws idle, 210 W");
  EXPECT_EQ(error("", "power { curve { x: 1 y: 1 } curve { x: 0 y: 0 } }"),
            "fleet.region[0].cluster[0].power.curve[0]: found a point at 0 behind one at 1; "
            "expected them to rise");
  EXPECT_EQ(error("", "", "start: \"2023-01-01T00:00\""),
            "run.start: found \"2023-01-01T00:00\"; expected a time and its offset, such as "
            "\"2023-01-01T00:00Z\"");
  EXPECT_EQ(error("site { carbon_trace: \"late.csv\" price_trace: \"price.csv\" }"),
            at + "price_trace: begins at 2023-01-01T00:00Z, but " + at +
                "carbon_trace at 2024-01-01T00:00Z; expected run.start, which says what time "
                "simulated time 0 is");
  EXPECT_NE(error("site { carbon_intensity: \"1 kg\" }").find("\"1 kg\" is a mass; expected"),
            std::string::npos);
  EXPECT_EQ(error("site { demand_charge: \"15 $\" }"),
            at + "demand_charge: \"15 $\" is an amount of money; expected a price of power such as "
                 "\"15 $/kW\"");
}

}  // namespace
}  // namespace fleetsim
