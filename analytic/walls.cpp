#include "analytic/walls.h"

namespace fleetsim::analytic {
namespace {

constexpr Wall all[] = {
    {1, "Compute", "node", "SingleNodeModel", "T = OPs / (Peak * eta)", "Peak"},
    {2, "Memory", "node", "SingleNodeModel", "T = W / BW_HBM",
     "MFU (the roofline caps it), and whether it fits"},
    {3, "Software", "node", "EfficiencyModel",
     "eta = f(kernels, occupancy, coalescing, framework overhead)", "MFU"},
    {4, "Serving", "node", "ServingModel", "TTFT = OPs_prefill / Peak; ITL = W / BW",
     "FLOPs (prefill), MFU (decode)"},
    {5, "Batching", "node", "ContinuousBatchingModel",
     "N_static = floor(M_KV / (k S_max)); N_paged = floor(M_KV / (k p E[ceil(S/p)]))",
     "MFU (by the batch size)"},
    {6, "Streaming", "node", "WeightStreamingModel",
     "T_layer = max(W / BW_inject, 2 W B / (Peak * eta))", "MFU"},
    {7, "Tail Latency", "node", "TailLatencyModel", "M/M/c waiting (Erlang C)",
     "none: waiting before the work"},
    {8, "Ingestion", "data", "DataModel", "rho = BW_demand / BW_supply", "MFU (starvation)"},
    {9, "Transformation", "data", "TransformationModel", "T = B * S / C_throughput",
     "MFU (starvation)"},
    {10, "Locality", "data", "TopologyModel", "BW_eff = BW_link * beta / oversubscription",
     "scaling_efficiency"},
    {11, "Complexity", "algorithm", "ScalingModel", "C = 6 P D; P* = sqrt(C / 120)", "FLOPs"},
    {12, "Reasoning", "algorithm", "InferenceScalingModel", "T = K * T_step", "FLOPs"},
    {13, "Fidelity", "algorithm", "CompressionModel", "r = b_base / b; r = 1 / (1 - s)",
     "FLOPs and bytes"},
    {14, "Communication", "fleet", "DistributedModel", "T = 2 (N-1)/N * M / beta + 2 (N-1) * alpha",
     "scaling_efficiency"},
    {15, "Fragility", "fleet", "ReliabilityModel", "MTBF_cluster = MTBF_node / N", "Goodput"},
    {16, "Multi-tenant", "fleet", "OrchestrationModel", "T_wait = rho / (2 mu (1 - rho))",
     "none: waiting before the run"},
    {17, "Capital", "operations", "EconomicsModel", "TCO = CapEx + OpEx",
     "N (what can be afforded)"},
    {18, "Sustainability", "operations", "SustainabilityModel", "CO2 = E * PUE * CI",
     "N and Time (a budget for both)"},
    {19, "Checkpoint", "operations", "CheckpointModel", "penalty = T_write / T_interval",
     "Goodput"},
    {20, "Safety", "operations", "ResponsibleEngineeringModel",
     "slowdown = 1 + 2 / epsilon (DP-SGD)", "FLOPs (extra work)"},
    {21, "Sensitivity", "analysis", "SensitivitySolver", "dT / dx_i", "which of them binds"},
    {22, "Synthesis", "analysis", "SynthesisSolver", "BW_req = W / T_target",
     "Peak and BW for a given Time"},
};

}  // namespace

std::span<const Wall> walls() {
  return all;
}

std::optional<Wall> wall(int number) {
  for (const Wall& w : all)
    if (w.number == number) return w;
  return std::nullopt;
}

std::vector<Wall> walls_in_domain(std::string_view domain) {
  std::vector<Wall> found;
  for (const Wall& w : all)
    if (w.domain == domain) found.push_back(w);
  return found;
}

}  // namespace fleetsim::analytic
