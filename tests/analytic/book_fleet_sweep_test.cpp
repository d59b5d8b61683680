#include <set>

#include "analytic/book/compression.h"
#include "analytic/book/data.h"
#include "analytic/book/distributed.h"
#include "analytic/book/operations.h"
#include "analytic/book/reliability.h"
#include "analytic/rows.h"
#include "sim/unit_text.h"
#include "tests/analytic/book_fleet.h"

namespace fleetsim::analytic {
namespace {

constexpr int draws = 2000;

std::int64_t power_of_two(Sweep& sweep, int most) {
  return std::int64_t{1} << static_cast<int>(sweep.even(0, most + 0.999));
}

void expect_sound(double value, double least = 0) {
  EXPECT_TRUE(std::isfinite(value)) << value;
  EXPECT_GE(value, least);
}

Fleet some_fleet(Sweep& sweep) {
  Fleet fleet = dgx_h100s(power_of_two(sweep, 9), ndr());
  fleet.node.accelerators = power_of_two(sweep, 4);
  fleet.node.intra_node_bandwidth = sweep.log(1e9, 1e13);
  fleet.node.accelerator.peak_flops = sweep.log(1e9, 1e17);
  fleet.fabric.bandwidth = sweep.log(1e7, 1e13);
  fleet.fabric.oversubscription = sweep.log(1, 64);
  fleet.fabric.latency = sweep.log(1e-7, 1e-2);
  return fleet;
}

TEST(BookFleetSweep, StepsAreFiniteAndOrdered) {
  Sweep sweep(31);
  int priced = 0;
  for (int i = 0; i < draws; ++i) {
    DistributedIn in{.model = llama3_8b(), .fleet = some_fleet(sweep)};
    in.model.parameters = sweep.log(1e6, 1e13);
    in.model.layers = static_cast<std::int64_t>(sweep.count(1, 200));
    in.batch_size = static_cast<std::int64_t>(sweep.count(1, 1e6));
    in.seq_len = static_cast<std::int64_t>(sweep.count(1, 1e6));
    in.efficiency = sweep.log(1e-3, 1);
    in.tp_size = power_of_two(sweep, 5);
    in.pp_size = power_of_two(sweep, 5);
    in.microbatch_count = power_of_two(sweep, 6);
    in.zero_stage = static_cast<std::int64_t>(sweep.even(0, 3.999));
    in.activation_recomputation = sweep.even(0, 1) < 0.5;
    in.overlap_comm = sweep.even(0, 1) < 0.5;
    const Result<DistributedOut> out = distributed(in);
    if (!out) {  // the split does not go into the fleet
      EXPECT_NE(out.error().message.find("tp_size"), std::string::npos);
      continue;
    }
    ++priced;
    expect_sound(out->memory_footprint);
    expect_sound(out->effective_throughput);
    expect_sound(out->step_latency_total, out->node_latency);
    expect_sound(out->step_latency_exact, out->node_latency_exact);
    EXPECT_LE(out->scaling_efficiency, 1);
    EXPECT_LE(out->fleet_mfu, in.efficiency);
    EXPECT_LE(out->exposed_dp, out->dp_communication_latency);
    EXPECT_NEAR(out->comm_fraction +
                    (out->node_latency + out->pipeline_bubble_latency) / out->step_latency_total,
                1, 1e-9);
  }
  EXPECT_GT(priced, draws / 4);
}

TEST(BookFleetSweep, BandwidthNeverSlows) {
  Sweep sweep(32);
  for (int i = 0; i < draws; ++i) {
    DistributedIn in{.model = llama3_70b(), .fleet = some_fleet(sweep), .batch_size = 512};
    const double before = good(distributed(in)).step_latency_total;
    (sweep.even(0, 1) < 0.5 ? in.fleet.fabric.bandwidth : in.fleet.node.intra_node_bandwidth) *=
        sweep.log(1, 100);
    EXPECT_LE(good(distributed(in)).step_latency_total, before);
  }
}

TEST(BookFleetSweep, ReliabilityStaysInBounds) {
  Sweep sweep(33);
  for (int i = 0; i < draws; ++i) {
    ReliabilityIn in{.fleet = some_fleet(sweep)};
    in.job_duration_hours = sweep.log(1, 1e9);
    in.checkpoint_time_s = sweep.log(1e-2, 1e5);
    in.avg_recovery_time_s = sweep.log(1e-2, 1e5);
    const ReliabilityOut out = good(reliability_model(in));
    expect_sound(*out.failure_probability);
    EXPECT_LE(*out.failure_probability, 1);
    for (const double goodput : {out.goodput_ratio, out.goodput_first_order,
                                 out.goodput_exact.value_or(0), out.goodput_best.value_or(0)}) {
      expect_sound(goodput);
      EXPECT_LE(goodput, 1);
    }
    EXPECT_LE(out.goodput_first_order, out.goodput_ratio);
    EXPECT_GE(out.goodput_best.value_or(1), out.goodput_exact.value_or(0) * (1 - 1e-12));
  }
}

TEST(BookFleetSweep, MoneyAndCarbonGrowWithTime) {
  Sweep sweep(34);
  for (int i = 0; i < draws; ++i) {
    EconomicsIn in{.fleet = some_fleet(sweep)};
    in.grid = grid(sweep.log(1, 1000), sweep.even(1, 2), sweep.even(0, 3));
    in.duration_days = sweep.log(1, 1e8);
    in.mfu = sweep.even(0, 1);
    const EconomicsOut out = good(economics(in));
    expect_sound(out.tco_usd);
    expect_relative(out.tco_usd, out.capex_usd + out.opex_energy_usd + out.opex_maintenance_usd,
                    1e-12);
    expect_sound(out.energy.carbon_footprint_kg);
    EXPECT_GE(out.energy.total_energy_kwh, out.energy.it_energy_kwh);
    in.duration_days *= 2;
    expect_relative(good(economics(in)).tco_usd, 2 * out.tco_usd, 1e-12);
  }
}

TEST(BookFleetSweep, CompressionAndTopologyAreFinite) {
  Sweep sweep(35);
  const char* const shapes[] = {"ring", "torus_3d", "fat_tree", "dragonfly"};
  const char* const methods[] = {"quantization", "pruning", "distillation"};
  for (int i = 0; i < draws; ++i) {
    CompressionIn in{.model = llama3_8b(), .hardware = h100(), .method = methods[i % 3]};
    in.target_bitwidth = static_cast<std::int64_t>(sweep.count(1, 64));
    in.sparsity = sweep.even(0, 1);
    const CompressionOut out = good(compression(in));
    expect_sound(out.compression_ratio);
    expect_relative(out.compressed_size_gb * out.compression_ratio, out.original_size_gb, 1e-12);
    EXPECT_LE(out.estimated_accuracy_delta, 0);
    const TopologyOut net = good(
        topology_model({ndr(), shapes[i % 4], static_cast<std::int64_t>(sweep.count(1, 1e6))}));
    expect_sound(net.effective_bw);
    expect_sound(net.hops_avg);
    if (net.hops_avg_exact) expect_sound(*net.hops_avg_exact, 1);
  }
}

// No name twice, and units that are ones.
template <class Spec>
void expect_named(std::string_view solver, const std::vector<Spec>& members) {
  std::set<std::string_view> names;
  for (const Spec& member : members) {
    EXPECT_TRUE(names.insert(member.name).second) << solver << " " << member.name;
    EXPECT_TRUE(member.unit.empty() || parse_unit(member.unit)) << solver << " " << member.name;
  }
}

TEST(BookFleetRows, NameWhatTheyTakeAndGive) {
  std::vector<Solver> rows;
  for (const auto part : {data_rows, scaling_rows, compression_rows, distributed_rows,
                          parallelism_rows, reliability_rows, orchestration_rows, operations_rows,
                          communication_rows, networking_rows, statistics_rows})
    for (Solver& row : part()) rows.push_back(std::move(row));
  std::set<std::string_view> names;
  for (const Solver& row : rows) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.title.empty() || row.equations.empty() || row.run == nullptr) << row.name;
    expect_named(row.name, row.inputs);
    expect_named(row.name, row.outputs);
  }
  for (const std::string_view name :
       {"DataModel", "TransformationModel", "TopologyModel", "ScalingModel",
        "InferenceScalingModel", "CompressionModel", "DistributedModel", "MoERoutingModel",
        "ReliabilityModel", "OrchestrationModel", "SustainabilityModel", "EconomicsModel",
        "CheckpointModel", "ResponsibleEngineeringModel", "ParallelismOptimizer",
        "PlacementOptimizer"})
    EXPECT_EQ(names.count(name), 1u) << name;
}

}  // namespace
}  // namespace fleetsim::analytic
