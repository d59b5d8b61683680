#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "analytic/exact/distance.h"
#include "sim/stream.h"
#include "tests/support/temporary_folder.h"
#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

// Regions a, b, c, d in a row, so that the middle link is shared; a cluster of two nodes in each.
std::string row_of_regions(const std::string& traffic, const std::string& link = "",
                           const char* horizon = "100 s") {
  std::string text = "name: \"row\"\nfleet { fabric { topology: SINGLE_SWITCH latency: \"0 s\" }\n";
  for (const char name : {'a', 'b', 'c', 'd'})
    text += fmt::format(
        "region {{ name: \"{0}\" cluster {{ name: \"{0}{0}\" node: \"DGX_H100\" count: 2 "
        "accelerators: 1 nics: 1 }} }}\n",
        name);
  for (const char* ends : {"ab", "bc", "cd"})
    text += fmt::format(
        "link {{ between: \"{}\" and: \"{}\" bandwidth: \"1 GB/s\" latency: \"10 ms\" {} }}\n",
        ends[0], ends[1], link);
  return text + "}\nnetwork { " + traffic + " }\nrun { horizon: \"" + horizon +
         "\" replications: 2 }\n";
}

std::string flow(const std::string& name, const char* from, const char* to, const char* size,
                 const char* start = "0 s") {
  return fmt::format(
      "collective {{ name: \"{}\" cluster: \"{}\" cluster: \"{}\" kind: POINT_TO_POINT "
      "size: \"{}\" start: \"{}\" }}\n",
      name, from, to, size, start);
}

struct Told {
  std::vector<Measured> simulated;
  Twin twin;

  double value(const std::string& name) const {
    const auto found = std::find_if(simulated.begin(), simulated.end(),
                                    [&](const Measured& m) { return m.metric.name == name; });
    EXPECT_NE(found, simulated.end()) << name;
    return found == simulated.end() ? NAN : found->value;
  }
  double predicted(const std::string& name) const {
    for (const Prediction& p : twin.predictions)
      if (p.metric == name && p.value) return *p.value;
    ADD_FAILURE() << "no closed form of " << name;
    return NAN;
  }
};

Told run(const std::string& text, std::uint32_t replication = 0) {
  const auto loaded = load_scenario_text(text, "row.textproto");
  EXPECT_TRUE(loaded) << loaded.error().message;
  if (!loaded) return {};
  const auto model = model_of(loaded->scenario);
  const Plan plan{.end = loaded->scenario.run.horizon};
  Observation seen = model->simulate({.seed = 1, .replication = replication}, plan, nullptr);
  return {std::move(seen.windows[0]), model->twin()};
}

// The parking lot: one flow over both links shares each with one more.
TEST(NetworkTraffic, ParkingLotSharesByMaxMin) {
  const Told told =
      run(row_of_regions(flow("long", "aa", "cc", "1 GB") + flow("left", "aa", "bb", "1 GB") +
                         flow("right", "bb", "cc", "1 GB")));
  EXPECT_NEAR(told.value("network.long.send_time"), 2 + 0.02, 1e-8);
  EXPECT_NEAR(told.value("network.left.send_time"), 2 + 0.01, 1e-8);
  EXPECT_NEAR(told.predicted("network.long.send_time"), 2.02, 1e-12);
}

// Flows of any size that begin at any time, against filling anew at each change.
TEST(NetworkTraffic, RandomFlowsTakeWhatPlainFillingSays) {
  const char* const clusters[] = {"aa", "bb", "cc", "dd"};
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    Stream stream = Chance{.seed = seed}.stream("test");
    std::string traffic;
    for (int i = 0; i < 6; ++i) {
      const auto from = static_cast<std::size_t>(stream.uniform() * 4);
      const auto apart = 1 + static_cast<std::size_t>(stream.uniform() * 3);
      const auto size = fmt::format("{} MB", 1 + static_cast<int>(stream.uniform() * 3000));
      const auto start = fmt::format("{} ms", static_cast<int>(stream.uniform() * 4000));
      traffic += flow(fmt::format("f{}", i), clusters[from], clusters[(from + apart) % 4],
                      size.c_str(), start.c_str());
    }
    const Told told = run(row_of_regions(traffic));
    for (int i = 0; i < 6; ++i) {
      const std::string metric = fmt::format("network.f{}.send_time", i);
      ASSERT_NEAR(told.value(metric), told.predicted(metric), 2e-8) << metric << " seed " << seed;
    }
  }
}

// Where time is coarse, too: a start so late that a flow's last bytes are below what it can tell.
TEST(NetworkTraffic, LateFlowsEnd) {
  for (const char* start : {"7 s", "50 s", "7000000 s"}) {
    const Told told = run(row_of_regions(flow("f", "aa", "bb", "5 GB", start), "", "8e6 s"));
    EXPECT_NEAR(told.value("network.send_time"), 5.01, 1e-8) << start;
    EXPECT_NEAR(told.predicted("network.send_time"), 5.01, 2e-9 + 1e-15 * 7e6) << start;
  }
}

