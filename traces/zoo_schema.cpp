#include "traces/zoo_schema.h"

#include <string>

#include "analytic/name.h"
#include "sim/nearest.h"
#include "sim/printable.h"

namespace fleetsim {
namespace {

constexpr Holds amount = Holds::amount, positive = Holds::positive, factor = Holds::factor,
                number = Holds::number, whole = Holds::whole, row = Holds::row, text = Holds::text;

constexpr ZooField hardware[] = {
    {"release_year", whole},
    {"peak_flops", positive, "FLOP/s", true},
    {"peak_flops_precision"},
    {"peak_flops_fp32", positive, "FLOP/s"},
    {"peak_flops_tf32", positive, "FLOP/s"},
    {"peak_flops_bf16", positive, "FLOP/s"},
    {"peak_flops_fp16", positive, "FLOP/s"},
    {"peak_flops_fp16_sparse", positive, "FLOP/s"},
    {"peak_flops_fp8", positive, "FLOP/s"},
    {"peak_flops_int8", positive, "FLOP/s"},
    {"peak_flops_fp4", positive, "FLOP/s"},
    {"peak_flops_fp4_sparse", positive, "FLOP/s"},
    {"peak_flops_int4", positive, "FLOP/s"},
    {"peak_flops_mxint4", positive, "FLOP/s"},
    {"memory_capacity", positive, "B", true},
    {"memory_bandwidth", positive, "B/s", true},
    {"sram_capacity", positive, "B"},
    {"sram_bandwidth", positive, "B/s"},
    {"flash_capacity", positive, "B"},
    {"flash_bandwidth", positive, "B/s"},
    {"storage_capacity", positive, "B"},
    {"storage_bandwidth", positive, "B/s"},
    {"l2_cache", positive, "B"},
    {"register_file_per_sm", positive, "B"},
    {"shared_memory_per_sm", positive, "B"},
    {"sm_count", whole},
    {"host_link_name"},
    {"host_link_bandwidth", positive, "B/s"},
    {"device_link_name"},
    {"device_link_bandwidth", positive, "B/s"},
    {"device_link_direction"},
    {"device_link_latency", amount, "s"},
    {"tdp", positive, "W"},
    {"tdp_min", positive, "W"},
    {"tdp_max", positive, "W"},
    {"battery", positive, "J"},
    {"unit_cost", amount, "$"},
    {"unit_cost_max", amount, "$"},
    {"embodied_carbon", amount, "kg"},
    {"dispatch_tax", amount, "s"},
    {"die_area", positive, "mm^2"},
    {"clock", positive, "Hz"},
    {"accelerator_count", whole},
};
constexpr ZooField partitions[] = {
    {"device", row, "hardware", true},
    {"memory", positive, "B"},
    {"sm_count", whole},
    {"typical_workload"},
};
constexpr ZooField tech[] = {
    {"bandwidth", positive, "B/s"},      {"latency", amount, "s"},
    {"energy_per_access", amount, "J"},  {"energy_per_byte", amount, "J/B"},
    {"energy_per_op", amount, "J/FLOP"}, {"energy_per_flop", amount, "J/FLOP"},
};
constexpr ZooField models[] = {
    {"type"},
    {"architecture"},
    {"parameters", positive, "param"},
    {"active_parameters", positive, "param"},
    {"parameters_min", positive, "param"},
    {"parameters_max", positive, "param"},
    {"model_size", positive, "B"},
    {"embedding_entries", positive},
    {"inference_flops", positive, "FLOP"},
    {"inference_energy", positive, "J"},
    {"layers", whole},
    {"hidden_dim", whole},
    {"heads", whole},
    {"kv_heads", whole},
    {"head_dim", whole},
    {"kv_lora_rank", whole},
    {"qk_rope_head_dim", whole},
    {"experts", whole},
    {"active_experts_per_token", whole},
    {"shared_experts", whole},
    {"state_size", whole},
    {"denoising_steps", whole},
    {"resolution_px", whole},
    {"action_chunk_horizon", whole},
    {"action_dim", whole},
    {"training_ops", positive, "FLOP"},
    {"training_dataset", positive, "B"},
    {"training_tokens", positive, "tokens"},
    {"training_accelerators", whole},
    {"training_duration", positive, "s"},
    {"training_energy", positive, "J"},
    {"training_gpu_time", positive, "s"},
    {"training_hardware_label"},
};
constexpr ZooField nodes[] = {
    {"accelerator", row, "hardware", true},
    {"accelerators_per_node", whole, "1", true},
    {"intra_node_bw", positive, "B/s"},
    {"nics_per_node", whole},
    {"psus_per_node", whole},
    {"host_cpu"},
    {"host_cpu_cores", whole},
    {"host_memory", positive, "B"},
    {"host_memory_bandwidth", positive, "B/s"},
};
constexpr ZooField fabrics[] = {
    {"bandwidth", positive, "B/s", true},
    {"latency", amount, "s"},
    {"topology"},
    {"oversubscription_ratio", factor},
    {"switch_ports", whole},
    {"switch_price", amount, "$"},
    {"switch_power", amount, "W"},
    {"cable_price", amount, "$"},
    {"cable_power", amount, "W"},
};
constexpr ZooField clusters[] = {
    {"node", row, "nodes", true},       {"count", whole, "1", true},
    {"fabric", row, "fabrics", true},   {"region", row, "grids"},
    {"datacenter", row, "datacenters"},
};
constexpr ZooField pods[] = {
    {"chips", whole},
    {"memory", positive, "B"},
    {"power", positive, "W"},
};
constexpr ZooField racks[] = {
    {"node", row, "nodes"},   {"nodes_per_rack", whole}, {"non_accelerator_power", amount, "W"},
    {"power", positive, "W"}, {"cooling_type"},
};
constexpr ZooField storage[] = {
    {"bandwidth", positive, "B/s"},
    {"write_bandwidth", positive, "B/s"},
    {"latency", amount, "s"},
    {"iops", positive, "IOPS"},
    {"media"},
    {"interface"},
    {"durability"},
    {"device", row, "storage"},
    {"devices_per_node", whole},
    {"local_stage", row, "storage"},
    {"durable_store", row, "storage"},
};
constexpr ZooField reliability[] = {
    {"mttf", positive, "h"},
    {"failure_mode"},
    {"soft_error_fit_per_mbit", amount},
    {"soft_error_fit_per_mbit_min", amount},
    {"soft_error_fit_per_mbit_max", amount},
};
constexpr ZooField recovery[] = {
    {"heartbeat_timeout", amount, "s"}, {"detection_time", amount, "s"},
    {"reschedule_time", amount, "s"},   {"restart_time", amount, "s"},
    {"warmup_time", amount, "s"},       {"checkpoint_write_bandwidth", positive, "B/s"},
    {"node_recovery_low", amount, "s"}, {"node_recovery_high", amount, "s"},
    {"sdc_rate_per_gpu_hour", amount},
};
constexpr ZooField orchestration[] = {
    {"target_cluster_utilization", amount},
    {"queue_discipline"},
    {"average_researcher_job_duration", positive, "s"},
};
constexpr ZooField grids[] = {
    {"carbon_intensity", amount, "g/kWh", true},
    {"pue", factor, "1", true},
    {"wue", amount, "L/kWh"},
    {"renewable_fraction", amount},
    {"primary_source"},
    {"latitude_deg", number},
    {"longitude_deg", number},
};
constexpr ZooField cooling[] = {{"pue", factor}, {"wue", amount, "L/kWh"}};
constexpr ZooField datacenters[] = {{"grid", row, "grids", true}, {"pue_override", factor}};
constexpr ZooField regions[] = {
    {"provider"},
    {"region"},  // as the provider calls it
    {"city"},
    {"country"},
    {"latitude_deg", number, "1", true},
    {"longitude_deg", number, "1", true},
    {"grid", row, "grids"},
};
constexpr ZooField figures[] = {{"value", Holds::figure}};
constexpr ZooField datasets[] = {
    {"training_examples", whole},
    {"full_examples", whole},
    {"validation_examples", whole},
    {"test_examples", whole},
    {"num_classes", whole},
    {"image_width_px", whole},
    {"image_height_px", whole},
    {"image_channels", whole},
    {"languages", whole},
    {"keywords", whole},
    {"sample_width", amount, "B"},
    {"sample_duration", amount, "s"},
    {"sample_rate", positive, "Hz"},
};
constexpr ZooField platforms[] = {
    {"ram", positive, "B"},
    {"ram_min", positive, "B"},
    {"ram_max", positive, "B"},
    {"storage", positive, "B"},
    {"storage_min", positive, "B"},
    {"storage_max", positive, "B"},
    {"typical_latency_budget", positive, "s"},
    {"latency_min", positive, "s"},
    {"latency_max", positive, "s"},
    {"compute_threshold", positive, "FLOP/s"},
    {"bandwidth_threshold", positive, "B/s"},
    {"power_threshold", positive, "W"},
    {"tdp_min", positive, "W"},
    {"tdp_max", positive, "W"},
};
constexpr ZooField scenarios[] = {
    {"workload", row, "models"},           {"system", text},
    {"sla_latency", positive, "s"},        {"power_budget", positive, "W"},
    {"data_rate", row, "reference_stats"},
};
constexpr ZooField agents[] = {
    {"reference_model", row, "models"},       {"serving_node", row, "nodes"},
    {"context_window", positive, "tokens"},   {"working_memory", positive, "tokens"},
    {"sandbox_startup_latency", amount, "s"}, {"sandbox_restore_latency", amount, "s"},
    {"sandbox_memory", positive, "B"},        {"max_trajectory_steps", whole},
    {"deliberation_branches", whole},         {"verifier_cost_ratio", amount},
    {"coordination_overhead_beta", amount},
};
constexpr ZooField embodied[] = {
    {"mass", positive, "kg"},          {"control_frequency", positive, "Hz"},
    {"nominal_power", positive, "W"},  {"payload", amount, "kg"},
    {"max_velocity", positive, "m/s"}, {"max_acceleration", positive, "m/s^2"},
    {"max_torque", positive, "N*m"},   {"dofs", whole},
    {"compute_soc", row, "hardware"},
};
constexpr ZooField actuators[] = {
    {"actuator_type"},
    {"gear_ratio", positive},
    {"rated_torque", positive, "N*m"},
    {"peak_torque", positive, "N*m"},
    {"internal_resistance", amount, "ohm"},
    {"max_current", positive, "A"},
    {"mass", positive, "kg"},
    {"rotor_inertia", positive, "kg*m^2"},
    {"reflected_inertia", positive, "kg*m^2"},
};

constexpr std::string_view remarks[] = {"source",     "confidence", "note",         "corrects",
                                        "as_written", "old_values", "superseded_by"};

std::vector<ZooKind> machine_kinds() {
  return {
      {"hardware",
       "Hardware.",
       "devices",
       hardware,
       {"name", "release_year", "peak_flops", "memory_capacity", "memory_bandwidth", "tdp",
        "unit_cost"}},
      {"partitions",
       "Hardware.",
       "slices of a device",
       partitions,
       {"device", "memory", "sm_count", "typical_workload"}},
      {"tech",
       "Hardware.Tech.",
       "technology classes",
       tech,
       {"name", "bandwidth", "latency", "energy_per_access", "energy_per_byte", "energy_per_op",
        "energy_per_flop"}},
      {"models",
       "Models.",
       "models",
       models,
       {"name", "type", "parameters", "active_parameters", "inference_flops", "layers",
        "hidden_dim", "heads", "kv_heads"}},
      {"nodes",
       "Systems.",
       "nodes",
       nodes,
       {"name", "accelerator", "accelerators_per_node", "intra_node_bw", "nics_per_node",
        "psus_per_node"}},
      {"fabrics",
       "Systems.",
       "fabrics",
       fabrics,
       {"name", "bandwidth", "latency", "topology", "oversubscription_ratio"}},
      {"clusters", "Systems.", "clusters", clusters, {"name", "node", "count", "fabric"}},
  };
}

std::vector<ZooKind> system_kinds() {
  return {
      {"pods", "Systems.", "pods", pods, {"name", "chips", "memory", "power"}},
      {"racks",
       "Systems.",
       "racks",
       racks,
       {"name", "node", "nodes_per_rack", "power", "non_accelerator_power", "cooling_type"}},
      {"storage",
       "Systems.",
       "storage tiers",
       storage,
       {"name", "bandwidth", "write_bandwidth", "latency", "iops", "durability"}},
      {"reliability",
       "Systems.",
       "failures of components",
       reliability,
       {"name", "mttf", "failure_mode"}},
      {"recovery",
       "Systems.",
       "times of recovery",
       recovery,
       {"detection_time", "reschedule_time", "restart_time", "warmup_time"}},
      {"orchestration",
       "Systems.",
       "assumptions on scheduling",
       orchestration,
       {"target_cluster_utilization", "queue_discipline", "average_researcher_job_duration"}},
  };
}

std::vector<ZooKind> figure_kinds() {
  return {
      {"switch_fabric", "Systems.", "switches and optics", figures, {"value"}},
      {"network_energy", "Systems.", "energy of networks", figures, {"value"}},
      {"grids",
       "Infrastructure.",
       "electricity grids",
       grids,
       {"name", "carbon_intensity", "pue", "wue", "renewable_fraction", "primary_source"}},
      {"cooling", "Infrastructure.", "cooling tiers", cooling, {"name", "pue", "wue"}},
      {"datacenters",
       "Infrastructure.",
       "data centres",
       datacenters,
       {"name", "grid", "pue_override"}},
      {"regions",
       "Infrastructure.",
       "cities and cloud regions",
       regions,
       {"provider", "region", "city", "country", "latitude_deg", "longitude_deg", "grid"}},
      {"anchors", "Infrastructure.", "anchors of cooling and power", figures, {"value"}},
      {"pricing", "Infrastructure.", "prices", figures, {"name", "value"}},
      {"capacity", "Infrastructure.", "lead times of capacity", figures, {"value"}},
      {"literature", "", "constants of the literature", figures, {"value"}},
      {"calibration", "", "constants of calibration", figures, {"value"}},
      {"constants", "", "constants of units and physics", figures, {"value"}},
      {"reference_stats", "", "reference statistics", figures, {"value"}},
      {"ops", "", "overheads of operation", figures, {"value"}},
  };
}

std::vector<ZooKind> workload_kinds() {
  return {
      {"datasets",
       "",
       "data sets",
       datasets,
       {"name", "training_examples", "test_examples", "num_classes"}},
      {"platforms",
       "",
       "platforms",
       platforms,
       {"name", "ram", "storage", "typical_latency_budget", "compute_threshold"}},
      {"scenarios",
       "",
       "scenarios",
       scenarios,
       {"workload", "system", "sla_latency", "power_budget"}},
      {"agents",
       "",
       "agents",
       agents,
       {"name", "reference_model", "serving_node", "context_window", "working_memory"}},
      {"embodied",
       "",
       "robots and vehicles",
       embodied,
       {"name", "mass", "payload", "control_frequency", "nominal_power", "dofs", "compute_soc"}},
      {"actuators",
       "",
       "actuators",
       actuators,
       {"name", "gear_ratio", "rated_torque", "peak_torque", "max_current", "mass"}},
      {"contradictions", "", "where the book contradicts itself", {}, {"note"}},
      {"gaps", "", "what the book does not hold", {}, {"note"}},
  };
}

std::vector<ZooKind> all_kinds() {
  std::vector<ZooKind> all;
  for (const auto kinds : {machine_kinds, system_kinds, figure_kinds, workload_kinds})
    for (ZooKind& kind : kinds()) all.push_back(std::move(kind));
  return all;
}

}  // namespace

std::span<const ZooKind> zoo_kinds() {
  static const std::vector<ZooKind> all = all_kinds();
  return all;
}

Result<const ZooKind*> zoo_kind(std::string_view name) {
  std::vector<std::string> names;
  for (const ZooKind& kind : zoo_kinds()) {
    if (analytic::same_name(kind.name, name)) return &kind;
    names.emplace_back(kind.name);
  }
  return Error{"the catalogue has no kind " + in_quotes(name) + did_you_mean(name, names)};
}

std::span<const std::string_view> zoo_remarks() {
  return remarks;
}

}  // namespace fleetsim
