#include "tools/figures.h"

#include <array>

#include "analytic/name.h"
#include "sim/unit_text.h"

namespace fleetsim {
namespace {

using analytic::Value;

constexpr std::string_view unit_endings[] = {
    "_usd",  "_kwh",   "_kg",      "_liters", "_gb", "_gib", "_pct", "_seconds", "_hours",
    "_days", "_bytes", "_bytes_s", "_gbs",    "_ms", "_s",   "_h",   "_hz"};

std::string_view last_part(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == name.npos ? name : name.substr(dot + 1);
}

// node_mfu is node_profile.mfu, sensitivity_x is sensitivities.x: the first word of the name begins
// the object's.
bool names_field(std::string_view name, std::string_view path) {
  const auto dot = path.find('.');
  const auto word = name.find('_');
  if (dot == path.npos || word == name.npos || word < 3) return false;
  return path.substr(0, dot).starts_with(name.substr(0, word - 1)) &&
         analytic::same_name(path.substr(dot + 1), name.substr(word + 1));
}

template <class Row>
void put(Figures& figures, const std::string& name, const std::optional<Row>& value,
         std::string_view unit) {
  if (value) figures.add(name, static_cast<double>(*value), unit);
}

void add_device(Figures& figures, const std::string& name, const analytic::Device& device) {
  const double fp16 = device.flops_at(analytic::Precision::fp16);
  figures.add(name + ".id", device.id, "");
  figures.add(name + ".peak_flops", device.peak_flops, "FLOP/s");
  for (std::size_t i = 0; i < analytic::precisions; ++i)
    figures.add(name + ".peak_flops_" + std::string(analytic::precision_names[i]),
                device.flops_at(static_cast<analytic::Precision>(i)), "FLOP/s");
  figures.add(name + ".memory_bandwidth", device.memory_bandwidth, "B/s");
  figures.add(name + ".capacity", device.memory_capacity, "B");
  if (device.memory_bandwidth > 0)
    figures.add(name + ".ridge_point", fp16 / device.memory_bandwidth, "FLOP/B");
  put(figures, name + ".tdp", device.tdp, "W");
  put(figures, name + ".unit_cost", device.unit_cost, "$");
  figures.add(name + ".dispatch_tax", device.dispatch_tax, "s");
  put(figures, name + ".sram_capacity", device.sram_capacity, "B");
  if (device.host_link)
    for (const char* link : {".interconnect_bandwidth", ".injection_bandwidth"})
      figures.add(name + link, device.host_link->bandwidth, "B/s");
  if (!device.device_link) return;
  const double one_way = device.device_link->bandwidth;
  for (const char* link :
       {".nvlink_per_direction", ".nvlink_bandwidth_per_direction", ".ici_bandwidth"})
    figures.add(name + link, one_way, "B/s");
  for (const char* link : {".nvlink_bidirectional", ".nvlink_bandwidth_bidirectional"})
    figures.add(name + link, 2 * one_way, "B/s");
}

void add_model(Figures& figures, const std::string& name, const analytic::Model& model) {
  figures.add(name + ".id", model.id, "");
  put(figures, name + ".parameters", model.parameters, "1");
  put(figures, name + ".active_parameters", model.active_parameters, "1");
  put(figures, name + ".inference_flops", model.inference_flops, "FLOP");
  put(figures, name + ".layers", model.layers, "1");
  put(figures, name + ".hidden_dim", model.hidden_dim, "1");
  put(figures, name + ".heads", model.heads, "1");
  put(figures, name + ".kv_heads", model.kv_heads, "1");
  if (model.hidden_dim && model.heads.value_or(0) > 0)
    figures.add(name + ".head_dim", static_cast<double>(*model.hidden_dim / *model.heads), "1");
  if (!model.parameters) return;
  for (std::size_t i = 0; i < analytic::precisions; ++i)
    figures.add(name + ".weights_" + std::string(analytic::precision_names[i]),
                *model.parameters * analytic::precision_bytes[i], "B");
  const double used = model.active_parameters.value_or(*model.parameters);
  figures.add(name + ".total_ops", model.inference_flops.value_or(2 * used), "FLOP");
}

void add_grid(Figures& figures, const std::string& name, const analytic::Grid& grid) {
  figures.add(name + ".carbon_intensity", grid.carbon_intensity, "kg/J");
  figures.add(name + ".pue", grid.pue, "1");
  figures.add(name + ".wue", grid.wue, "L/J");
}

void add_fleet(Figures& figures, const std::string& name, const analytic::Fleet& fleet) {
  const analytic::Node& node = fleet.node;
  figures.add(name + ".id", fleet.id, "");
  figures.add(name + ".accelerators", static_cast<double>(fleet.accelerators()), "1");
  figures.add(name + ".nodes", static_cast<double>(fleet.nodes), "1");
  figures.add(name + ".intra_node_bandwidth", node.intra_node_bandwidth, "B/s");
  figures.add(name + ".fabric_bandwidth", fleet.fabric.bandwidth, "B/s");
  const std::optional<analytic::Link>& link = node.accelerator.device_link;
  figures.add(name + ".intra_node_latency", (link ? link->latency : std::nullopt).value_or(500e-9),
              "s");
  add_device(figures, name + ".accelerator", node.accelerator);
}

}  // namespace

std::string_view stem_of(std::string_view name) {
  std::string_view stem = name;
  for (const std::string_view ending : unit_endings)
    if (name.size() > ending.size() && name.ends_with(ending) &&
        name.size() - ending.size() < stem.size())
      stem = name.substr(0, name.size() - ending.size());
  return stem;
}

void Figures::add(const std::string& name, const Value& value, std::string_view unit) {
  if (const analytic::Fields* fields = value.as_fields()) {
    for (const auto& [field, item] : *fields) add(name + "." + field, item, unit);
  } else if (const analytic::Values* list = value.as_list()) {
    for (std::size_t i = 0; i < list->size(); ++i)
      add(name + "." + std::to_string(i), (*list)[i], unit);
  } else if (const double* number = value.as_number()) {
    const Result<Unit> one = parse_unit(unit);
    check(bool(one), "figures have units");
    figures_.push_back({name, *number * one->numerator / one->denominator, one->dimension});
  } else if (!value.empty()) {
    figures_.push_back({name, value, {}});
  }
}

void Figures::add(const std::vector<analytic::Shown>& shown) {
  for (const analytic::Shown& row : shown) add(row.name, row.value, row.unit);
}

const Figure* Figures::find(std::string_view name) const {
  const auto first = [&](auto&& fits) -> const Figure* {
    for (const Figure& figure : figures_)
      if (fits(figure.name)) return &figure;
    return nullptr;
  };
  const Figure* found = first([&](const std::string& n) { return analytic::same_name(n, name); });
  if (found == nullptr)
    found = first([&](const std::string& n) {
      return n.find('.') == n.npos && analytic::same_name(stem_of(n), stem_of(name));
    });
  if (found == nullptr)
    found = first([&](const std::string& n) {
      return analytic::same_name(last_part(n), name) ||
             analytic::same_name(last_part(n), stem_of(name));
    });
  if (found == nullptr) found = first([&](const std::string& n) { return names_field(name, n); });
  return found;
}

std::optional<double> Figures::number(std::string_view name) const {
  const Figure* figure = find(name);
  if (figure == nullptr) return std::nullopt;
  if (const bool* flag = figure->value.as_bool()) return *flag ? 1 : 0;
  const double* value = figure->value.as_number();
  return value == nullptr ? std::nullopt : std::optional(*value);
}

void add_catalogue(Figures& figures, const analytic::Fields& arguments,
                   const analytic::Lookup& lookup) {
  for (const auto& [name, value] : arguments) {
    if (value.as_text() == nullptr && value.as_fields() == nullptr) continue;
    if (name.find("model") != name.npos)
      if (const auto model = lookup.model(value)) add_model(figures, name, *model);
    if (name.find("hardware") != name.npos)
      if (const auto device = lookup.device(value)) add_device(figures, name, *device);
    if (name == "fleet")
      if (const auto fleet = lookup.fleet(value)) add_fleet(figures, name, *fleet);
    if (name == "grid")
      if (const auto grid = lookup.grid(value)) add_grid(figures, name, *grid);
    if (name == "datacenter")
      if (const auto center = lookup.datacenter(value)) add_grid(figures, name, center->grid);
  }
}

}  // namespace fleetsim
