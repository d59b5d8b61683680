#pragma once
#include <cstdint>

#include "tests/analytic/book_node.h"

// Fleets that the tests share: the book's fabrics, nodes, clusters and grids (sections 2.4, 2.5).
namespace fleetsim::analytic {

constexpr double grams_per_kwh = 1e-3 / 3.6e6;
constexpr double kwh = 3.6e6, hour = 3600, day = 86400;

inline Fabric fabric(double bits_per_s, double latency) {
  Fabric f;
  f.bandwidth = bits_per_s / 8;
  f.latency = latency;
  return f;
}
inline Fabric ethernet_100g() {
  return fabric(100e9, 50e-6);
}
inline Fabric hdr() {
  return fabric(200e9, 7e-6);
}
inline Fabric ndr() {
  return fabric(400e9, 5e-6);
}

inline Device priced_h100() {
  Device d = h100();
  d.unit_cost = 25000;
  d.storage_bandwidth = 7e9;
  d.embodied_carbon = 164;
  return d;
}

inline Node dgx(const Device& device, double one_way) {
  Node n;
  n.accelerator = device;
  n.accelerators = 8;
  n.intra_node_bandwidth = one_way;
  n.nics = 8;
  n.psus = 2;
  return n;
}

inline Fleet dgx_h100s(std::int64_t nodes, const Fabric& fabric) {
  Fleet f;
  f.node = dgx(priced_h100(), 450e9);
  f.nodes = nodes;
  f.fabric = fabric;
  return f;
}
inline Fleet research_256() {
  return dgx_h100s(32, ethernet_100g());
}
inline Fleet training_512() {
  return dgx_h100s(64, hdr());
}

inline Grid grid(double intensity, double pue, double litres_per_kwh) {
  Grid g;
  g.carbon_intensity = intensity * grams_per_kwh;
  g.pue = pue;
  g.wue = litres_per_kwh / kwh;
  return g;
}
inline Grid quebec() {
  return grid(20, 1.06, 0);
}
inline Grid iowa() {
  return grid(680, 1.12, 1.8);
}
inline Grid poland() {
  return grid(820, 1.58, 1.8);
}
inline Datacenter at(const Grid& grid) {
  Datacenter d;
  d.grid = grid;
  return d;
}

}  // namespace fleetsim::analytic
