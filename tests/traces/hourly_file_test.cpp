#include "traces/hourly_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/stream.h"
#include "tests/support/temporary_folder.h"
#include "traces/calendar.h"

namespace fleetsim {
namespace {

using testing_support::TemporaryFolder;
using testing_support::write_bytes;

constexpr double gram_per_kwh = 1e-3 / 3.6e6, per_mwh = 1 / 3.6e9;
constexpr std::int64_t new_year = 1'672'531'200;  // 2023-01-01T00:00Z

TEST(Calendar, ReadsWhatPeopleWrite) {
  const auto seconds_of = [](const char* text) {
    const auto read = parse_calendar(text);
    return read ? read->seconds - new_year : -1;
  };
  EXPECT_EQ(seconds_of("2023-01-01T00:00Z"), 0);
  EXPECT_EQ(seconds_of("2023-01-01"), 0);
  EXPECT_EQ(seconds_of("2023-01-01 01:00:05"), 3605);
  EXPECT_EQ(seconds_of("2023-01-01T01:02:03.000Z"), 3723);
  EXPECT_EQ(seconds_of("2023-01-01T02:00+02:00"), 0);
  EXPECT_EQ(seconds_of("2022-12-31T19-05"), 0);
  EXPECT_EQ(seconds_of("2022-12-31T18:30:00-0530"), 0);
  EXPECT_EQ(seconds_of("2023-03-01"), 59 * 86400);
  EXPECT_EQ(parse_calendar("2024-02-29")->seconds, new_year + (365 + 59) * 86400);
  EXPECT_FALSE(parse_calendar("2023-01-01 00:00")->has_offset);
  EXPECT_TRUE(parse_calendar("2023-01-01 00:00 +00:00")->has_offset);
  for (const char* bad : {"", "2023", "2023-02-29", "2023-13-01", "1969-12-31", "2023-01-01T24:00",
                          "2023-01-01T00:60", "2023-01-01T00:00ZZ", "2023-01-01T00:00:00.5",
                          "01/01/2023", "2023-01-01x", "2023-01-01T+01", "2023-01-01T00+1"})
    EXPECT_FALSE(parse_calendar(bad)) << bad;
  EXPECT_EQ(format_calendar(new_year + 3660), "2023-01-01T01:01Z");
  EXPECT_EQ(format_calendar(-60), "1969-12-31T23:59Z");
}

class HourlyFile : public ::testing::Test {
 protected:
  Result<HourlySeries> read(const std::string& bytes, const HourlyRequest& request = {}) {
    write_bytes(path_, bytes);
    return read_hourly(path_, request);
  }
  HourlySeries good(const std::string& bytes, const HourlyRequest& request = {}) {
    auto series = read(bytes, request);
    EXPECT_TRUE(series) << series.error().message;
    return series ? *std::move(series) : HourlySeries{};
  }
  // The message, behind the name of the file.
  std::string error(const std::string& bytes, const HourlyRequest& request = {}) {
    const auto series = read(bytes, request);
    if (series) return "read";
    EXPECT_EQ(series.error().message.find(path_ + ":"), 0u) << series.error().message;
    return series.error().message.substr(path_.size() + 1);
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "hours.csv";
};

const char* const electricity_maps =
    "\xEF\xBB\xBF"
    "Datetime (UTC),Country,Zone Name,Zone Id,Carbon Intensity gCO\u2082eq/kWh (direct),"
    "Carbon Intensity gCO\u2082eq/kWh (LCA),Low Carbon Percentage,Data Source,Data Estimated\r\n"
    "2023-01-01 00:00:00,Germany,Germany,DE,140.5,185.8,83.79,entsoe.eu,false\r\n"
    "2023-01-01 01:00:00,Germany,Germany,DE,150,190,83.85,entsoe.eu,true\r\n";

TEST_F(HourlyFile, ReadsElectricityMaps) {
  const HourlySeries direct = good(electricity_maps);
  EXPECT_EQ(direct.start, new_year);
  EXPECT_EQ(direct.step, 3600_s);
  EXPECT_EQ(direct.zone, "DE");
  EXPECT_EQ(direct.kind, CarbonKind::direct);
  ASSERT_EQ(direct.values.size(), 2u);
  EXPECT_DOUBLE_EQ(direct.values[0], 140.5 * gram_per_kwh);
  EXPECT_EQ(direct.estimated, 0.5);
  ASSERT_EQ(direct.warnings.size(), 1u);
  EXPECT_EQ(direct.warnings[0], path_ + ", DE: 50 % of the values are estimates by its author");
  const HourlySeries life = good(electricity_maps, {.zone = "DE", .kind = CarbonKind::lifecycle});
  EXPECT_DOUBLE_EQ(life.values[1], 190 * gram_per_kwh);
  EXPECT_EQ(life.kind, CarbonKind::lifecycle);
  EXPECT_EQ(error(electricity_maps, {.zone = "DK"}),
            " no zone is called \"DK\"; found Germany, DE; did you mean \"DE\"?");
  EXPECT_EQ(error(electricity_maps, {.kind = CarbonKind::marginal})
                .find("1:42: no column holds the marginal intensity; found \"Carbon Intensity"),
            0u);
}

TEST_F(HourlyFile, ReadsWideFiles) {
  const std::string wide = "utc,DE-LU,FR\n2023-01-01T00:00Z,-1.5,\n2023-01-01T01:00Z,2,3\n";
  const HourlySeries price = good(wide, {.what = Hourly::price, .zone = "DE-LU"});
  EXPECT_DOUBLE_EQ(price.values[0], -1.5 * per_mwh);
  EXPECT_EQ(price.zone, "DE-LU");
  EXPECT_TRUE(price.warnings.empty());
  EXPECT_EQ(error(wide, {.zone = "DE-LU"}),
            "2:19: found \"-1.5\"; expected an intensity of at least 0");
  EXPECT_EQ(error(wide, {.zone = "DE-UL"}),
            "1:1: no zone is called \"DE-UL\"; found DE-LU, FR; did you mean \"DE-LU\"?");
  EXPECT_EQ(error(wide), "1:1: holds 2 zones; expected the name of one: DE-LU, FR");
  const HourlySeries alone = good("time,X\n2023-01-01T00:00Z,7\n2023-01-01T00:15Z,8\n");
  EXPECT_EQ(alone.step, 900_s);
  EXPECT_EQ(alone.zone, "X");
}

TEST_F(HourlyFile, OneColumnForEachZone) {
  const std::string twice = "utc,GB,FR,GB\n2023-01-01T00:00Z,1,2,3\n2023-01-01T01:00Z,4,5,6\n";
  EXPECT_EQ(error(twice, {.zone = "GB"}),
            "1:11: found zone \"GB\" twice; expected one column for each");
  EXPECT_DOUBLE_EQ(good(twice, {.zone = "FR"}).values[1], 5 * gram_per_kwh);
}

TEST_F(HourlyFile, MoreThanAnyFuelEmitsIsSaid) {
  const HourlySeries off = good("utc,X\n2023-01-01T00:00Z,2001\n2023-01-01T01:00Z,400\n");
  ASSERT_EQ(off.warnings.size(), 1u);
  EXPECT_EQ(off.warnings[0], path_ +
                                 ", X: holds up to 2001 g/kWh, and the dirtiest power stations "
                                 "emit 1200; is it in another unit?");
  EXPECT_TRUE(good("utc,X\n2023-01-01T00:00Z,1300\n2023-01-01T01:00Z,4\n").warnings.empty());
}

TEST_F(HourlyFile, LocalTimesNeedAnOffset) {
  const HourlySeries eia = good("period,CISO\n2022-12-31T16-08:00,5\n2022-12-31T17-08:00,6\n");
  EXPECT_EQ(eia.start, new_year);
  EXPECT_TRUE(eia.warnings.empty());
  // Over a change of clocks the offset changes and the hours don't.
  good("t,X\n2023-03-26T01:00+01:00,1\n2023-03-26T03:00+02:00,2\n2023-03-26T04:00+02:00,2\n");
  const std::string ask =
      "; local clocks do so twice a year: expected UTC, or an offset such as +02:00 behind each "
      "time";
  EXPECT_EQ(error("t,X\n2023-10-29 01:00,1\n2023-10-29 02:00,2\n2023-10-29 02:00,3\n"),
            "4:1: 2023-10-29 02:00 comes twice" + ask);
  EXPECT_EQ(error("t,X\n2023-03-26 00:00,1\n2023-03-26 01:00,2\n2023-03-26 03:00,3\n"),
            "4:1: 60 min are left out before 2023-03-26 03:00" + ask);
  EXPECT_EQ(error("t,X\n2023-10-29 02:00,1\n2023-10-29 02:30,2\n2023-10-29 02:00,3\n"),
            "4:1: 2023-10-29 02:00 goes back in time by 30 min; expected rising times" + ask);
  const HourlySeries naive = good("t,X\n2023-01-01 00:00,1\n2023-01-01 01:00,2\n");
  EXPECT_EQ(naive.start, new_year);
  ASSERT_EQ(naive.warnings.size(), 1u);
  EXPECT_EQ(naive.warnings[0], path_ + ", X: nothing says the offset of its times; taken as UTC");
}

TEST_F(HourlyFile, GapsKeepTheValueBefore) {
  const HourlySeries series = good(
      "utc,X\n2023-01-01T00:00Z,\n2023-01-01T01:00Z,1\n2023-01-01T02:00Z,\n2023-01-01T03:00Z,\n"
      "2023-01-01T06:00Z,4\n");
  std::vector<double> grams;
  for (const double value : series.values) grams.push_back(std::round(value / gram_per_kwh));
  EXPECT_EQ(grams, (std::vector<double>{4, 1, 1, 1, 1, 1, 4}));
  EXPECT_EQ(series.gaps, 5u);
  EXPECT_EQ(series.longest_gap, 4u);
  ASSERT_EQ(series.warnings.size(), 1u);
  EXPECT_EQ(series.warnings[0],
            path_ + ", X: 5 of 7 steps have no value and keep the one before (up to 4 in a row)");
  EXPECT_EQ(error("utc,X\n2023-01-01T00:00Z,\n2023-01-01T01:00Z,\n"), " all values are blank");
}

TEST_F(HourlyFile, UnitsInHeadingsCount) {
  const std::string rows = "\n2023-01-01T00:00Z,1\n2023-01-01T01:00Z,2\n";
  EXPECT_EQ(error("utc,Carbon Intensity lbCO2/MWh" + rows),
            "1:5: found the unit \"lbCO2/MWh\"; expected gCO2/kWh");
  EXPECT_EQ(error("utc,X (kg/MWh)" + rows), "read");  // the same
  EXPECT_EQ(error("utc,carbon_kg_per_MWh" + rows), "read");
  EXPECT_EQ(error("utc,carbon_intensity_lb_per_MWh" + rows),
            "1:5: found the unit \"lb/MWh\"; expected gCO2/kWh");
  EXPECT_EQ(error("utc,lb per MWh" + rows), "1:5: found the unit \"lb/MWh\"; expected gCO2/kWh");
  good("utc,carbon_intensity (gCO2eq/kWh)" + rows);
  good("utc,Carbon intensity gCO\u2082eq/kWh (Life cycle)" + rows);
  const HourlyRequest price{.what = Hourly::price};
  EXPECT_DOUBLE_EQ(good("utc,Price (EUR/MWhe)" + rows, price).values[1], 2 * per_mwh);
  EXPECT_EQ(error("utc,Price (EUR/mWh)" + rows, price),
            "1:5: found the unit \"EUR/mWh\"; expected a currency per MWh, such as EUR/MWh");
  const HourlyRequest outside{.what = Hourly::temperature};
  EXPECT_EQ(good("utc,wind,temperature (\u00b0C)\n2023-01-01T00:00Z,9,-3\n"
                 "2023-01-01T01:00Z,9,2\n",
                 outside)
                .values,
            (std::vector<double>{-3, 2}));
  EXPECT_EQ(error("utc,temp (F)" + rows, outside),
            "1:5: found the unit \"F\"; expected degrees Celsius");
}

TEST_F(HourlyFile, ErrorsHaveTheirPlace) {
  const std::string two = "utc,X\n2023-01-01T00:00Z,1\n2023-01-01T01:00Z,2\n";
  EXPECT_EQ(error(two + "2023-01-01T01:00Z,2\n"), "4:1: 2023-01-01T01:00Z comes twice");
  EXPECT_EQ(error(two + "2023-01-01T00:30Z,2\n"),
            "4:1: 2023-01-01T00:30Z goes back in time by 30 min; expected rising times");
  EXPECT_EQ(error(two + "2023-01-01T02:30Z,2\n"),
            "4:1: a step of 5400 s; expected 3600 s as between the first two");
  EXPECT_EQ(error("t,X\n2023-01-01T00:00Z,1\n2023-01-01T01:00,2\n"),
            "3:1: times with and without an offset; expected one or the other");
  EXPECT_EQ(error(two + "noon,2\n"),
            "4:1: found \"noon\"; expected a time such as 2023-01-01T00:00Z");
  EXPECT_EQ(error(two + "2023-01-01T02:00Z,nan\n"),
            "4:19: found \"nan\"; expected a number or nothing");
  EXPECT_EQ(error(two + "2023-01-01T02:00Z\n"),
            "4:1: found 1 cells; expected 2 as in the first line");
  EXPECT_EQ(error(two + "2099-01-01T00:00:00Z,2\n"), "read");
  EXPECT_EQ(error("utc,X\n2023-01-01T00:00:00Z,1\n2023-01-01T00:00:01Z,1\n2099-01-01T00:00Z,2\n"),
            "4:1: more than 4194304 steps");
  EXPECT_EQ(error("2023-01-01T00:00Z,1\n2023-01-01T01:00Z,2\n"),
            "1:1: found a time in the first line; expected headings");
  EXPECT_EQ(error("utc,X\n1,2\n"),
            "1:1: no column of times: found \"1\" below; expected times such as "
            "2023-01-01T00:00Z, the year first");
  EXPECT_EQ(error("X,Datetime\n1,01/31/2023 00:00\n"),
            "1:3: no column of times: found \"01/31/2023 00:00\" below; expected times such as "
            "2023-01-01T00:00Z, the year first");
  EXPECT_EQ(error("utc;X\n2023-01-01T00:00Z;1,5\n"),
            "1:1: found \"utc;X\"; expected commas between cells");
  EXPECT_EQ(error("utc\n2023-01-01\n"), "1:1: no column of values beside the times");
  EXPECT_EQ(error("utc,price\n2023-01-01,1\n", {.what = Hourly::price, .zone = "X"}),
            "1:5: no column tells zones apart, but \"X\" is asked for");
  EXPECT_EQ(error("utc,X\n2023-01-01,1\n"), " holds one time; expected two or more");
  EXPECT_EQ(error(""), " holds no rows of times and values");
  const std::string zones = "utc,Zone Id,Price\n2023-01-01,A,1\n2023-01-01,B,1\n2023-01-02,A,1\n";
  EXPECT_EQ(error(zones, {.what = Hourly::price}),
            "3:12: found zone \"B\" beside \"A\"; expected the name of the one that counts");
  EXPECT_EQ(good(zones, {.what = Hourly::price, .zone = "A"}).values.size(), 2u);
}

// What is read from bytes that are changed at random is an error of this file or a sound series.
TEST_F(HourlyFile, NoBytesBreakIt) {
  Stream chance = Chance{.seed = 1}.stream("tests");
  const std::string wide =
      "utc,DE-LU,FR\n2023-01-01T00:00Z,1,\n2023-01-01T01:00Z,2,3\n2023-01-01T02:00Z,2,3\n";
  const std::string letters = "\",\n\r-0123456789TZ+:.#()/ eE\xFFxnai";
  int read_well = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    std::string bytes = trial % 2 == 0 ? electricity_maps : wide;
    const HourlyRequest request{.what = trial % 4 == 1 ? Hourly::price : Hourly::carbon,
                                .zone = trial % 5 == 0   ? ""
                                        : trial % 2 == 0 ? "DE"
                                                         : "DE-LU"};
    for (int change = 0; change <= trial % 4; ++change) {
      const auto at =
          static_cast<std::size_t>(chance.uniform() * static_cast<double>(bytes.size()));
      const char letter =
          letters[static_cast<std::size_t>(chance.uniform() * static_cast<double>(letters.size()))];
      if (trial % 7 == 0)
        bytes.erase(at, 3);
      else if (trial % 7 == 1)
        bytes.insert(at, 1, letter);
      else
        bytes[at] = letter;
    }
    const auto series = read(bytes, request);
    if (!series) {
      EXPECT_EQ(series.error().message.find(path_ + ":"), 0u) << series.error().message;
      continue;
    }
    ++read_well;
    EXPECT_GE(series->values.size(), 2u);
    EXPECT_GT(series->step, Duration{});
    EXPECT_TRUE(std::all_of(series->values.begin(), series->values.end(),
                            [](double value) { return std::isfinite(value); }));
    EXPECT_TRUE(std::isfinite(series->from(new_year).integral({}, Instant{} + 86'400_s)));
  }
  EXPECT_GT(read_well, 100);
  EXPECT_LT(read_well, 900);
  EXPECT_FALSE(read(std::string(100'000, ',')));
}

TEST_F(HourlyFile, TimeZeroIsAPointOfTheCalendar) {
  const HourlySeries series =
      good("utc,X\n2023-01-01T00:00Z,1\n2023-01-01T01:00Z,2\n2023-01-01T02:00Z,3\n");
  const auto first = [&](std::int64_t time_0) {
    return std::round(series.from(time_0).at({}) / gram_per_kwh);
  };
  EXPECT_EQ(first(new_year), 1);
  EXPECT_EQ(first(new_year + 3600), 2);
  EXPECT_EQ(first(new_year + 2 * 3600 + 1800), 3);
  EXPECT_EQ(first(new_year - 1), 3);
  EXPECT_EQ(first(new_year - 3 * 3600 * 1000), 1);
  EXPECT_EQ(series.from(new_year + 5000).next_change({}), Instant{} + 2200_s);
}

}  // namespace
}  // namespace fleetsim
