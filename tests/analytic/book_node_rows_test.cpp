#include <set>

#include "analytic/rows.h"
#include "sim/unit_text.h"
#include "tests/analytic/book_node.h"

// The rows of the node solvers as people and machines use them: by names, with units.
namespace fleetsim::analytic {
namespace {

const std::string& text_of(const Value& value) {
  return std::get<std::string>(value.is);
}

// A catalogue of two devices and three models.
class Shelf : public Lookup {
 public:
  Result<Device> device(const Value& value) const override {
    return text_of(value) == "A100" ? a100() : h100();
  }
  Result<Model> model(const Value& value) const override {
    if (text_of(value) == "ResNet50") return resnet50();
    return text_of(value) == "Llama3_70B" ? llama3_70b() : llama3_8b();
  }
  Result<Node> node(const Value&) const override { return Node{}; }
  Result<Fabric> fabric(const Value&) const override { return Fabric{}; }
  Result<Fleet> fleet(const Value&) const override { return Fleet{}; }
  Result<Grid> grid(const Value&) const override { return Grid{}; }
  Result<Datacenter> datacenter(const Value&) const override { return Datacenter{}; }
};

std::vector<Solver> node_rows() {
  std::vector<Solver> all;
  for (const auto rows :
       {single_node_rows, roofline_rows, serving_rows, batching_rows, serving_capacity_rows,
        weight_streaming_rows, tail_latency_rows, training_memory_rows, analysis_rows,
        performance_rows, memory_rows, paging_rows})
    for (Solver& row : rows()) all.push_back(std::move(row));
  return all;
}

Result<Answer> ask(std::string_view solver, const Fields& arguments) {
  for (const Solver& row : node_rows())
    if (row.name == solver) return row.run(row, arguments, Shelf{});
  return Error{"no such row"};
}

Value output_named(const Answer& answer, std::string_view name) {
  for (const Shown& shown : answer.outputs)
    if (shown.name == name) return shown.value;
  return {};
}
double number(const Answer& answer, std::string_view name) {
  return std::get<double>(output_named(answer, name).is);
}

TEST(NodeRows, AreComplete) {
  std::set<std::string_view> names;
  for (const Solver& row : node_rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.title.empty() || row.equations.empty() || row.outputs.empty()) << row.name;
    std::set<std::string_view> inputs, outputs;
    for (const InputSpec& spec : row.inputs) {
      EXPECT_TRUE(inputs.insert(spec.name).second) << row.name << " " << spec.name;
      EXPECT_TRUE(spec.unit.empty() || parse_unit(spec.unit)) << spec.name;
      EXPECT_FALSE(spec.help.empty()) << spec.name;
    }
    for (const OutputSpec& spec : row.outputs) {
      EXPECT_TRUE(outputs.insert(spec.name).second) << row.name << " " << spec.name;
      EXPECT_TRUE(spec.unit.empty() || parse_unit(spec.unit)) << spec.name;
    }
  }
}

TEST(NodeRows, ShowTheUnitsOfTheBook) {
  const Answer single = good(ask("SingleNodeModel", {{"model", "ResNet50"}, {"hardware", "H100"}}));
  expect_relative(number(single, "attained_flops"), 15.565326775535185, 1e-9);
  EXPECT_EQ(text_of(output_named(single, "bottleneck")), "Memory");
  EXPECT_TRUE(output_named(single, "offload_spill_bytes").empty());
  EXPECT_EQ(single.notes.size(), 1u);  // launching takes longer than the work
  const Answer synthesised =
      good(ask("SynthesisSolver", {{"model", "Llama3_70B"}, {"target_latency", "50 ms"}}));
  expect_relative(number(synthesised, "required_bw"), 2824, 1e-9);
  expect_relative(number(synthesised, "required_flops"), 5.648, 1e-9);
  const Answer capacity = good(ask("ServingCapacityModel", {{"model", "Llama3_8B"},
                                                            {"hardware", "H100"},
                                                            {"qps", 20},
                                                            {"target_p99_latency_ms", 2000},
                                                            {"seq_len", 1024},
                                                            {"output_tokens", 64},
                                                            {"max_batch_size", 16},
                                                            {"efficiency", 0.35}}));
  expect_relative(number(capacity, "estimated_p99_latency"), 1299, 1e-4);
  const Answer queue =
      good(ask("calc_queue_latency_mmc",
               {{"arrival_rate_hz", 100}, {"service_rate_hz", 10}, {"num_servers", 10}}));
  EXPECT_EQ(number(queue, "rho"), 1);
}

TEST(NodeRows, ReadPercentAndGiveObjects) {
  const Answer moved =
      good(ask("SensitivitySolver",
               {{"model", "Llama3_8B"}, {"hardware", "A100"}, {"perturbation_pct", 10.0}}));
  expect_relative(number(moved, "sensitivity_memory_bandwidth"), -0.08752489568269575, 1e-9);
  const Value all = output_named(moved, "sensitivities");
  EXPECT_EQ(std::get<Fields>(all.is).at(1).first, "memory_bandwidth");
  expect_relative(number(moved, "perturbation_pct"), 10, 1e-12);
}

// A prompt has whole tokens; only a mean of many has not (ServingCapacityModel).
TEST(NodeRows, CountsAreWhole) {
  expect_error(
      ask("ServingModel", {{"model", "Llama3_8B"}, {"hardware", "H100"}, {"seq_len", 2048.5}}),
      "seq_len: found 2048.5; expected a whole number");
  const auto capacity = [](double mean) {
    return good(ask("ServingCapacityModel", {{"model", "Llama3_8B"},
                                             {"hardware", "H100"},
                                             {"qps", 20},
                                             {"target_p99_latency_ms", 2000},
                                             {"mean_request_tokens", mean}}));
  };
  EXPECT_GT(number(capacity(1000.5), "ttft"), number(capacity(1000), "ttft"));
}

// The book's package has other names for some arguments of its formulas, and counts tokens.
TEST(NodeRows, TakeTheBooksNames) {
  const Answer training = good(ask("calc_transformer_training_flops",
                                   {{"n_params", "175 Bparam"}, {"n_tokens", "300 Gtokens"}}));
  expect_relative(number(training, "training_flops"), 3.15e23, 1e-12);
  const Answer weights = good(ask("model_memory", {{"params", 7e9}, {"bytes_per_param", "2 B"}}));
  EXPECT_EQ(number(weights, "bytes"), 14e9);
  const Answer serving = good(ask(
      "ServingModel", {{"model", "Llama3_8B"}, {"hardware", "H100"}, {"seq_len", "2048 tokens"}}));
  expect_relative(number(serving, "kv_cache_size"), 0.268435456, 1e-12);
  expect_error(ask("ServingModel", {{"model", "Llama3_8B"},
                                    {"hardware", "H100"},
                                    {"seq_len", 2048},
                                    {"efficiency", "0.5 tokens"}}),
               "efficiency");
}

TEST(NodeRows, SayWhenSomethingDoesNotFit) {
  const Answer answer =
      good(ask("ServingModel", {{"model", "Llama3_70B"}, {"hardware", "H100"}, {"seq_len", 2048}}));
  EXPECT_FALSE(answer.feasible);
  ASSERT_EQ(answer.notes.size(), 1u);
  EXPECT_NE(answer.notes[0].find("141.9 GB are required"), std::string::npos);
  expect_error(ask("ServingModel", {{"model", "Llama3_8B"}, {"hardware", "H100"}}), "seq_len");
  const Answer kernel =
      good(ask("EfficiencyModel", {{"hardware", "H100"}, {"workload_type", "attentoin"}}));
  ASSERT_EQ(kernel.notes.size(), 1u);
  EXPECT_NE(kernel.notes[0].find("taken as other"), std::string::npos);
}

}  // namespace
}  // namespace fleetsim::analytic
