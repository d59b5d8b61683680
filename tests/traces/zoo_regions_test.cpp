#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/temporary_folder.h"
#include "topology/wide_area.h"
#include "traces/zoo.h"

namespace fleetsim {
namespace {

using analytic::Fields;
using analytic::Location;

const Zoo& book() {
  static const Result<Zoo> zoo = load_zoo({});
  EXPECT_TRUE(zoo) << zoo.error().message;
  return *zoo;
}

const ZooKind& regions() {
  return **zoo_kind("regions");
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Light in glass over the great circle, there and back.
double light(const Location& from, const Location& to) {
  return *analytic::light_round_trip(*analytic::great_circle(from.at, to.at), 1);
}

TEST(ZooRegions, HoldCitiesAndTheRegionsOfThreeClouds) {
  std::map<std::string, int> by_provider;
  std::set<std::string> names;
  for (const ZooEntry* entry : book().of_kind(regions())) {
    ++by_provider[entry->text("provider")];
    EXPECT_TRUE(names.insert(entry->name).second) << entry->name;
    EXPECT_FALSE(entry->text("city").empty()) << entry->id;
    EXPECT_FALSE(entry->text("country").empty()) << entry->id;
    EXPECT_FALSE(entry->remarks.empty()) << entry->id << " has no source";
    const auto location = book().place(entry->name);
    ASSERT_TRUE(location) << location.error().message;
    EXPECT_EQ(location->id, entry->id);
    EXPECT_LT(std::abs(location->at.latitude), 70) << entry->id;
    EXPECT_GT(std::abs(location->at.latitude) + std::abs(location->at.longitude), 1);
    // A cloud's region lies where its city does.
    const auto city = book().place(entry->text("city"));
    ASSERT_TRUE(city) << city.error().message;
    EXPECT_EQ(light(*location, *city), 0) << entry->id;
  }
  EXPECT_EQ(by_provider["AWS"], 21);
  EXPECT_EQ(by_provider["Azure"], 21);
  EXPECT_EQ(by_provider["GCP"], 27);
  EXPECT_GE(by_provider[""], 100);
}

TEST(ZooRegions, AnswerToCityProviderAndFullName) {
  for (const char* name : {"Ashburn", "ashburn", "Regions.Ashburn", "Northern Virginia",
                           "Infrastructure.Regions.Ashburn", "Ashburn (Virginia)"})
    EXPECT_EQ(book().place(name)->id, "Regions.Ashburn") << name;
  for (const char* name : {"aws:us-east-1", "us-east-1", "AWS_us_east_1", "Regions.AWS_us_east_1",
                           "AWS US East (N. Virginia)", "AWS-us-east-1"})
    EXPECT_EQ(book().place(name)->id, "Regions.AWS_us_east_1") << name;
  for (const char* name : {"gcp:europe-west4-a", "gcp:europe-west4", "GCP_europe_west4"})
    EXPECT_EQ(book().place(name)->id, "Regions.GCP_europe_west4") << name;
  EXPECT_EQ(book().place("azure:eastus")->id, "Regions.Azure_eastus");
  EXPECT_EQ(book().place("São Paulo")->name, "Sao Paulo");
  const Location ashburn = *book().place("Ashburn");
  EXPECT_EQ(ashburn.at.latitude, 39.04);
  EXPECT_EQ(ashburn.at.longitude, -77.49);
  EXPECT_TRUE(holds(book().place("Dublon").error().message, "did you mean \"Dublin\"?"));
}

// The grid of the state, else of the country; an average over countries says too little of one.
TEST(ZooRegions, KnowTheirGrids) {
  const std::map<std::string, std::string> grids = {
      {"Ashburn", "US_Avg"},       {"Dallas", "Texas"},      {"Des Moines", "Iowa"},
      {"gcp:us-central1", "Iowa"}, {"Montreal", "Quebec"},   {"Paris", "France"},
      {"Frankfurt", "Germany"},    {"Oslo", "Norway"},       {"Warsaw", "Poland"},
      {"Reykjavik", "Iceland"},    {"Mumbai", "India_Avg"},  {"Shanghai", "China_Avg"},
      {"ca-central-1", "Quebec"},  {"norwayeast", "Norway"},
  };
  for (const auto& [place, grid] : grids)
    EXPECT_EQ(book().place(place)->grid->id, "Grids." + grid) << place;
  for (const char* place : {"Dublin", "Singapore", "Toronto", "Hong Kong", "Stockholm"})
    EXPECT_FALSE(book().place(place)->grid) << place;
}

TEST(ZooRegions, MayBeFieldsOrAddedByAFile) {
  const auto campus = book().place(Fields{{"latitude_deg", 61.5}, {"longitude_deg", 23.8}});
  ASSERT_TRUE(campus) << campus.error().message;
  EXPECT_EQ(campus->at.latitude, 61.5);
  EXPECT_EQ(book().place(Fields{{"base", "Dublin"}, {"grid", "EU_Avg"}})->grid->id, "Grids.EU_Avg");
  struct Refusal {
    Fields fields;
    const char* message;
  };
  const Refusal refusals[] = {
      {{{"latitude_deg", 50}}, "needs longitude_deg"},
      {{{"base", "Dublin"}, {"latitude_deg", 91}}, "latitude_deg: found 91; expected degrees from"},
      {{{"base", "Dublin"}, {"longitude_deg", -181}}, "from -180 to 180"},
      {{{"base", "Dublin"}, {"grid", "Irland"}}, "grid: the catalogue has no \"Irland\""},
      {{{"base", "Dublin"}, {"lattitude_deg", 50}}, "did you mean \"latitude_deg\"?"},
  };
  for (const Refusal& c : refusals) {
    const auto refused = book().place(c.fields);
    ASSERT_FALSE(refused) << c.message;
    EXPECT_TRUE(holds(refused.error().message, c.message)) << refused.error().message;
  }
  const testing_support::TemporaryFolder folder;
  testing_support::write_bytes(folder / "my.json", R"({"regions": [
    {"id": "Regions.Campus", "latitude_deg": 46.8, "longitude_deg": -71.2, "grid": "Quebec"}]})");
  const std::string files[] = {folder / "my.json"};
  const Result<Zoo> zoo = load_zoo(files);
  ASSERT_TRUE(zoo) << zoo.error().message;
  EXPECT_EQ(zoo->place("Campus")->grid->id, "Grids.Quebec");
  testing_support::write_bytes(folder / "my.json",
                               "{\"regions\": [\n{\"id\": \"X\", \"base\": \"Oslo\",\n"
                               "\"grid\": \"Norwegen\"}]}");
  EXPECT_TRUE(holds(load_zoo(files).error().message, "my.json:2: X: grid: the catalogue has no"));
}

// What Skyplane measured between all the regions of three clouds.
class MeasuredRegions : public ::testing::Test {
 protected:
  struct Row {
    std::string from, to;
    double seconds = 0, light = 0;
  };

