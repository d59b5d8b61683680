#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "sim/unit_text.h"
#include "traces/zoo.h"

namespace fleetsim {
namespace {

const Zoo& book() {
  static const Result<Zoo> zoo = load_zoo({});
  EXPECT_TRUE(zoo) << zoo.error().message;
  return *zoo;
}

const ZooKind& kind(const char* name) {
  return **zoo_kind(name);
}

// The numbers of entries of the book (mlsysim's registries), and those that correct it.
TEST(ZooData, HoldsAllOfTheBook) {
  const std::map<std::string, std::size_t> counts = {
      {"hardware", 45},      {"tech", 32},       {"models", 33},
      {"nodes", 6},          {"fabrics", 10},    {"clusters", 11},
      {"pods", 1},           {"racks", 4},       {"storage", 16},
      {"reliability", 8},    {"grids", 12},      {"cooling", 6},
      {"datacenters", 7},    {"anchors", 9},     {"pricing", 25},
      {"capacity", 3},       {"literature", 90}, {"calibration", 34},
      {"datasets", 4},       {"platforms", 4},   {"scenarios", 10},
      {"agents", 5},         {"embodied", 10},   {"actuators", 6},
      {"switch_fabric", 12}, {"ops", 9},         {"reference_stats", 119},
  };
  for (const auto& [name, count] : counts) {
    std::size_t found = 0;
    for (const ZooEntry* entry : book().of_kind(kind(name.c_str())))
      if (entry->remark("corrects").empty()) ++found;
    EXPECT_EQ(found, count) << name;
  }
}

TEST(ZooData, EveryRowConverts) {
  for (const ZooEntry& entry : book().entries()) {
    const std::string_view name = entry.kind->name;
    bool converts = true;
    if (name == "hardware") converts = bool(book().device(entry.id));
    if (name == "models") converts = bool(book().model(entry.id));
    if (name == "nodes") converts = bool(book().node(entry.id));
    if (name == "fabrics") converts = bool(book().fabric(entry.id));
    if (name == "clusters") converts = bool(book().fleet(entry.id));
    if (name == "grids") converts = bool(book().grid(entry.id));
    if (name == "datacenters") converts = bool(book().datacenter(entry.id));
    EXPECT_TRUE(converts) << entry.id;
  }
}

TEST(ZooData, EveryFigureIsFiniteAndReadsBack) {
  for (const ZooEntry& entry : book().entries())
    for (const ZooCell& cell : entry.cells) {
      if (cell.value.as_number() == nullptr) continue;
      EXPECT_TRUE(std::isfinite(std::get<double>(cell.value.is)))
          << entry.id << ' ' << cell.field->name;
      const Result<Measure> measure = parse_measure(cell.written);
      ASSERT_TRUE(measure) << entry.id << ' ' << cell.written;
      EXPECT_EQ(measure->value, std::get<double>(cell.value.is)) << entry.id << ' ' << cell.written;
    }
}

// What corrects the book names an entry of it, says why, and leaves the book's figure alone.
TEST(ZooData, CorrectionsStandBesideTheBook) {
  std::size_t corrections = 0;
  for (const ZooEntry& entry : book().entries()) {
    const std::string corrects = entry.remark("corrects");
    if (corrects.empty()) continue;
    ++corrections;
    EXPECT_TRUE(book().find(*entry.kind, corrects)) << entry.id;
    EXPECT_FALSE(entry.remarks.empty()) << entry.id;
  }
  EXPECT_GE(corrections, 10u);
  EXPECT_EQ(book().model("DeepSeek_V3")->heads, 56);
  EXPECT_EQ(book().model("DeepSeek_V3_config")->heads, 128);
  EXPECT_FALSE(book().model("Mixtral_8x7B")->kv_heads);
  EXPECT_EQ(book().model("Mixtral_8x7B_config")->kv_heads, 8);
  EXPECT_EQ(book().device("V100")->device_link->bandwidth, 300e9);
  EXPECT_EQ(book().device("V100_datasheet")->device_link->bandwidth, 150e9);
}

// The reference's section 2.7 and its tables of fabrics, grids and clusters.
TEST(ZooData, KnowsTheFiguresOfTheBook) {
  const auto h100 = *book().device("Hardware.Cloud.H100");
  EXPECT_DOUBLE_EQ(h100.flops_at(analytic::Precision::fp16), 989e12);
  EXPECT_DOUBLE_EQ(h100.flops_at(analytic::Precision::fp8), 1979e12);
  EXPECT_DOUBLE_EQ(h100.memory_bandwidth, 3.35e12);
  EXPECT_EQ(h100.memory_capacity, 80 * 0x1p30);
  EXPECT_DOUBLE_EQ(h100.dispatch_tax, 1e-5);
  EXPECT_DOUBLE_EQ(h100.device_link->bandwidth, 450e9);  // quoted: 900 GB/s of both directions
  EXPECT_DOUBLE_EQ(*h100.device_link->latency, 500e-9);
  EXPECT_EQ(h100.tdp, 700);
  EXPECT_EQ(h100.unit_cost, 25000);
  EXPECT_DOUBLE_EQ(book().device("TPUv4")->dispatch_tax, 4e-5);
  EXPECT_DOUBLE_EQ(book().device("Cerebras_CS3")->host_link->bandwidth, 1.2e12);
  const auto llama = *book().model("Llama3_70B");
  EXPECT_DOUBLE_EQ(*llama.parameters, 70.6e9);
  EXPECT_EQ(llama.kv_heads, 8);
  EXPECT_EQ(llama.family, analytic::Family::transformer);
  EXPECT_DOUBLE_EQ(*book().model("Vision.ResNet50")->inference_flops, 8.2e9);
  EXPECT_EQ(book().model("DeepSeek_V3")->family, analytic::Family::moe);
  EXPECT_DOUBLE_EQ(book().fabric("InfiniBand_HDR")->bandwidth, 25e9);
  EXPECT_DOUBLE_EQ(*book().fabric("InfiniBand_HDR")->latency, 7e-6);
  const auto research = *book().fleet("Systems.Clusters.Research_256");
  EXPECT_EQ(research.accelerators(), 256);
  EXPECT_DOUBLE_EQ(research.node.intra_node_bandwidth, 450e9);
  EXPECT_DOUBLE_EQ(research.fabric.bandwidth, 12.5e9);
  const auto poland = *book().grid("Poland");
  EXPECT_DOUBLE_EQ(poland.carbon_intensity * 3.6e6, 0.820);
  EXPECT_EQ(poland.pue, 1.58);
  EXPECT_DOUBLE_EQ(poland.wue * 3.6e6, 1.8);
  EXPECT_EQ(book().datacenter("Quebec_Hydro")->grid.id, "Grids.Quebec");
}

}  // namespace
}  // namespace fleetsim
