#include "traces/zoo_rows.h"

#include <fmt/format.h>

#include <cmath>

#include "analytic/name.h"
#include "sim/nearest.h"
#include "sim/printable.h"

namespace fleetsim {
namespace {

using analytic::Device;
using analytic::Fabric;
using analytic::Family;
using analytic::Grid;
using analytic::Link;
using analytic::Location;
using analytic::Model;

struct FamilyName {
  std::string_view type, word;
  Family family;
};
constexpr FamilyName families[] = {
    {"TransformerWorkload", "transformer", Family::transformer},
    {"SparseTransformerWorkload", "moe", Family::moe},
    {"CNNWorkload", "cnn", Family::cnn},
    {"SSMWorkload", "ssm", Family::ssm},
    {"DiffusionWorkload", "diffusion", Family::diffusion},
    {"EmbodiedWorkload", "embodied", Family::other},
    {"Workload", "other", Family::other},
};

Error unknown_word(const ZooEntry& entry, std::string_view field, const std::string& word,
                   const std::vector<std::string>& words) {
  return Error{fmt::format("{}: {}: found {}; expected one of {}", entry.place, field,
                           in_quotes(word), fmt::join(words, ", "))};
}

Result<Family> family_of(const ZooEntry& entry) {
  const std::string type = entry.text("type");
  if (type.empty()) {
    if (entry.number("experts")) return Family::moe;
    const bool has_shape = entry.number("layers") && entry.number("hidden_dim");
    return has_shape ? Family::transformer : Family::other;
  }
  std::vector<std::string> words;
  for (const FamilyName& row : families) {
    if (analytic::same_name(row.type, type) || analytic::same_name(row.word, type))
      return row.family;
    words.emplace_back(row.type);
  }
  return unknown_word(entry, "type", type, words);
}

std::string shown_name(const ZooEntry& entry) {
  if (!entry.name.empty()) return entry.name;
  return entry.id.empty() ? "of one's own" : entry.id;
}

template <class Row>
Row begin_row(const ZooEntry& entry) {
  Row row;
  row.id = entry.id;
  row.name = shown_name(entry);
  return row;
}

}  // namespace

Result<Device> device_of(const ZooEntry& entry) {
  Device device = begin_row<Device>(entry);
  device.release_year = static_cast<int>(entry.whole("release_year").value_or(0));
  device.peak_flops = *entry.number("peak_flops");
  for (std::size_t i = 0; i < analytic::precisions; ++i)
    device.precision_flops[i] =
        entry.number("peak_flops_" + std::string(analytic::precision_names[i]));
  device.memory_capacity = *entry.number("memory_capacity");
  device.memory_bandwidth = *entry.number("memory_bandwidth");
  device.sram_capacity = entry.number("sram_capacity");
  device.sram_bandwidth = entry.number("sram_bandwidth");
  device.flash_capacity = entry.number("flash_capacity");
  device.flash_bandwidth = entry.number("flash_bandwidth");
  device.storage_capacity = entry.number("storage_capacity");
  device.storage_bandwidth = entry.number("storage_bandwidth");
  if (const auto bandwidth = entry.number("host_link_bandwidth"))
    device.host_link = Link{entry.text("host_link_name"), *bandwidth, {}};
  const std::string direction = entry.text("device_link_direction");
  if (!direction.empty() && direction != "per_direction" && direction != "bidirectional_total")
    return unknown_word(entry, "device_link_direction", direction,
                        {"per_direction", "bidirectional_total"});
  if (const auto bandwidth = entry.number("device_link_bandwidth"))
    device.device_link = Link{entry.text("device_link_name"),
                              direction == "bidirectional_total" ? *bandwidth / 2 : *bandwidth,
                              entry.number("device_link_latency")};
  device.tdp = entry.number("tdp");
  device.battery = entry.number("battery");
  device.unit_cost = entry.number("unit_cost");
  device.embodied_carbon = entry.number("embodied_carbon");
  device.dispatch_tax = entry.number("dispatch_tax").value_or(device.dispatch_tax);
  device.accelerator_count = entry.number("accelerator_count").value_or(1);
  return device;
}

Result<Model> model_of(const ZooEntry& entry) {
  const Result<Family> family = family_of(entry);
  if (!family) return family.error();
  Model model = begin_row<Model>(entry);
  model.family = *family;
  model.parameters = entry.number("parameters");
  model.active_parameters = entry.number("active_parameters");
  model.model_size = entry.number("model_size");
  model.inference_flops = entry.number("inference_flops");
  model.layers = entry.whole("layers");
  model.hidden_dim = entry.whole("hidden_dim");
  model.heads = entry.whole("heads");
  model.kv_heads = entry.whole("kv_heads");
  model.head_dim = entry.whole("head_dim");
  model.kv_lora_rank = entry.whole("kv_lora_rank");
  model.qk_rope_head_dim = entry.whole("qk_rope_head_dim");
  model.experts = entry.whole("experts");
  model.active_experts = entry.whole("active_experts_per_token");
  model.state_size = entry.whole("state_size");
  model.denoising_steps = entry.whole("denoising_steps");
  if (model.parameters && model.active_parameters && *model.active_parameters > *model.parameters)
    return Error{entry.place + ": more active_parameters than parameters"};
  if (model.experts && model.active_experts && *model.active_experts > *model.experts)
    return Error{entry.place + ": more active_experts_per_token than experts"};
  if (model.heads && model.kv_heads && *model.kv_heads > *model.heads)
    return Error{entry.place + ": more kv_heads than heads"};
  return model;
}

Result<Fabric> fabric_of(const ZooEntry& entry) {
  Fabric fabric = begin_row<Fabric>(entry);
  if (const std::string topology = entry.text("topology"); !topology.empty())
    fabric.topology = topology;
  fabric.bandwidth = *entry.number("bandwidth");
  fabric.latency = entry.number("latency");
  fabric.oversubscription = entry.number("oversubscription_ratio").value_or(1);
  fabric.switch_ports = entry.whole("switch_ports");
  fabric.switch_price = entry.number("switch_price");
  fabric.switch_power = entry.number("switch_power");
  fabric.cable_price = entry.number("cable_price");
  fabric.cable_power = entry.number("cable_power");
  return fabric;
}

Result<Grid> grid_of(const ZooEntry& entry) {
  Grid grid = begin_row<Grid>(entry);
  grid.carbon_intensity = *entry.number("carbon_intensity");
  grid.pue = *entry.number("pue");
  grid.wue = entry.number("wue").value_or(0);
  return grid;
}

Result<Location> location_of(const ZooEntry& entry) {
  Location location = begin_row<Location>(entry);
  location.at = {*entry.number("latitude_deg"), *entry.number("longitude_deg")};
  const auto out_of_range = [&](const char* field, double found, int limit) {
    return Error{fmt::format("{}: {}: found {}; expected degrees from -{} to {}", entry.place,
                             field, found, limit, limit)};
  };
  const auto [latitude, longitude] = location.at;
  if (std::abs(latitude) > 90) return out_of_range("latitude_deg", latitude, 90);
  if (std::abs(longitude) > 180) return out_of_range("longitude_deg", longitude, 180);
  return location;
}

}  // namespace fleetsim
