#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analytic/book/distributed.h"
#include "analytic/book/serving.h"
#include "analytic/book/single_node.h"
#include "analytic/front.h"
#include "tools/bench.h"
#include "traces/zoo.h"

namespace fleetsim {
namespace {

using namespace analytic;

// The catalogue's rows that are priced here; the program carries all of them.
const Zoo& catalogue() {
  static const Zoo zoo = [] {
    const std::vector<std::string> none;
    Result<Zoo> loaded = load_zoo(none);
    check(bool(loaded), "the catalogue in the program can be read");
    return *std::move(loaded);
  }();
  return zoo;
}

template <class T>
T known(Result<T> row) {
  check(bool(row), "the catalogue has what is priced here");
  return *std::move(row);
}

// Median over batches of the time of an evaluation. The batch size changes from one to the next, so
// that nothing is worked out once; what they give is added up, so that all of it is worked out.
template <class Evaluate>
BenchRow median_ns(const char* name, double limit_ns, std::uint64_t evaluations,
                   Evaluate&& evaluate) {
  constexpr std::uint64_t a_batch = 1000;
  std::vector<double> seconds;
  double sum = 0;
  for (std::uint64_t done = 0; done < std::max(evaluations / 10, 100 * a_batch); done += a_batch) {
    const double start = thread_seconds();
    for (std::uint64_t i = 0; i < a_batch; ++i) sum += evaluate(static_cast<std::int64_t>(i));
    seconds.push_back(thread_seconds() - start);
  }
  check(sum > 0, "solvers gave times");
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  const double ns = *middle / static_cast<double>(a_batch) * 1e9;
  return {{{"solver", name}},
          {{"ns_per_evaluation", ns}, {"evaluations_per_s", 1e9 / ns}, {"limit_ns", limit_ns}}};
}

// 10^6 ways to train on a fleet that is bought for it.
struct TrainingSpace {
  static constexpr std::array<const char*, 10> devices = {
      "Cloud.V100",   "Cloud.A100",  "Cloud.H100",   "Cloud.H200",   "Cloud.B200",
      "Cloud.MI300X", "Cloud.TPUv4", "Cloud.TPUv5p", "Cloud.Gaudi3", "Cloud.MI250X"};
  static constexpr std::array precisions_searched = {
      Precision::fp32, Precision::tf32, Precision::bf16, Precision::fp16, Precision::fp8};
  static constexpr std::size_t batches = 25, tps = 8, pps = 10, dps = 10;

  std::vector<Device> rows{};
  DistributedIn in{};

  TrainingSpace() {
    for (const char* name : devices)
      if (Result<Device> row = catalogue().device(Value(name))) rows.push_back(*std::move(row));
    check(rows.size() > 1, "devices to choose from");
    in.model = known(catalogue().model(Value("Language.Llama3_8B")));
    in.fleet.fabric = known(catalogue().fabric(Value("Fabrics.InfiniBand_NDR")));
    in.overlap_comm = true;
    in.activation_recomputation = true;
  }

  std::vector<std::size_t> sizes() const {
    // What the catalogue lacks of the devices is made up by more batch sizes.
    return {
        rows.size(), precisions_searched.size(), batches * devices.size() / rows.size(), tps, pps,
        dps};
  }

  // Sets what the axes from `changed` on say; the device is the slowest, being the largest.
  void set(std::span<const std::size_t> at, std::size_t changed) {
    if (changed == 0) {
      in.fleet.node.accelerator = rows[at[0]];
      const std::optional<Link>& link = rows[at[0]].device_link;
      in.fleet.node.intra_node_bandwidth = link ? link->bandwidth : 64e9;
    }
    in.precision = precisions_searched[at[1]];
    in.batch_size = static_cast<std::int64_t>(64 * (at[2] + 1));
    in.tp_size = std::int64_t{1} << at[3];
    in.pp_size = std::int64_t{1} << at[4];
    const std::int64_t all = in.tp_size * in.pp_size << at[5];
    in.fleet.node.accelerators = std::min<std::int64_t>(8, all);
    in.fleet.nodes = all / in.fleet.node.accelerators;
    in.microbatch_count = std::max<std::int64_t>(1, in.batch_size >> at[5]);
  }

