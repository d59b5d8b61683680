#include <gtest/gtest.h>

#include <algorithm>

#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

struct Parts {
  std::string fabric = "", cluster = "", region = "", link = "", network = "", run = "";
};

Result<LoadedScenario> loaded(const Parts& parts) {
  return load_scenario_text(
      "name: \"x\"\n"
      "fleet {\n"
      "  fabric { " +
          parts.fabric +
          " }\n"
          "  region { name: \"here\" " +
          parts.region +
          "\n"
          "    cluster { name: \"a\" node: \"DGX_H100\" count: 4 " +
          parts.cluster +
          " } }\n"
          "  region { name: \"there\" location: \"Dublin\" }\n" +
          parts.link +
          "\n"
          "}\n"
          "network { pattern { name: \"p\" cluster: \"a\" size: \"1 GB\" } " +
          parts.network +
          " }\n"
          "run { horizon: \"1 s\" replications: 2 " +
          parts.run + " }\n",
      "x.textproto");
}

TEST(NetworkMessages, CatalogueAndOverridesMakeTheFleet) {
  const auto scenario = loaded({.fabric = "topology: RAIL_OPTIMISED radix: 32 latency: \"2 us\"",
                                .cluster = "accelerators: 4 nics: 4 node_bandwidth: \"1 TB/s\"",
                                .region = "location: \"Ashburn\"",
                                .link = "link { between: \"here\" and: \"there\" "
                                        "bandwidth: \"100 Gb/s\" stretch: 1 }"});
  ASSERT_TRUE(scenario) << scenario.error().message;
  const FleetPlan& plan = scenario->scenario.network->fleet->plan();
  const ClusterPlan& cluster = plan.clusters[0];
  EXPECT_EQ(cluster.devices, 4u);
  EXPECT_EQ(cluster.device_rate, 1e12);
  EXPECT_EQ(cluster.port_rate, 50e9);  // 400 Gb/s
  EXPECT_EQ(cluster.fabric_latency, Duration{2000});
  EXPECT_EQ(cluster.shape.ends, 16u);
  EXPECT_EQ(plan.wide_links[0].rate, 12.5e9);
  // About 5,400 km of light in glass, one way.
  EXPECT_NEAR(seconds(plan.wide_links[0].latency), 0.0266, 0.0006);
}

