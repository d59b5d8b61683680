#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/program.h"
#include "tools/cases.h"
#include "tools/expression.h"
#include "tools/json_value.h"
#include "traces/zoo.h"

// The headlines of the book's tutorials 0 to 12 and of its course deck:
// tests/analytic/headlines.json has each with its source, the figures as printed or as its lines
// `hand` work them out. Here every one is held against the solvers, and what stands between two of
// them.
namespace fleetsim {
namespace {

using testing_support::fleetsim_says;

const char* const path = SOURCE_DIR "/tests/analytic/headlines.json";

const Json& file() {
  static const Result<Json> json = read_json_file(path);
  EXPECT_TRUE(json) << json.error().message;
  return *json;
}

const std::vector<Case>& headlines() {
  static const Result<std::vector<Case>> cases = read_cases(path);
  EXPECT_TRUE(cases) << cases.error().message;
  return *cases;
}

const CaseOutcome& outcome_of(const std::string& id) {
  static const Result<Zoo> zoo = load_zoo({});
  static std::map<std::string, CaseOutcome> solved;
  for (const Case& test : headlines())
    if (test.id == id && !solved.contains(id)) solved[id] = run_case(test, *zoo);
  EXPECT_TRUE(solved.contains(id)) << id;
  return solved[id];
}

// What the solver tells, in the unit that the headline has it in.
double told(const std::string& id, const std::string& name) {
  for (const CaseFigure& figure : outcome_of(id).figures)
    if (figure.name == name) return figure.value.number();
  ADD_FAILURE() << id << " has no " << name;
  return std::nan("");
}

TEST(Headlines, TheSolversTellEveryOne) {
  for (const Case& test : headlines()) {
    const CaseOutcome& outcome = outcome_of(test.id);
    EXPECT_EQ(outcome.status, CaseOutcome::Status::pass) << test.id << ": " << outcome.reason;
    EXPECT_EQ(outcome.figures.size(), test.expected.size()) << test.id;
    for (const CaseFigure& figure : outcome.figures)
      EXPECT_TRUE(figure.pass) << test.id << ": " << figure.name << " is "
                               << json_of(figure.value).dump() << ", expected "
                               << json_of(figure.expected).dump();
  }
}

TEST(Headlines, CoverEveryTutorialAndTheDeck) {
  std::map<std::string, int> count;
  for (const Case& test : headlines()) {
    EXPECT_TRUE(test.gated()) << test.id;  // one that is not would be skipped, not fail
    ++count[test.id.substr(0, test.id.find('-'))];
  }
  EXPECT_GE(headlines().size(), 150u);
  for (const char* tutorial : {"t00", "t01", "t02", "t03", "t04", "t05", "t06", "t07", "t08", "t09",
                               "t10", "t11", "t12", "td"})
    EXPECT_GE(count[tutorial], 3) << tutorial;
  EXPECT_GE(count["deck"], 40);
  EXPECT_EQ(count.size(), 15u);  // no identifier that says of no page it is from
}

TEST(Headlines, SayWhereTheyAreFrom) {
  std::map<std::string, int> seen;
  for (const Json& test : file()) {
    const std::string id = test["id"], kind = test["kind"];
    EXPECT_EQ(++seen[id], 1) << id;
    EXPECT_TRUE(test["source"].get<std::string>().starts_with("mlsysim/")) << id;
    EXPECT_FALSE(test["version"].get<std::string>().empty()) << id;
    EXPECT_TRUE(kind == "printed" || kind == "hand" || kind == "printed and hand") << id;
  }
}

// The lines `hand` of a headline, each "name = arithmetic of those before it".
std::map<std::string, double> worked_out(const Json& test) {
  std::map<std::string, double> values;
  const ExpressionNames names{
      [&](std::string_view name) -> Result<double> {
        const auto found = values.find(std::string(name));
        if (found == values.end()) return Error{"no " + std::string(name)};
        return found->second;
      },
      [](std::string_view name, std::span<const double> arguments) -> Result<double> {
        if (arguments.size() != 1) return Error{"no " + std::string(name)};
        if (name == "sqrt") return std::sqrt(arguments[0]);
        if (name == "exp") return std::exp(arguments[0]);
        if (name == "ln") return std::log(arguments[0]);
        return Error{"no " + std::string(name)};
      }};
  for (const std::string line : test.value("hand", Json::array())) {
    const auto equals = line.find(" = ");
    const Result<double> value = evaluate(line.substr(equals + 3), names);
    EXPECT_TRUE(value) << test["id"] << ": " << value.error().message;
    if (value) values[line.substr(0, equals)] = *value;
  }
  return values;
}

// A figure that no page prints is what its own calculation gives, and where both are there the page
// agrees with it: no expectation is the program's answer written down.
TEST(Headlines, HandCalculationsGiveWhatIsExpected) {
  for (const Json& test : file()) {
    const std::map<std::string, double> values = worked_out(test);
    for (const auto& [name, expected] : test["expected"].items()) {
      if (!expected["value"].is_number() || expected.contains("op")) continue;
      const double wanted = expected["value"], tolerance = expected["rel_tol"];
      const auto found = values.find(name);
      if (found == values.end()) {
        EXPECT_TRUE(wanted == 0 || test["kind"] != "hand") << test["id"] << ' ' << name;
        continue;
      }
      EXPECT_NEAR(found->second, wanted, std::max(tolerance, 1e-11) * std::fabs(wanted))
          << test["id"] << ' ' << name;
    }
  }
}

// Tutorial 07 prints 61x and says 40x, the deck (slide 5.5) 41x: the grids alone are 41x.
TEST(HeadlineRatios, PolandOverQuebec) {
  const double ratio = (820 * 1.58) / (20 * 1.06);
  EXPECT_EQ(std::round(ratio), 61);
  EXPECT_NEAR(told("t07-poland", "carbon_footprint") / told("t07-quebec", "carbon_footprint"),
              ratio, 1e-9);
  EXPECT_NEAR(told("deck-5.8-geography", "carbon_footprint_Poland") /
                  told("deck-5.8-geography", "carbon_footprint_Quebec"),
              ratio, 1e-9);
  EXPECT_NEAR(told("deck-5.5-intensities", "carbon_intensity_Poland") /
                  told("deck-5.5-intensities", "carbon_intensity_Quebec"),
              41, 1e-9);
}

// Deck, slide 5.9: 512 H100 for 30 days. 700 W x 512 x 720 h = 258,048 kWh.
TEST(HeadlineRatios, TonsThatQuebecSaves) {
  const double saved = 258.048 * (0.82 * 1.58 - 0.02 * 1.06);
  EXPECT_NEAR(saved, 328.9, 0.05);
  EXPECT_NEAR(told("deck-5.9a-512-h100", "carbon_footprint_Poland") -
                  told("deck-5.9a-512-h100", "carbon_footprint_Quebec"),
              saved, 1e-9);
}

// Deck, slide 5.9b, "cheapest per FLOP": dollars of 30 days over the peaks, 989 and 1307 TFLOP/s.
TEST(HeadlineRatios, MI300XIsCheaperForItsRate) {
  EXPECT_LT(told("deck-5.9b-mi300x", "tco") / 1307, told("deck-5.9b-h100", "tco") / 989);
}

// Tutorial 10, section 4: 20.6x.
TEST(HeadlineRatios, WaferOverGpu) {
  EXPECT_NEAR(told("t10-h100", "latency") / told("t10-cs3", "latency"), 20.6, 0.05);
}

// Tutorial 08, sections 4 and 5: 70.3 to 455.2 million dollars; routing saves 316,553,733, 70 %.
TEST(HeadlineRatios, RoutingSavesSeventyPercent) {
  const double all = told("t08-fleet-k8", "tco"), routed = told("t08-routed", "tco");
  EXPECT_NEAR(all - routed, 316'553'733, 1);
  EXPECT_NEAR((all - routed) / all, 0.70, 0.005);
  EXPECT_NEAR(told("t08-fleet-k1", "tco") / 1e6, 70.3, 0.05);
  EXPECT_NEAR(all / 1e6, 455.2, 0.05);
}

// Tutorial 02, section 5: of four devices, only H100 and H200 keep to 200 ms and 50 ms.
TEST(HeadlineRatios, WhoKeepsToTheLimits) {
  for (const std::string device : {"T4", "A100", "H100", "H200"})
    EXPECT_EQ(told("t02-sla", "ttft_" + device) <= 200 && told("t02-sla", "itl_" + device) <= 50,
              device[0] == 'H')
        << device;
}

// Deck, slide 7.2: compute ~10^7, power ~10^4.7. Its ~10^7 of bandwidth is 10^4.7 too.
TEST(HeadlineRatios, FromNrf52840ToH100) {
  const auto decades = [](double large, double small) { return std::log10(large / small); };
  const std::string small = "deck-7.2-nrf52840", large = "deck-7.2-h100";
  EXPECT_NEAR(decades(told(large, "peak_flops") * 1e12, told(small, "peak_flops") * 1e6), 7, 0.5);
  EXPECT_NEAR(decades(told(large, "tdp"), told(small, "tdp") / 1e3), 4.7, 0.05);
  EXPECT_NEAR(
      decades(told(large, "memory_bandwidth") * 1e12, told(small, "memory_bandwidth") * 1e6),
      std::log10(3.35e12 / 64e6), 1e-12);
}

// Deck, slide 6.7: a million dollars, 50 ms. Each device at the largest batch that keeps to it.
TEST(HeadlineRatios, WhatAMillionDollarsServe) {
  const auto served = [](const std::string& id, const std::string& batch) {
    EXPECT_LE(told(id, "latency_b" + batch), 50) << id;
    EXPECT_GT(told(id, "latency_b" + std::to_string(std::stoi(batch) + 1)), 50) << id;
    return std::floor(1e6 / told(id, "hardware.unit_cost")) * told(id, "throughput_b" + batch);
  };
  const double a100_fp16 = served("deck-6.7-a100-fp16", "53");
  const double a100_int8 = served("deck-6.7-a100-int8", "116");
  const double h100_int8 = served("deck-6.7-h100-int8", "197");
  const double mi300x_int8 = served("deck-6.7-mi300x-int8", "317");
  EXPECT_LT(a100_fp16, a100_int8);
  EXPECT_LT(a100_int8, h100_int8);    // as the slide expects, ...
  EXPECT_LT(h100_int8, mi300x_int8);  // ... which leaves out the fourth device of slide 6.4
}

// Deck, slides 7.7 and 5.6: who answers in 100 ms, who lasts a year, and which carbon dominates.
TEST(HeadlineRatios, Doorbell) {
  EXPECT_GT(told("deck-7.7-doorbell", "latency_nRF52840"), 100);
  EXPECT_LT(told("deck-7.7-doorbell", "latency_ESP32_S3"), 100);
  EXPECT_GT(told("deck-7.7-battery-nrf52840", "life"), 365);
  EXPECT_GT(told("deck-7.7-battery-esp32-s3", "life"), 365);
  // 5 kg to make one against a year of one inference a minute on 429 g/kWh.
  const double year_kwh = told("deck-7.7-doorbell", "energy_ESP32_S3") * 1e-3 * 525'600 / 3.6e6;
  EXPECT_GT(5 / (5 + year_kwh * 0.429), 0.9);
}

Json search_of(const std::string& arguments) {
  const auto outcome = fleetsim_says("solve search " + arguments + " --format json");
  EXPECT_EQ(outcome.status, 0) << outcome.out;
  const Result<Json> json = parse_json(outcome.out, "search");
  return json ? *json : Json::object();
}

// Tutorial 12 (design space exploration), sections 3 and 4: 4 x 4 x 3 points, of which those with
// 16 or 32 devices a replica fit.
TEST(HeadlineSearches, FortyEightPoints) {
  const Json json = search_of(
      "distributed --model Llama3_70B --fleet Frontier_8K --efficiency 0.45"
      " --vary batch_size=16,32,64,128 --vary tp_size=1,2,4,8 --vary pp_size=1,2,4"
      " --maximize effective_throughput");
  EXPECT_EQ(json["searched"], 48);
  EXPECT_EQ(json["infeasible"], 36);
  EXPECT_EQ(json["best"]["set"]["tp_size"], 8);
  EXPECT_EQ(json["best"]["set"]["pp_size"], 2);
  EXPECT_EQ(json["best"]["set"]["batch_size"], 16);
}

// Deck, slide 6.5: the most throughput below 100 ms.
TEST(HeadlineSearches, ThroughputWithinALimit) {
  const Json json = search_of(
      "single_node --model Llama3_8B --hardware H100 --vary batch_size=1,4,8,16,32,64"
      " --vary precision=fp16,int8 --maximize throughput --subject-to 'latency < 100 ms'");
  EXPECT_EQ(json["searched"], 12);
  EXPECT_EQ(json["best"]["set"]["batch_size"], 64);
  EXPECT_EQ(json["best"]["set"]["precision"], "int8");
}

}  // namespace
}  // namespace fleetsim