// With no other way a flow waits while the link is down, and a ping too.
TEST(NetworkTraffic, AnOutageHoldsUpWhatCrossesIt) {
  const std::string outage = "fault { what: \"b > c\" at: \"0.5 s\" for: \"3 s\" }";
  const Told cut = run(row_of_regions(flow("f", "aa", "cc", "1 GB") + outage));
  EXPECT_NEAR(cut.value("network.send_time"), 1 + 0.02 + 3, 1e-8);
  EXPECT_EQ(cut.value("network.faults"), 1);
  EXPECT_NEAR(cut.value("network.link_availability"), 0.97, 1e-12);
  const Told slow = run(row_of_regions(flow("f", "aa", "cc", "1 GB") +
                                       "fault { what: \"c > b\" at: \"0.5 s\" for: \"1 s\" "
                                       "left: 0.25 added_latency: \"7 ms\" }"));
  EXPECT_NEAR(slow.value("network.send_time"), 1 + 0.02 + 0.75, 1e-8);
  const Told ping =
      run(row_of_regions("pings: 1 fault { what: \"a > b\" at: \"0 s\" for: \"2 s\" }"));
  EXPECT_NEAR(ping.value("network.wan_rtt.a.b"), 2 + 0.02, 1e-7);
  EXPECT_NEAR(ping.value("network.wan_rtt.c.d"), 0.02, 1e-12);
}

TEST(NetworkTraffic, AddedLatencyIsThatOfWhatBeginsMeanwhile) {
  const Told told =
      run(row_of_regions("pings: 1 fault { what: \"a > b\" at: \"0 s\" for: \"2 s\" left: 1 "
                         "added_latency: \"7 ms\" }"));
  EXPECT_NEAR(told.value("network.wan_rtt.a.b"), 0.02 + 0.014, 1e-12);
}

// The mean of many pings: the way and the law's mean, within four standard errors.
TEST(NetworkTraffic, JitterAddsItsMean) {
  const Told told =
      run(row_of_regions("pings: 2000", "jitter { exponential { mean: \"4 ms\" } }", "10000 s"));
  const double error = 0.004 * std::sqrt(2 * 3) / std::sqrt(2000.0);
  EXPECT_NEAR(told.value("network.wan_rtt"), 0.06 + 6 * 0.004, 4 * error);
  EXPECT_NEAR(told.predicted("network.wan_rtt"), 0.084, 1e-12);
}

TEST(NetworkTraffic, WhatLeavesARegionIsPaidFor) {
  const Told told = run(row_of_regions(flow("f", "aa", "cc", "10 GB"), "price: \"0.02 $/GB\""));
  EXPECT_NEAR(told.value("cost.network"), 10 * 2 * 0.02, 1e-9);  // two links
}

// Steps that vary make regions wait for the slowest: less efficient than steps that don't, and not
// less than if each took the mean of the greatest of three exponentials, 11/6, every time.
TEST(NetworkTraffic, RegionsWaitForTheSlowest) {
  const auto text = [](const char* law) {
    return row_of_regions(
        fmt::format("outer_steps {{ name: \"t\" cluster: \"aa\" cluster: \"bb\" cluster: \"cc\" "
                    "step {{ {} }} inner_steps: 1 size: \"3 GB\" rounds: 4000 }}",
                    law),
        "", "1e6 s");
  };
  const Told steady = run(text("constant { value: \"10 s\" }"));
  const Told varying = run(text("exponential { mean: \"10 s\" }"));
  EXPECT_LT(varying.value("network.outer.efficiency"), steady.value("network.outer.efficiency"));
  const double exchange = steady.value("network.outer.exchange_time");
  EXPECT_NEAR(varying.value("network.outer.efficiency"), 10 / (10 * 11.0 / 6 + exchange), 0.015);
}