TEST(NetworkMessages, WhatCannotBeBuiltIsSaid) {
  const std::string link = "link { between: \"here\" and: ";
  const struct {
    Parts parts;
    const char* says;
  } cases[] = {
      {{.fabric = "topology: TORUS_2D side: [3, 5]"}, "product is 4 (got 3 x 5)"},
      {{.fabric = "topology: SINGLE_SWITCH radix: 16"}, "join 16 ends (got 32)"},
      {{.fabric = "kind: \"InfiniBand_NDRR\""}, "InfiniBand_NDR"},
      {{.fabric = "bandwidth: \"0 Gb/s\""}, "above 0 B/s"},
      {{.fabric = "bandwidth: \"5 s\""}, "is a time"},
      {{.region = "location: \"Ashburnn\""}, "Ashburn"},
      {{.region = "latitude: 91 longitude: 0"}, "90"},
      {{.region = "latitude: 9"}, "come together"},
      {{.link = link + "\"here\" bandwidth: \"1 GB/s\" }"}, "to itself"},
      {{.link = link + "\"ther\" bandwidth: \"1 GB/s\" }"}, "did you mean \"there\"?"},
      {{.link = link + "\"there\" bandwidth: \"1 GB/s\" }"}, "\"here\" has no location"},
      {{.network = "collective { name: \"p\" cluster: \"a\" size: \"1 B\" }"}, "twice"},
      {{.network = "collective { name: \"c\" cluster: \"b\" size: \"1 B\" }"}, "name of a cluster"},
      {{.network = "collective { name: \"c\" cluster: \"a\" kind: BROADCAST algorithm: RING "
                   "size: \"1 B\" }"},
       "TREE does"},
      {{.run = "warm_up: \"0.5 s\""}, "begins idle"},
  };
  for (const auto& c : cases) {
    const auto scenario = loaded(c.parts);
    ASSERT_FALSE(scenario) << c.says;
    const std::string& message = scenario.error().message;
    EXPECT_NE(message.find(c.says), std::string::npos) << message;
    EXPECT_EQ(message.find("x.textproto:"), 0u) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

TEST(NetworkMessages, WhatHasNoUseIsSaid) {
  const auto scenario = loaded({.fabric = "topology: FAT_TREE side: 2 side: 2"});
  ASSERT_TRUE(scenario) << scenario.error().message;
  ASSERT_EQ(scenario->warnings.size(), 1u);
  EXPECT_NE(scenario->warnings[0].find("no use with FAT_TREE; it is for tori"), std::string::npos);
  EXPECT_TRUE(loaded({.fabric = "topology: TORUS_2D side: 2 side: 2"})->warnings.empty());
}

TEST(NetworkMessages, ChoicesOfAdaptiveRoutingHaveNoUseElsewhere) {
  const auto said = [](const std::string& fabric) {
    const auto scenario = loaded({.fabric = fabric});
    return scenario ? scenario->warnings : std::vector<std::string>{scenario.error().message};
  };
  const std::string begin = "fleet.fabric.adaptive_choices has no use with ";
  const std::string end = "; it is for ADAPTIVE";
  using Warnings = std::vector<std::string>;
  EXPECT_EQ(said("topology: FAT_TREE adaptive_choices: 8"), Warnings{begin + "ECMP" + end});
  EXPECT_EQ(said("topology: TORUS_2D adaptive_choices: 8"),
            Warnings{begin + "DIMENSION_ORDER" + end});
  EXPECT_EQ(said("topology: TORUS_2D routing: SHORTEST adaptive_choices: 8"),
            Warnings{begin + "SHORTEST" + end});
  EXPECT_TRUE(said("topology: FAT_TREE routing: ADAPTIVE adaptive_choices: 8").empty());
  EXPECT_TRUE(said("topology: FAT_TREE adaptive_choices: 4").empty());  // as if it were left out
}

TEST(NetworkMessages, FanoutHasNoUseWhereTargetsAreNotDrawn) {
  const auto said = [](const std::string& kind) {
    const std::string who = "cluster: \"a\" " + kind;
    const auto scenario =
        loaded({.fabric = "topology: TORUS_2D",
                .network = "load { rate: \"1 GB/s\" " + who +
                           " } pattern { name: \"q\" size: \"1 B\" " + who + " }"});
    return scenario ? scenario->warnings : std::vector<std::string>{scenario.error().message};
  };
  const std::string end = ".fanout has no use with PERMUTATION; it is for RANDOM";
  const std::vector<std::string> both = said("kind: PERMUTATION fanout: 3");
  ASSERT_EQ(both.size(), 2u);
  for (const char* where : {"network.pattern[1]", "network.load"})
    EXPECT_NE(std::find(both.begin(), both.end(), where + end), both.end()) << both[0];
  EXPECT_EQ(said("kind: ALL_TO_ALL fanout: 3").size(), 2u);
  EXPECT_TRUE(said("kind: RANDOM fanout: 3").empty());
  EXPECT_TRUE(said("kind: PERMUTATION").empty());
}

TEST(NetworkMessages, WhatAScenarioPrintsOfItselfHasAUse) {
  const auto scenario = loaded({.fabric = "topology: FAT_TREE"});
  ASSERT_TRUE(scenario) << scenario.error().message;
  const auto again = load_scenario_text(scenario->resolved_text, "y.textproto");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->warnings.empty());
}

TEST(NetworkMessages, WhatClustersShareIsSaidOnce) {
  const auto scenario = loaded({.fabric = "tiers: 2 side: 2",
                                .region = "cluster { name: \"z\" node: \"DGX_H100\" count: 4 }"});
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->warnings.size(), 1u);
}

}  // namespace
}  // namespace fleetsim
