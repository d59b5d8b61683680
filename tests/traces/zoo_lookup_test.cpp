#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "traces/zoo.h"

namespace fleetsim {
namespace {

using analytic::Fields;
using analytic::Value;
using analytic::Values;

const Zoo& book() {
  static const Result<Zoo> zoo = load_zoo({});
  EXPECT_TRUE(zoo) << zoo.error().message;
  return *zoo;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ZooLookup, ANameMayBeShortAndOfEitherCase) {
  for (const char* name : {"Hardware.Cloud.H100", "Cloud.H100", "H100", "h100", "cloud.h100",
                           "NVIDIA H100", "nvidia h100", "H100 (80 GB)"}) {
    const auto device = book().device(name);
    ASSERT_TRUE(device) << name << ": " << device.error().message;
    EXPECT_EQ(device->id, "Cloud.H100") << name;
  }
  EXPECT_EQ(book().device("Tiny.ESP32")->id, "Tiny.ESP32_S3");  // an alias of older versions
  EXPECT_EQ(book().device("Hardware.Embodied.DriveThor")->id, "Edge.DriveThor");
  EXPECT_EQ(book().model("BERT-Large")->id, "Language.BERT_Large");
  EXPECT_EQ(book().fleet("Systems.Clusters.Research_256 (100GbE fabric, 12.5 GB/s)")->nodes, 32);
}

TEST(ZooLookup, AnErrorNamesTheNearestOrTheCandidates) {
  EXPECT_TRUE(holds(book().device("H10").error().message, "did you mean \"H100\"?"));
  EXPECT_TRUE(holds(book().model("Llama3_71B").error().message, "did you mean \"Llama3_70B\"?"));
  EXPECT_TRUE(holds(book().grid("Quebeck").error().message, "did you mean \"Quebec\"?"));
  EXPECT_TRUE(holds(book().device("nothing like it").error().message, "fleetsim zoo hardware"));
  const auto l1 = book().find(**zoo_kind("tech"), "L1");
  ASSERT_FALSE(l1);
  EXPECT_TRUE(holds(l1.error().message, "Memory.L1 or Movement.L1"));
  EXPECT_FALSE(book().device(3.0));
  EXPECT_FALSE(book().device(Value{}));
  EXPECT_FALSE(book().device(""));
}

TEST(ZooLookup, FieldsOverABaseChangeOnlyThose) {
  const Value mine = Fields{{"base", "H100"}, {"memory_bandwidth", "4 TB/s"}, {"tdp", "0.8 kW"}};
  const auto device = book().device(mine);
  ASSERT_TRUE(device) << device.error().message;
  EXPECT_EQ(device->memory_bandwidth, 4e12);
  EXPECT_EQ(device->tdp, 800);
  EXPECT_EQ(device->peak_flops, 989e12);
  EXPECT_EQ(device->id, "");
  EXPECT_EQ(device->name, "H100, changed");
  const auto without = book().device(Fields{{"base", "H100"}, {"tdp", Value{}}});
  ASSERT_TRUE(without);
  EXPECT_FALSE(without->tdp);
  const auto as_answered = book().device(
      Fields{{"base", "H100"}, {"memory_capacity", Fields{{"value", 96}, {"unit", "GiB"}}}});
  ASSERT_TRUE(as_answered) << as_answered.error().message;
  EXPECT_EQ(as_answered->memory_capacity, 96 * 0x1p30);
}

TEST(ZooLookup, AFleetMayBeGivenByItsParts) {
  const Value fleet =
      Fields{{"node", Fields{{"accelerator", "Hardware.Cloud.TPUv4"},
                             {"accelerators_per_node", 3072},
                             {"intra_node_bw", "300 GB/s"},
                             {"nics_per_node", 768}}},
             {"count", 2},
             {"fabric", Fields{{"bandwidth", "1.64794921875 GB/s"}, {"latency", "2 us"}}},
             {"region", "Infrastructure.Grids.Quebec"},
             {"datacenter", Fields{{"grid", "Iowa"}, {"pue_override", 1.2}}}};
  const auto found = book().fleet(fleet);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->accelerators(), 6144);
  EXPECT_EQ(found->node.nics, 768);
  EXPECT_EQ(found->node.psus, 2);
  EXPECT_EQ(found->node.intra_node_bandwidth, 300e9);
  EXPECT_EQ(found->fabric.bandwidth, 1.64794921875e9);
  EXPECT_EQ(found->fabric.oversubscription, 1);
  EXPECT_EQ(found->region->id, "Grids.Quebec");
  EXPECT_EQ(found->datacenter->pue_override, 1.2);
  EXPECT_EQ(found->datacenter->grid.id, "Grids.Iowa");
}

TEST(ZooLookup, AFabricMayBeItsBandwidth) {
  for (const char* text : {"400 Gbit/s", "400 Gb/s", "50 GB/s", "400 Gbit/s (50 GB/s)"}) {
    const auto fabric = book().fabric(text);
    ASSERT_TRUE(fabric) << text << ": " << fabric.error().message;
    EXPECT_EQ(fabric->bandwidth, 50e9) << text;
    EXPECT_FALSE(fabric->latency);
  }
  EXPECT_EQ(book().fabric("400 Gbit/s torus")->topology, "torus");
  EXPECT_EQ(book().fabric("100GbE")->id, "Fabrics.Ethernet_100G");
}

TEST(ZooLookup, AGridStandsForADataCentre) {
  EXPECT_EQ(book().datacenter("Infrastructure.Grids.Norway")->grid.id, "Grids.Norway");
  EXPECT_EQ(book().datacenter("Iowa_Reference")->id, "Datacenters.Iowa_Reference");
  EXPECT_FALSE(book().datacenter("Atlantis"));
}

TEST(ZooLookup, ANodeTakesTheLinkOfItsDevices) {
  const auto node =
      book().node(Fields{{"accelerator", "Cloud.B200"}, {"accelerators_per_node", 8}});
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_EQ(node->intra_node_bandwidth, 900e9);  // one way of 1800 GB/s
  const auto without = book().node(Fields{{"accelerator", "T4"}, {"accelerators_per_node", 8}});
  ASSERT_FALSE(without);
  EXPECT_TRUE(holds(without.error().message, "intra_node_bw"));
}

struct Refusal {
  Fields fields;
  const char* message;
};

TEST(ZooLookup, EveryFieldIsChecked) {
  const Refusal refusals[] = {
      {{{"base", "H100"}, {"memory_bandwith", "4 TB/s"}}, "did you mean \"memory_bandwidth\"?"},
      {{{"base", "H100"}, {"memory_bandwidth", "4 TB"}}, "is an amount of data; expected a data"},
      {{{"base", "H100"}, {"memory_bandwidth", 4e12}}, "expected a data rate such as"},
      {{{"base", "H100"}, {"memory_bandwidth", "0 B/s"}}, "expected more than 0"},
      {{{"base", "H100"}, {"memory_bandwidth", "-1 TB/s"}}, "expected more than 0"},
      {{{"base", "H100"}, {"memory_bandwidth", "nan TB/s"}}, "not a finite number"},
      {{{"base", "H100"}, {"memory_bandwidth", Values{}}}, "found a list"},
      {{{"base", "H100"}, {"sm_count", 1.5}}, "expected a whole number"},
      {{{"base", "H100"}, {"tdp", "700 kg"}}, "tdp: \"700 kg\" is a mass; expected a power"},
      {{{"base", "H100"}, {"device_link_direction", "both"}}, "expected one of per_direction"},
      {{{"base", "H1000000"}}, "base: the catalogue has no"},
      {{{"base", 3}}, "base: expected the name"},
      {{{"peak_flops", "1 PFLOP/s"}}, "needs memory_capacity: an amount of data such as"},
      {{}, "needs peak_flops"},
  };
  for (const Refusal& c : refusals) {
    const auto device = book().device(c.fields);
    ASSERT_FALSE(device) << c.message;
    EXPECT_TRUE(holds(device.error().message, c.message)) << device.error().message;
  }
  const auto typed = book().model(Fields{{"type", "Transfomer"}, {"parameters", 1e9}});
  ASSERT_FALSE(typed);
  EXPECT_TRUE(holds(typed.error().message, "TransformerWorkload")) << typed.error().message;
  EXPECT_FALSE(book().model(Fields{{"parameters", 1e9}, {"active_parameters", 2e9}}));
  EXPECT_FALSE(book().model(Fields{{"heads", 8}, {"kv_heads", 16}}));
  EXPECT_FALSE(book().grid(Fields{{"carbon_intensity", "400 g/kWh"}, {"pue", 0.9}}));
}

TEST(ZooLookup, TheFamilyFollowsFromTypeOrShape) {
  const auto family = [](Fields fields) { return book().model(std::move(fields))->family; };
  using analytic::Family;
  EXPECT_EQ(family({{"type", "SparseTransformerWorkload"}, {"parameters", 64e9}}), Family::moe);
  EXPECT_EQ(family({{"experts", 8}, {"layers", 32}, {"hidden_dim", 4096}}), Family::moe);
  EXPECT_EQ(family({{"layers", 80}, {"hidden_dim", 8192}}), Family::transformer);
  EXPECT_EQ(family({{"parameters", 1e6}}), Family::other);
  EXPECT_EQ(family({{"type", "cnn"}, {"parameters", "25.6 Mparam"}}), Family::cnn);
}

class ZooFiles : public ::testing::Test {
 protected:
  Result<Zoo> load(const std::string& text) {
    testing_support::write_bytes(folder_ / "my.json", text);
    const std::string files[] = {folder_ / "my.json"};
    return load_zoo(files);
  }
  testing_support::TemporaryFolder folder_;
};

TEST_F(ZooFiles, AddAndOverride) {
  const auto zoo = load(R"({
    "hardware": [
      {"id": "Cloud.H100", "unit_cost": "20000 $"},
      {"id": "Cloud.Mine", "base": "H100", "memory_bandwidth": "4 TB/s",
       "source": {"ref": "a guess"}, "confidence": "low"}],
    "nodes": [{"id": "Nodes.Mine", "accelerator": "Cloud.Mine", "accelerators_per_node": 4}],
    "clusters": [{"id": "Clusters.Mine", "node": "Nodes.Mine", "count": 2,
                  "fabric": "InfiniBand_NDR", "region": "Quebec"}]})");
  ASSERT_TRUE(zoo) << zoo.error().message;
  EXPECT_EQ(zoo->device("H100")->unit_cost, 20000);
  EXPECT_EQ(zoo->device("H100")->tdp, 700);
  EXPECT_EQ(zoo->device("Hardware.Cloud.Mine")->memory_bandwidth, 4e12);
  EXPECT_EQ(zoo->device("Mine")->unit_cost, 20000);  // the base as overridden
  EXPECT_EQ(zoo->fleet("Clusters.Mine")->accelerators(), 8);
  EXPECT_EQ(zoo->fleet("Clusters.Mine")->region->id, "Grids.Quebec");
  const ZooEntry& entry = **zoo->find(**zoo_kind("hardware"), "Mine");
  EXPECT_EQ(entry.find("memory_bandwidth")->from, "Cloud.Mine");
  EXPECT_EQ(entry.find("tdp")->from, "Cloud.H100");
}

