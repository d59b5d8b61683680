#pragma once
#include <string>

#include "analytic/lookup.h"

namespace fleetsim::analytic {

// A catalogue of one row of each kind, whatever is asked for; "none" is in no catalogue.
class StubLookup : public Lookup {
 public:
  Result<Device> device(const Value& value) const override { return row(value, h100()); }
  Result<Model> model(const Value& value) const override { return row(value, llama3_8b()); }
  Result<Node> node(const Value& value) const override { return row(value, dgx()); }
  Result<Fabric> fabric(const Value& value) const override { return row(value, ndr()); }
  Result<Grid> grid(const Value& value) const override { return row(value, grid_of()); }
  Result<Fleet> fleet(const Value& value) const override {
    return row(value, Fleet{.id = "Clusters.Stub",
                            .name = "stub",
                            .node = dgx(),
                            .nodes = 4,
                            .fabric = ndr(),
                            .region = grid_of()});
  }
  Result<Datacenter> datacenter(const Value& value) const override {
    return row(value, Datacenter{.id = "Datacenters.Stub", .name = "stub", .grid = grid_of()});
  }

  // The book's figures (analytic.md, section 2.7).
  static Device h100() {
    Device device{.id = "Cloud.H100", .name = "H100", .peak_flops = 989e12};
    device.memory_capacity = 80 * 0x1p30;
    device.memory_bandwidth = 3.35e12;
    device.device_link = Link{"NVLink", 450e9, 500e-9};
    device.tdp = 700;
    device.unit_cost = 25000;
    return device;
  }
  static Model llama3_8b() {
    Model model{.id = "Language.Llama3_8B", .name = "Llama3_8B", .family = Family::transformer};
    model.parameters = 8.03e9;
    model.layers = 32, model.hidden_dim = 4096, model.heads = 32, model.kv_heads = 8;
    return model;
  }
  static Node dgx() {
    return {.id = "Nodes.DGX",
            .name = "DGX",
            .accelerator = h100(),
            .accelerators = 8,
            .intra_node_bandwidth = 450e9,
            .nics = 8};
  }
  static Fabric ndr() {
    return {.id = "Fabrics.NDR", .name = "NDR", .bandwidth = 50e9, .latency = 5e-6};
  }
  static Grid grid_of() {
    return {.id = "Grids.Stub", .name = "stub", .carbon_intensity = 0.4 / 3.6e6, .pue = 1.1};
  }

 private:
  template <class Row>
  static Result<Row> row(const Value& value, Row found) {
    const std::string* name = value.as_text();
    if (name != nullptr && *name == "none") return Error{"the catalogue has no \"none\""};
    return found;
  }
};

}  // namespace fleetsim::analytic