TEST(NetworkTraffic, NamesOfLinksAreChecked) {
  const struct {
    const char* traffic;
    const char* says;
  } cases[] = {
      {"fault { what: \"aa/switch/9\" at: \"1 s\" for: \"1 s\" }", "no switch or node"},
      {"fault { what: \"a > d\" at: \"1 s\" for: \"1 s\" }", "no link joins a and d"},
      {"fault { what: \"a > b\" at: \"1 s\" }", "expected at and for"},
      {"fault { what: \"a > b\" at: \"1 s\" at: \"1.5 s\" for: \"1 s\" }", "before the one before"},
      {"fault { at: \"1 s\" for: \"1 s\" }", "nothing is named"},
      {"fault { of: TRUNKS at: \"1 s\" for: \"1 s\" }", "the fleet has none"},
      {"sharing: IDEAL fault { what: \"a > b\" at: \"1 s\" for: \"1 s\" }", "sharing: FLUID"},
      {"load { cluster: \"aa\" rate: \"1 GB/s\" }", "no cables inside"},
      {"outer_steps { name: \"t\" cluster: \"aa\" step { constant { value: \"1 s\" } } size: \"1 "
       "B\" }",
       "at least two"},
      {"collective { name: \"x\" cluster: \"aa\" cluster: \"aa\" size: \"1 B\" }", "twice"},
      {"collective { name: \"x\" cluster: \"aa\" kind: BROADCAST algorithm: RING size: \"1 B\" }",
       "TREE does"}};
  for (const auto& c : cases) {
    const auto loaded = load_scenario_text(row_of_regions(c.traffic), "row.textproto");
    ASSERT_FALSE(loaded) << c.traffic;
    EXPECT_NE(loaded.error().message.find(c.says), std::string::npos) << loaded.error().message;
  }
}

// A matrix of measured round trips stands in for geometry; of both directions the slower counts.
TEST(NetworkTraffic, MeasuredRoundTripsOverrideLight) {
  testing_support::TemporaryFolder folder;
  std::ofstream(folder / "rtt.csv") << "src,dst,min_rtt_ms\n"
                                       "aws:us-east-1,aws:eu-west-1,66\n"
                                       "aws:eu-west-1,aws:us-east-1,70\n";
  const std::string fleet =
      "name: \"x\" fleet { rtt: \"rtt.csv\" fabric { topology: SINGLE_SWITCH latency: \"0 s\" } "
      "region { name: \"a\" location: \"aws:us-east-1\" cluster { name: \"aa\" node: \"DGX_H100\" "
      "count: 1 } } region { name: \"b\" location: \"aws:eu-west-1\" cluster { name: \"bb\" node: "
      "\"DGX_H100\" count: 1 } } link { between: \"a\" and: \"b\" bandwidth: \"1 GB/s\" } } "
      "network { } run { horizon: \"10 s\" replications: 2 }";
  const auto loaded = load_scenario_text(fleet, folder / "x.textproto");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->scenario.network->fleet->plan().wide_links[0].latency, Duration{35'000'000});
  const std::vector<std::string> renamed = {"fleet.region[0].location=AWS_us_east_1"};
  const auto same = load_scenario_text(fleet, folder / "x.textproto", renamed);
  ASSERT_TRUE(same) << same.error().message;
  EXPECT_EQ(same->scenario.network->fleet->plan().wide_links[0].latency, Duration{35'000'000});
  const std::vector<std::string> unknown = {"fleet.region[0].location=Tokyo"};
  const auto missing = load_scenario_text(fleet, folder / "x.textproto", unknown);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("has no round trip"), std::string::npos);
  std::ofstream(folder / "rtt.csv") << "src,dst,min_rtt_ms\nx,y,z\n";
  const auto wrong = load_scenario_text(fleet, folder / "x.textproto");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("rtt.csv:2"), std::string::npos) << wrong.error().message;
  std::ofstream(folder / "rtt.csv") << "\xEF\xBB\xBF\"src\",\"dst\",\"rtt (s)\"\r\n # measured\r\n"
                                       "\"aws:us-east-1\",\t\"aws:eu-west-1\",0.08\r\n";
  const auto quoted = load_scenario_text(fleet, folder / "x.textproto");
  ASSERT_TRUE(quoted) << quoted.error().message;
  EXPECT_EQ(quoted->scenario.network->fleet->plan().wide_links[0].latency, Duration{40'000'000});
}

// By haversine and the speed of light in glass, written out here once more.
TEST(NetworkTraffic, RoundTripsAreThoseOfLight) {
  const std::string text =
      "name: \"x\" fleet { fabric { topology: SINGLE_SWITCH latency: \"0 s\" } "
      "region { name: \"a\" latitude: 50 longitude: 10 cluster { name: \"aa\" node: \"DGX_H100\" "
      "count: 1 } } region { name: \"b\" latitude: 50 longitude: 70 cluster { name: \"bb\" node: "
      "\"DGX_H100\" count: 1 } } link { between: \"a\" and: \"b\" bandwidth: \"1 GB/s\" "
      "stretch: 1.5 } } network { } run { horizon: \"10 s\" replications: 2 }";
  const double half = std::cos(50 * M_PI / 180) * std::sin(30 * M_PI / 180);
  const double distance = 2 * 6371008.8 * std::asin(half);
  EXPECT_NEAR(run(text).value("network.wan_rtt"), 2 * 1.5 * distance * 1.468 / 299792458, 2e-9);
}

}  // namespace
}  // namespace fleetsim