  void SetUp() override {
    const std::filesystem::path path = std::filesystem::path(SOURCE_DIR) /
                                       "../shared/traces/network" /
                                       "cloud_rtt_ms_skyplane_2022-04.csv";
    std::ifstream file(path);
    if (!file) GTEST_SKIP() << "the measured round trips are not beside the repository";
    std::string line;
    std::getline(file, line);
    ASSERT_TRUE(line.starts_with("src,dst,min_rtt_ms,")) << line;
    while (std::getline(file, line)) {
      std::istringstream cells(line);
      Row row;
      std::getline(cells, row.from, ',');
      std::getline(cells, row.to, ',');
      ASSERT_TRUE(cells >> row.seconds) << line;
      row.seconds *= 1e-3;
      rows_.push_back(std::move(row));
    }
    ASSERT_EQ(rows_.size(), 4692u);
    for (Row& row : rows_) {
      row.light = light(place(row.from), place(row.to));
      measured_[{row.from, row.to}] = row.seconds;
    }
    ASSERT_EQ(places_.size(), 69u);
  }

  const Location& place(const std::string& name) {
    const auto known = places_.find(name);
    if (known != places_.end()) return known->second;
    const auto found = book().place(name);
    EXPECT_TRUE(found) << found.error().message;
    return places_[name] = found ? *found : Location{};
  }

  // A round trip is the same from either end; of both measurements the slower.
  double either_way(const Row& row) const {
    return std::max(row.seconds, measured_.at({row.to, row.from}));
  }

  std::vector<Row> rows_;
  std::map<std::string, Location> places_;
  std::map<std::pair<std::string, std::string>, double> measured_;
};

// A region in the wrong place would beat light to many others.
TEST_F(MeasuredRegions, AreNoNearerThanLightAllows) {
  std::size_t beaten = 0, beaten_either_way = 0;
  for (const Row& row : rows_) {
    if (either_way(row) < row.light) ++beaten_either_way;
    if (row.seconds >= row.light) continue;
    ++beaten;
    // Probes sent from GCP are sometimes answered too soon, to any region; none from elsewhere are.
    EXPECT_TRUE(row.from.starts_with("gcp:")) << row.from << " to " << row.to;
  }
  const auto all = static_cast<double>(rows_.size());
  EXPECT_LE(static_cast<double>(beaten_either_way), 0.01 * all);
  EXPECT_LE(static_cast<double>(beaten), 0.025 * all);
  fmt::print("light is beaten in {} of {} rows, in {} of them both ways\n", beaten, rows_.size(),
             beaten_either_way);
}

TEST_F(MeasuredRegions, GiveTheStretchOfFleets) {
  std::vector<double> stretches;
  for (const Row& row : rows_) {
    const double distance = *analytic::great_circle(place(row.from).at, place(row.to).at);
    if (row.from < row.to && distance > 100e3) stretches.push_back(either_way(row) / row.light);
  }
  std::sort(stretches.begin(), stretches.end());
  ASSERT_EQ(stretches.size(), 2313u);
  const double median = stretches[1156], low = stretches[578], high = stretches[1734];
  fmt::print("stretch over {} pairs: median {:.4f}, quartiles {:.4f} and {:.4f}\n",
             stretches.size(), median, low, high);
  EXPECT_NEAR(default_stretch, median, 0.01 * median);
  EXPECT_NEAR(low, 1.58, 0.01);
  EXPECT_NEAR(high, 2.30, 0.01);
}

}  // namespace
}  // namespace fleetsim
