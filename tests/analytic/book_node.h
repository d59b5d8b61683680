#pragma once
#include <cstdint>

#include "analytic/catalogue.h"
#include "tests/analytic/support.h"

// Rows that the tests of the node solvers share: the book's catalogue (section 2.7 and its data
// files), typed in by hand. GiB is 2^30 there.
namespace fleetsim::analytic {

inline constexpr double gib = 1024.0 * 1024 * 1024;

inline void set_rate(Device& device, Precision precision, double flops) {
  device.precision_flops[static_cast<std::size_t>(precision)] = flops;
}

inline Device h100() {
  Device d;
  d.name = "NVIDIA H100";
  d.peak_flops = 989e12;
  set_rate(d, Precision::fp32, 67e12);
  set_rate(d, Precision::fp8, 1979e12);
  set_rate(d, Precision::int8, 1979e12);
  d.memory_capacity = 80 * gib;
  d.memory_bandwidth = 3.35e12;
  d.host_link = Link{.name = "PCIe Gen5 x16", .bandwidth = 64e9};
  d.tdp = 700;
  d.dispatch_tax = 1e-5;
  return d;
}

inline Device a100() {
  Device d;
  d.name = "NVIDIA A100";
  d.peak_flops = 312e12;
  set_rate(d, Precision::int8, 624e12);
  d.memory_capacity = 80 * gib;
  d.memory_bandwidth = 2.039e12;
  d.host_link = Link{.name = "PCIe Gen4 x16", .bandwidth = 32e9};
  d.tdp = 400;
  d.dispatch_tax = 1.5e-5;
  return d;
}

inline Device b200() {
  Device d;
  d.name = "NVIDIA B200";
  d.peak_flops = 2250e12;
  d.memory_capacity = 192 * gib;
  d.memory_bandwidth = 8e12;
  d.host_link = Link{.name = "PCIe Gen5 x16", .bandwidth = 64e9};
  d.tdp = 1000;
  d.dispatch_tax = 8e-6;
  return d;
}

inline Device wafer() {
  Device d;
  d.name = "Cerebras CS-3";
  d.peak_flops = 125e15;
  d.memory_capacity = 44 * gib;
  d.memory_bandwidth = 21e15;
  d.host_link = Link{.name = "SwarmX", .bandwidth = 1.2e12};
  d.dispatch_tax = 1e-6;
  return d;
}

inline Device coral() {
  Device d;
  d.name = "Coral Edge TPU";
  d.peak_flops = 4e12;
  d.memory_capacity = 1e9;
  d.memory_bandwidth = 8e9;
  d.tdp = 2;
  d.dispatch_tax = 1e-3;
  return d;
}

struct Transformer {
  double parameters = 1e9;
  std::int64_t layers = 1, hidden_dim = 4096, heads = 32, kv_heads = 32;
};
inline Model transformer(const Transformer& shape) {
  Model m;
  m.name = "a transformer";
  m.family = Family::transformer;
  m.parameters = shape.parameters;
  m.layers = shape.layers;
  m.hidden_dim = shape.hidden_dim;
  m.heads = shape.heads;
  m.kv_heads = shape.kv_heads;
  return m;
}

inline Model llama3_8b() {
  return transformer({.parameters = 8.03e9, .layers = 32, .kv_heads = 8});
}
inline Model llama3_70b() {
  return transformer(
      {.parameters = 70.6e9, .layers = 80, .hidden_dim = 8192, .heads = 64, .kv_heads = 8});
}
inline Model llama2_7b() {
  return transformer({.parameters = 7e9, .layers = 32});
}
inline Model gpt3() {
  return transformer(
      {.parameters = 175e9, .layers = 96, .hidden_dim = 12288, .heads = 96, .kv_heads = 96});
}

inline Model resnet50() {
  Model m;
  m.name = "ResNet-50";
  m.family = Family::cnn;
  m.parameters = 25.6e6;
  m.inference_flops = 8.2e9;
  m.layers = 50;
  return m;
}

// 671e9 parameters of which 37e9 work, with latent attention.
inline Model deepseek_v3() {
  Model m = transformer(
      {.parameters = 671e9, .layers = 61, .hidden_dim = 7168, .heads = 56, .kv_heads = 56});
  m.family = Family::moe;
  m.active_parameters = 37e9;
  m.kv_lora_rank = 512;
  m.qk_rope_head_dim = 64;
  return m;
}

}  // namespace fleetsim::analytic