struct Broken {
  const char *text, *message;
};
const Broken broken[] = {
    {"{\n \"hardwear\": []}", "my.json:2: the catalogue has no kind \"hardwear\"; did you mean"},
    {"[]", "my.json:1: expected an object"},
    {"{\"hardware\": {}}", "hardware: expected a list"},
    {"{\"hardware\": [3]}", "expected an entry"},
    {"{\"hardware\": [{}]}", "needs an id"},
    {"{\"hardware\": [\n{\"id\": \"X\", \"base\": \"H100\",\n\"tdp\": \"7 kg\"}]}",
     "my.json:3: tdp: \"7 kg\" is a mass; expected a power"},
    {"{\"hardware\": [\n{\"id\": \"X\", \"base\": \"H100\",\n\"tpd\": \"7 W\"}]}",
     "my.json:3: tpd: devices have no field \"tpd\"; did you mean \"tdp\"?"},
    {"{\"hardware\": [\n\n{\"id\": \"X\"}]}", "my.json:3: X needs peak_flops"},
    {"{\"hardware\": [{\"id\": \"X\", \"base\": \"H1OO\"}]}", "X: base: the catalogue has no"},
    {"{\"grids\": [{\"id\": \"G\", \"base\": \"Iowa\"}, {\"id\": \"G\", \"base\": \"Iowa\"}]}",
     "\"G\" stands twice"},
    {"{\"nodes\": [\n{\"id\": \"N\", \"accelerator\": \"H1000\", \"accelerators_per_node\": 8}]}",
     "my.json:2: N: accelerator: the catalogue has no \"H1000\""},
    {"{\"pricing\": [{\"id\": \"P\", \"value\": \"3 $/hr/parsec\"}]}", "unknown unit \"parsec\""},
    {"{\"hardware\": [}", "my.json:1: no JSON"},
};

TEST_F(ZooFiles, ErrorsNameFileAndLine) {
  for (const Broken& c : broken) {
    const auto zoo = load(c.text);
    ASSERT_FALSE(zoo) << c.text;
    EXPECT_TRUE(holds(zoo.error().message, c.message)) << zoo.error().message;
  }
  const std::string files[] = {folder_ / "no_such.json"};
  EXPECT_TRUE(holds(load_zoo(files).error().message, "there is no such file"));
}

}  // namespace
}  // namespace fleetsim
