#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "tests/support/public_traces.h"
#include "topology/meter.h"
#include "traces/calendar.h"
#include "traces/hourly_file.h"

namespace fleetsim {
namespace {

constexpr double gram_per_kwh = 1e-3 / 3.6e6;

struct ZoneClock {
  const char* zone;
  int offset;  // h from UTC, of standard time
};
constexpr ZoneClock zones[] = {
    {"AU-NSW", 10},      {"AU-VIC", 10},     {"BR-SP", -3},       {"CA-ON", -5},
    {"CL-SIC", -4},      {"DE-LU", 1},       {"GB", 0},           {"IN-WE", 5},
    {"JP-TK", 9},        {"KR", 9},          {"SG", 8},           {"US-CAL-CISO", -8},
    {"US-MIDA-PJM", -5}, {"US-NY-NYIS", -5}, {"US-TEX-ERCO", -6}, {"ZA", 2}};

// Published series of a year, where the folder of traces is at hand.
class HourlyZones : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string carbon = testing_support::public_trace("carbon");
    if (carbon.empty()) GTEST_SKIP() << testing_support::no_public_traces;
    folder_ = std::filesystem::path(carbon).parent_path();
  }
  HourlySeries read(const char* file, const HourlyRequest& request) const {
    auto series = read_hourly((folder_ / file).string(), request);
    EXPECT_TRUE(series) << series.error().message;
    return series ? *std::move(series) : HourlySeries{};
  }

  std::filesystem::path folder_;
};

SiteUsage a_year(const StepSeries& carbon, int offset, bool nights_only) {
  const auto site = Site::make({.carbon = carbon}, {.per_it = 1});
  Meter meter(std::make_shared<const Site>(*site));
  const Meter::Part part = meter.part("accelerators");
  meter.set({}, part, nights_only ? 0 : 1e6);
  // From 22 to 6 o'clock where it stands.
  for (std::int64_t h = 0; nights_only && h < 8760; ++h) {
    const std::int64_t local = (h + offset + 24) % 24;
    meter.set(Instant{} + h * 3600_s, part, local >= 22 || local < 6 ? 1e6 : 0);
  }
  return meter.usage({}, Instant{} + 8760 * 3600_s);
}

TEST_F(HourlyZones, AConstantLoadSeesTheMeanAndANightLoadDoesNot) {
  double most = 0;
  for (const auto& [zone, offset] : zones) {
    const HourlySeries series =
        read("carbon/ci_hourly_2023_direct_gco2_per_kwh.csv", {.zone = zone});
    ASSERT_EQ(series.values.size(), 8760u) << zone;
    EXPECT_EQ(series.gaps, 0u) << zone;
    const StepSeries hourly = series.from(series.start);
    const StepSeries mean(hourly.mean());
    const double always = a_year(hourly, offset, false).carbon;
    EXPECT_NEAR(always, a_year(mean, offset, false).carbon, 1e-9 * always) << zone;
    const double night = a_year(hourly, offset, true).carbon;
    const double night_by_mean = a_year(mean, offset, true).carbon;
    EXPECT_NEAR(night_by_mean, always / 3, 1e-9 * always) << zone;
    const double difference = night / night_by_mean - 1;
    std::printf("%-12s mean %6.1f g/kWh, at night %+6.2f %%\n", zone, hourly.mean() / gram_per_kwh,
                100 * difference);
    most = std::max(most, std::abs(difference));
  }
  EXPECT_GT(most, 0.1);  // somewhere the sun counts
}

TEST_F(HourlyZones, MeansAreThosePublished) {
  for (const auto& [zone, direct, lifecycle] : {std::tuple{"DE-LU", 308, 367},
                                                {"GB", 129, 188},
                                                {"US-CAL-CISO", 194, 261},
                                                {"ZA", 645, 702}}) {
    const auto mean = [&, name = zone](const char* file, CarbonKind kind) {
      return read(file, {.zone = name, .kind = kind}).from(0).mean() / gram_per_kwh;
    };
    EXPECT_NEAR(mean("carbon/ci_hourly_2023_direct_gco2_per_kwh.csv", CarbonKind::direct), direct,
                0.5);
    EXPECT_NEAR(mean("carbon/ci_hourly_2023_lifecycle_gco2_per_kwh.csv", CarbonKind::lifecycle),
                lifecycle, 0.5);
  }
  const HourlySeries pjm = read("carbon/ci_hourly_us_2022_eia_gco2_per_kwh.csv", {.zone = "PJM"});
  EXPECT_EQ(pjm.gaps, 23u);
  EXPECT_EQ(pjm.warnings.size(), 1u);
}

TEST_F(HourlyZones, PricesMayBeBelowNothing) {
  const HourlySeries germany =
      read("prices/price_hourly_2023_native_per_mwh.csv", {.what = Hourly::price, .zone = "DE-LU"});
  double least = 0;
  int negative = 0;
  for (const double price : germany.values) {
    least = std::min(least, price);
    negative += price < 0 ? 1 : 0;
  }
  EXPECT_NEAR(least * 3.6e9, -500, 1e-9);
  EXPECT_EQ(negative, 300);
  EXPECT_NEAR(germany.from(germany.start).mean() * 3.6e9, 95.2, 0.05);
}

TEST_F(HourlyZones, ElectricityMapsExportIsRead) {
  const HourlySeries series = read("formats/electricitymaps_hourly.csv", {});
  EXPECT_EQ(format_calendar(series.start), "2023-01-01T00:00Z");
  EXPECT_EQ(series.zone, "DE");
  EXPECT_EQ(series.kind, CarbonKind::direct);
  EXPECT_NEAR(series.values[0] / gram_per_kwh, 140.51, 1e-9);
  EXPECT_EQ(series.estimated, 0);
}

}  // namespace
}  // namespace fleetsim