  double price() const {
    return in.fleet.node.accelerator.unit_cost.value_or(0) *
           static_cast<double>(in.fleet.accelerators());
  }
};

struct Searched {
  Front front;
  std::size_t configurations = 0;
  double seconds = 0;
};

// All of them: price of the fleet against samples a second.
Searched search_training(TrainingSpace& space) {
  Searched out;
  const double start = thread_seconds();
  Odometer odometer(space.sizes());
  const std::size_t axes = odometer.at().size();
  for (std::size_t changed = 0; changed < axes; changed = odometer.next()) {
    space.set(odometer.at(), changed);
    const Result<DistributedOut> step = distributed(space.in);
    const std::size_t number = out.configurations++;
    if (!step || !step->feasible || space.price() <= 0) continue;
    out.front.add(space.price(), -step->effective_throughput, number);
  }
  out.seconds = thread_seconds() - start;
  return out;
}

// The axes of a configuration from its number.
std::vector<std::size_t> configuration(const std::vector<std::size_t>& sizes, std::size_t number) {
  std::vector<std::size_t> at(sizes.size());
  for (std::size_t axis = sizes.size(); axis-- > 0;) {
    at[axis] = number % sizes[axis];
    number /= sizes[axis];
  }
  return at;
}

}  // namespace

std::vector<BenchRow> bench_solve(const BenchOptions& options) {
  std::vector<BenchRow> rows;
  SingleNodeIn node;
  node.model = known(catalogue().model(Value("Language.Llama3_8B")));
  node.hardware = known(catalogue().device(Value("Cloud.H100")));
  rows.push_back(median_ns("SingleNodeModel", 100, options.events, [&](std::int64_t i) {
    node.batch_size = 1 + i % 64;
    return single_node(node)->latency;
  }));
  ServingIn requests;
  requests.model = node.model;
  requests.hardware = node.hardware;
  requests.seq_len = 2048;
  rows.push_back(median_ns("ServingModel", 200, options.events, [&](std::int64_t i) {
    requests.batch_size = 1 + i % 64;
    return serving(requests)->itl;
  }));
  DistributedIn step;
  step.model = known(catalogue().model(Value("Language.Llama3_70B")));
  step.fleet = known(catalogue().fleet(Value("Clusters.Frontier_8K")));
  step.tp_size = 8, step.pp_size = 4, step.microbatch_count = 16, step.overlap_comm = true;
  rows.push_back(median_ns("DistributedModel", 500, options.events, [&](std::int64_t i) {
    step.batch_size = 1024 * (1 + i % 64);
    return distributed(step)->step_latency_total;
  }));
  TrainingSpace space;
  const Searched all = search_training(space);
  const double ns = all.seconds * 1e9 / static_cast<double>(all.configurations);
  rows.push_back(
      {{{"solver", fmt::format("search of {}", all.configurations)}},
       {{"ns_per_evaluation", ns}, {"evaluations_per_s", 1e9 / ns}, {"limit_ns", 1000}}});
  return rows;
}

std::vector<BenchRow> bench_search(const BenchOptions&) {
  TrainingSpace space;
  const Searched all = search_training(space);
  std::vector<BenchRow> rows;
  for (const auto& [price, point] : all.front.points()) {
    space.set(configuration(space.sizes(), point.number), 0);
    const DistributedIn& in = space.in;
    rows.push_back({{{"device", in.fleet.node.accelerator.id},
                     {"batch", std::to_string(in.batch_size)},
                     {"precision", std::string(name_of(in.precision))},
                     {"tp", std::to_string(in.tp_size)},
                     {"pp", std::to_string(in.pp_size)},
                     {"dp", std::to_string(in.fleet.accelerators() / in.tp_size / in.pp_size)}},
                    {{"price_usd", price},
                     {"samples_per_s", -point.second},
                     {"configurations", static_cast<double>(all.configurations)},
                     {"search_s", all.seconds}}});
  }
  return rows;
}

}  // namespace fleetsim
