#include "traces/graph_file.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

using testing_support::TemporaryFolder;
using testing_support::write_bytes;

class GraphFile : public ::testing::Test {
 protected:
  // The message, behind the name of the file.
  std::string error(const std::string& bytes) {
    write_bytes(path_, bytes);
    const auto graph = read_graph(path_);
    if (graph) return "read";
    EXPECT_EQ(graph.error().message.find(path_ + ":"), 0u) << graph.error().message;
    return graph.error().message.substr(path_.size() + 1);
  }
  Result<LoadedScenario> loaded(const std::string& fabric) {
    return load_scenario_text(
        "name: \"x\"\n"
        "fleet {\n"
        "  fabric { " +
            fabric +
            " }\n"
            "  region { name: \"r\" cluster {\n"
            "    name: \"a\" node: \"DGX_H100\" count: 2 nics: 2 } }\n"
            "}\n"
            "network { pattern { name: \"p\" cluster: \"a\" size: \"1 GB\" } }\n"
            "run { horizon: \"1 s\" replications: 2 }\n",
        folder_ / "x.textproto");
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "links.csv";
};

TEST_F(GraphFile, ReadsCablesByTheHeader) {
  write_bytes(path_, "# by hand\nnote,cables,b , a\n\nx,2,\"s 1\",node/0\ny, 1 ,s2,s 1\n");
  const auto graph = read_graph(path_);
  ASSERT_TRUE(graph) << graph.error().message;
  ASSERT_EQ(graph->cables.size(), 2u);
  EXPECT_EQ(graph->file, path_);
  EXPECT_EQ(graph->cables[0].a, "node/0");
  EXPECT_EQ(graph->cables[0].b, "s 1");
  EXPECT_EQ(graph->cables[0].count, 2);
  EXPECT_EQ(graph->cables[0].line, 4u);
  EXPECT_EQ(graph->cables[1].line, 5u);
  write_bytes(path_, "a,b\nx,y\n");
  EXPECT_EQ(read_graph(path_)->cables[0].count, 1);
}

TEST_F(GraphFile, ErrorsHaveTheirPlace) {
  EXPECT_EQ(error("a,c\nx,y\n"),
            "1:1: no column is called \"b\"; expected a header a,b or a,b,cables");
  EXPECT_EQ(error("a,b\nx\n"), "2:1: found 1 cells; expected 2 as in the header");
  EXPECT_EQ(error("a,b\nx,y\nx, \n"), "3:4: found nothing; expected the name of a vertex");
  EXPECT_EQ(error("a,b,cables\nx,y,1.5\n"),
            "2:5: found \"1.5\"; expected a whole number of cables");
  EXPECT_EQ(error("a,b,cables\nx,y,\n"), "2:5: found \"\"; expected a whole number of cables");
  EXPECT_EQ(error("a,b,cables\nx,y,99999999999999999999\n").find("2:5: found"), 0u);
  EXPECT_EQ(error("a,b\n"), " holds no cables");
  EXPECT_EQ(error(""), " holds no cables");
}

TEST_F(GraphFile, ScenariosBuildOnIt) {
  write_bytes(path_, "a,b,cables\nnode/0,s,1\nnode/1,t,1\nnode/2,s,1\nnode/3,t,1\ns,t,3\n");
  const auto scenario = loaded("topology: GRAPH graph: \"links.csv\" radix: 8");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const Fabric& fabric = scenario->scenario.network->fleet->fabric({0});
  EXPECT_EQ(fabric.parts().switches, 2u);
  EXPECT_EQ(fabric.parts().trunk_cables, 3u);
  EXPECT_EQ(fabric.parts().bisection, 2);  // node/1 and node/3 are cut off
}

TEST_F(GraphFile, ScenariosNameTheFileAndLine) {
  const auto says = [&](const std::string& fabric, const std::string& what) {
    const auto scenario = loaded(fabric);
    ASSERT_FALSE(scenario) << what;
    const std::string& message = scenario.error().message;
    EXPECT_EQ(message.find(folder_ / "x.textproto:3:"), 0u) << message;
    EXPECT_NE(message.find(what), std::string::npos) << message;
  };
  write_bytes(path_, "a,b\nnode/0,s\nnode/1,s\nnode/2,s\nnode/3,s\nnode/4,s\n");
  const std::string graph = "topology: GRAPH graph: \"links.csv\"";
  says(graph, "cluster a: " + path_ + ":6: \"node/4\" is no end of the cluster");
  says(graph + " routing: DIMENSION_ORDER", "DIMENSION_ORDER is for TORUS_2D, TORUS_3D and RING");
  says("topology: GRAPH", "a GRAPH without cables");
  says("topology: GRAPH graph: \"link.csv\"", "links.csv");
  write_bytes(path_, "a,b\nnode/0\n");
  says(graph, path_ + ":2:1: found 1 cells");
}

TEST_F(GraphFile, FabricsTakeTheirRouting) {
  const auto policy = [&](const std::string& fabric) {
    const auto scenario = loaded(fabric);
    EXPECT_TRUE(scenario) << scenario.error().message;
    return routing_of(scenario->scenario.network->fleet->plan().clusters[0].shape);
  };
  EXPECT_EQ(policy(""), RoutingPolicy::ecmp);
  EXPECT_EQ(policy("topology: RING"), RoutingPolicy::dimension_order);
  EXPECT_EQ(policy("topology: RING routing: ECMP"), RoutingPolicy::ecmp);
  EXPECT_EQ(policy("routing: SHORTEST"), RoutingPolicy::shortest);
  EXPECT_EQ(policy("routing: ADAPTIVE adaptive_choices: 9"), RoutingPolicy::adaptive);
  EXPECT_EQ(policy("topology: TORUS_2D routing: DIMENSION_ORDER"), RoutingPolicy::dimension_order);
}

// The catalogue's figures hold for the catalogue's switch; a scenario's own hold for any.
TEST_F(GraphFile, FabricsTakeTheirFigures) {
  const auto figures = [&](const std::string& fabric) {
    const auto scenario = loaded(fabric);
    EXPECT_TRUE(scenario) << scenario.error().message;
    return scenario->scenario.network->fleet->plan().clusters[0].figures;
  };
  PartFigures found = figures("kind: \"InfiniBand_NDR\"");
  EXPECT_EQ(found.switch_price, 36'000);
  EXPECT_EQ(found.cable_price, 1280);
  EXPECT_EQ(found.cable_power, 17);
  EXPECT_FALSE(found.switch_power);
  EXPECT_FALSE(figures("radix: 32").switch_price);
  EXPECT_FALSE(figures("kind: \"Ethernet_10G\"").cable_price);
  found = figures(
      "radix: 32 switch_price: \"20 k$\" switch_power: \"1.1 kW\" cable_price: \"50 $\" "
      "cable_power: \"0 W\"");
  EXPECT_EQ(found.switch_price, 20'000);
  EXPECT_EQ(found.switch_power, 1100);
  EXPECT_EQ(found.cable_price, 50);
  EXPECT_EQ(found.cable_power, 0);
}

}  // namespace
}  // namespace fleetsim
