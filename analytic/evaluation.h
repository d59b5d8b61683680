#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analytic/catalogue.h"
#include "analytic/precision.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// A system on three levels (analytic.md, section 10): does it fit, how fast is it, what does it
// cost. One accelerator is SingleNodeModel, more are DistributedModel with tp = pp = 1; money and
// carbon are EconomicsModel, where there are a fleet and a duration.

struct EvaluationIn {
  std::string scenario_name = "custom";
  Model model{};
  Device hardware{};
  std::int64_t batch_size = 1, seq_len = 2048;
  Precision precision = Precision::fp16;
  double efficiency = 0.5;
  std::optional<Fleet> fleet{};  // else one of `nodes` accelerators is made of the hardware
  std::int64_t nodes = 1;        // accelerators in all; the book's plans call them so
  std::optional<std::int64_t> accelerators_per_node{};  // else as many as the catalogue says
  std::optional<double> intra_node_bw{};  // byte/s; else the device's link, host link, or fabric
  double fabric_bandwidth = 50e9;         // byte/s
  std::optional<Grid> region{};
  std::optional<double> duration_days{};  // s
};

enum class LevelStatus : std::uint8_t { pass, fail, warning, skipped };
std::string_view name_of(LevelStatus status);

struct SystemEvaluation {
  struct Level {
    LevelStatus status = LevelStatus::skipped;
    std::string summary{};
  };
  std::string scenario{};
  Level feasibility{}, performance{}, macro{};
  bool feasible = true;
  double memory_used = 0, memory_capacity = 0, memory_utilization = 0;  // byte, of one accelerator
  double latency = 0, throughput = 0, mfu = 0;  // s of a step or batch, 1/s, of the fleet
  std::string_view bottleneck{};
  // Of a fleet: communication that shows in the step, MFU of one replica, compute over step.
  std::optional<double> comm_overhead{}, node_mfu{}, scaling_efficiency{};
  std::optional<double> step_latency{}, fleet_throughput{};  // as latency and throughput above
  // Over the duration: dollar, kg, dollar, dollar. The book prices energy of a fleet at an MFU of
  // 1; tco_at_mfu does at the MFU that the fleet has.
  std::optional<double> tco{}, carbon{}, energy_cost{}, capex{}, tco_at_mfu{};

  // No level failed or warned.
  bool passed_all() const;
  // Boxed text, a line a level.
  std::string scorecard() const;
};
Result<SystemEvaluation> evaluate_system(const EvaluationIn& in);

// The fleet of a plan: `nodes` accelerators, so many a node. An error when they do not divide.
Result<Fleet> planned_fleet(const EvaluationIn& in);

}  // namespace fleetsim::analytic
