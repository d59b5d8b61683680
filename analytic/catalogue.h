#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytic/exact/distance.h"
#include "analytic/precision.h"

namespace fleetsim::analytic {

// What closed forms need to know of the world: rows of the catalogue as plain values in SI base
// units (byte, flop, second, watt, joule, dollar, kilogram). What a source does not tell is empty,
// and each solver says what it does then. Where the figures come from is the catalogue's business.

struct Link {
  std::string name{};
  double bandwidth = 0;             // byte/s, one way
  std::optional<double> latency{};  // s
};

struct Device {
  std::string id{};  // "Cloud.H100"
  std::string name{};
  int release_year = 0;
  double peak_flops = 0;  // flop/s, where a precision has no figure of its own
  std::array<std::optional<double>, precisions> precision_flops{};
  double memory_capacity = 0;   // byte
  double memory_bandwidth = 0;  // byte/s
  std::optional<double> sram_capacity{}, sram_bandwidth{};
  std::optional<double> flash_capacity{}, flash_bandwidth{};
  std::optional<double> storage_capacity{}, storage_bandwidth{};
  std::optional<Link> host_link{};          // PCIe, or for a wafer its injection link
  std::optional<Link> device_link{};        // NVLink and the like
  std::optional<double> tdp{};              // W
  std::optional<double> battery{};          // J
  std::optional<double> unit_cost{};        // dollar
  std::optional<double> embodied_carbon{};  // kg
  double dispatch_tax = 1e-5;               // s, per launch of a graph
  double accelerator_count = 1;

  double flops_at(Precision p) const {
    return precision_flops[static_cast<std::size_t>(p)].value_or(peak_flops);
  }
};

enum class Family : std::uint8_t { other, transformer, moe, cnn, ssm, diffusion };

struct Model {
  std::string id{};  // "Language.Llama3_8B"
  std::string name{};
  Family family = Family::other;
  std::optional<double> parameters{};
  std::optional<double> active_parameters{};  // of a mixture of experts, per token
  std::optional<double> model_size{};         // byte, where it does not follow from parameters
  std::optional<double> inference_flops{};    // flop: per token, sequence, input or step, by family
  std::optional<std::int64_t> layers{}, hidden_dim{}, heads{}, kv_heads{}, head_dim{};
  std::optional<std::int64_t> kv_lora_rank{}, qk_rope_head_dim{};  // multi-head latent attention
  std::optional<std::int64_t> experts{}, active_experts{};
  std::optional<std::int64_t> state_size{};       // state-space models
  std::optional<std::int64_t> denoising_steps{};  // diffusion
};

struct Fabric {
  std::string id{};
  std::string name{};
  std::string topology = "fat-tree";
  double bandwidth = 0;             // byte/s a link
  std::optional<double> latency{};  // s
  double oversubscription = 1;
  std::optional<std::int64_t> switch_ports{};           // of the switch whose figures these are
  std::optional<double> switch_price{}, cable_price{};  // $; a cable with both transceivers
  std::optional<double> switch_power{}, cable_power{};  // W; of both transceivers of a cable
};

struct Node {
  std::string id{};
  std::string name{};
  Device accelerator{};
  std::int64_t accelerators = 8;
  double intra_node_bandwidth = 0;  // byte/s, one way
  std::int64_t nics = 1, psus = 2;
};

struct Grid {
  std::string id{};
  std::string name{};
  double carbon_intensity = 0;  // kg/J
  double pue = 1;
  double wue = 0;  // litre/J
};

struct Datacenter {
  std::string id{};
  std::string name{};
  Grid grid{};
  std::optional<double> pue_override{};
};

// Where a machine may stand: a city, or a region of a cloud.
struct Location {
  std::string id{};  // "Regions.Ashburn"
  std::string name{};
  Place at{};
  std::optional<Grid> grid{};  // of its state or country
};

struct Fleet {
  std::string id{};
  std::string name{};
  Node node{};
  std::int64_t nodes = 1;
  Fabric fabric{};
  std::optional<Grid> region{};
  std::optional<Datacenter> datacenter{};

  std::int64_t accelerators() const { return nodes * node.accelerators; }
};

}  // namespace fleetsim::analytic
