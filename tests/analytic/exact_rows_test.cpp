#include <set>

#include "analytic/rows.h"
#include "sim/unit_text.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

// These rows take nothing of the catalogue but by its absence.
class NoCatalogue final : public Lookup {
 public:
  Result<Device> device(const Value&) const override { return none(); }
  Result<Model> model(const Value&) const override { return none(); }
  Result<Node> node(const Value&) const override { return none(); }
  Result<Fabric> fabric(const Value&) const override { return none(); }
  Result<Fleet> fleet(const Value&) const override { return none(); }
  Result<Grid> grid(const Value&) const override { return none(); }
  Result<Datacenter> datacenter(const Value&) const override { return none(); }

 private:
  static Error none() { return Error{"no catalogue here"}; }
};

std::vector<Solver> rows_under_test() {
  std::vector<Solver> all;
  for (const auto part :
       {exact_checkpoint_rows, exact_failures_rows, exact_network_rows, exact_execution_rows,
        exact_fleet_rows, exact_parts_rows, agents_rows, robot_motion_rows, robot_drive_rows,
        robot_control_rows, robot_safety_rows})
    for (Solver& row : part()) all.push_back(std::move(row));
  return all;
}

Answer answer(std::string_view name, const Fields& arguments) {
  for (const Solver& row : rows_under_test())
    if (row.name == name) return good(row.run(row, arguments, NoCatalogue()));
  ADD_FAILURE() << "no row " << name;
  return {};
}

double number(const Answer& answer, std::string_view name) {
  for (const Shown& shown : answer.outputs)
    if (shown.name == name && shown.value.as_number() != nullptr) return shown.value.number();
  ADD_FAILURE() << "no output " << name;
  return 0;
}

bool all_finite(const Value& value) {
  if (const double* x = value.as_number()) return std::isfinite(*x);
  if (const Values* list = value.as_list())
    return std::all_of(list->begin(), list->end(), all_finite);
  return true;
}

TEST(ExactRows, SpeakUnitsAndNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Solver& row : rows_under_test()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.title.empty() || row.equations.empty()) << row.name;
    for (const InputSpec& spec : row.inputs)
      EXPECT_TRUE(spec.unit.empty() || bool(parse_unit(spec.unit))) << row.name << ' ' << spec.unit;
    for (const OutputSpec& spec : row.outputs)
      EXPECT_TRUE(spec.unit.empty() || bool(parse_unit(spec.unit))) << row.name << ' ' << spec.unit;
  }
  constexpr std::size_t exact = 54, agents = 13, robots = 43;
  EXPECT_EQ(names.size(), exact + agents + robots);
}

TEST(ExactRows, CheckpointTakesTimesAsPeopleWriteThem) {
  const Answer out =
      answer("exact_checkpoint",
             {{"interval", "57 min"}, {"write", "5 min"}, {"restart", "10 min"}, {"mtbf", "6 h"}});
  EXPECT_NEAR(number(out, "optimal_interval"), 56.714 * 60, 0.04);
  EXPECT_NEAR(number(out, "daly_interval"), 56.713 * 60, 0.04);
  expect_relative(number(out, "goodput") * number(out, "time_per_work"), 1, 1e-14);
  // Bits on the wire are bytes inside: 64 bytes at 5 Mb/s after 32 bits at 1 Mb/s, and a gap.
  expect_relative(number(answer("calc_canfd_bus_utilization", {{"n_frames", 1}}), "frame_time"),
                  32 + 102.4 + 6, 1e-13);
}

// Whether a row says of a figure that it may be infinite.
bool may_be_infinite(const Solver& row, const Shown& shown) {
  const double* value = shown.value.as_number();
  for (const OutputSpec& spec : row.outputs)
    if (spec.name == shown.name && spec.help.find("infinite") != spec.help.npos)
      return value != nullptr && *value > 0;
  return false;
}

// Whatever numbers come: an error of one line, or an answer without NaN, and without infinity but
// where the row says so.
TEST(ExactRows, PartsAreReachedByName) {
  const Answer node = answer(
      "exact_series_node", {{"counts", Values{8.0, 8.0, 2.0}}, {"mtbfs", Values{5e4, 15e4, 1e5}}});
  EXPECT_NEAR(number(node, "mtbf"), 1 / (8 / 5e4 + 8 / 15e4 + 2 / 1e5), 1e-6);
  const Answer carbon = answer("exact_stepwise_carbon", {{"power_from", Values{0.0, 2.0}},
                                                         {"power", Values{1.0, 2.0}},
                                                         {"intensity_from", Values{0.0, 1.0}},
                                                         {"intensity", Values{400.0, 100.0}},
                                                         {"end", 4.0},
                                                         {"pue", 1.1}});
  EXPECT_NEAR(number(carbon, "carbon"), 1.1 * (0.4 + 0.1 + 2 * 2 * 0.1), 1e-12);
  EXPECT_EQ(number(answer("exact_ring", {{"nodes", 8.0}}), "bisection"), 2);
  EXPECT_EQ(number(answer("exact_single_switch", {{"ends", 8.0}}), "bisection"), 4);
  EXPECT_EQ(number(answer("exact_full_mesh", {{"ends", 8.0}}), "bisection"), 16);
  EXPECT_EQ(
      number(answer("exact_leaf_spine", {{"leaves", 4.0}, {"ends_per_leaf", 8.0}}), "diameter"), 4);
  EXPECT_EQ(number(answer("exact_rail", {{"nodes", 4.0}, {"rails", 8.0}}), "bisection"), 16);
  const Answer tail =
      answer("exact_binomial_tail", {{"trials", 3.0}, {"successes", 2.0}, {"probability", 0.1}});
  EXPECT_NEAR(number(tail, "tail"), 3 * 0.01 * 0.9 + 0.001, 1e-15);
  const Answer reach =
      answer("exact_reaches_before_empty", {{"up_rate", 1.0}, {"down_rate", 2.0}, {"level", 3.0}});
  EXPECT_NEAR(number(reach, "probability"), 1.0 / 7, 1e-15);
  const Answer spares = answer(
      "exact_spares_needed",
      {{"active", 10.0}, {"mttf", 1000.0}, {"mttr", 10.0}, {"crews", 2.0}, {"target", 0.99}});
  EXPECT_EQ(number(spares, "spares"), 1);
  const Answer none = answer("exact_exhaustion", {{"active", 10.0},
                                                  {"spares", 0.0},
                                                  {"crews", 1.0},
                                                  {"mttf", 240.0},
                                                  {"mttr", 1.0},
                                                  {"time", 2.0}});
  EXPECT_NEAR(number(none, "probability"), -std::expm1(-2), 1e-14);
}

TEST(ExactRows, NeverTellNaN) {
  Sweep sweep(17);
  int answers = 0;
  for (const Solver& row : rows_under_test()) {
    for (int round = 0; round < 60; ++round) {
      Fields arguments;
      for (const InputSpec& spec : row.inputs) {
        if (spec.unit.empty()) continue;
        double value = sweep.even(0, 1) < 0.5 ? sweep.even(0, 1) : sweep.log(1e-3, 3e3);
        if (sweep.even(0, 1) < 0.05) value = 0;
        if (sweep.even(0, 1) < 0.5) value = std::ceil(value);  // counts take no fractions
        if (spec.required || sweep.even(0, 1) < 0.3)
          arguments.emplace_back(std::string(spec.name), value);
      }
      const Result<Answer> out = row.run(row, arguments, NoCatalogue());
      if (!out) {
        EXPECT_EQ(out.error().message.find('\n'), std::string::npos) << out.error().message;
        continue;
      }
      ++answers;
      for (const Shown& shown : out->outputs)
        EXPECT_TRUE(all_finite(shown.value) || may_be_infinite(row, shown))
            << row.name << ' ' << shown.name;
    }
  }
  EXPECT_GT(answers, 1000);
}

TEST(ExactRows, EachRefusesNaN) {
  for (const Solver& row : rows_under_test()) {
    Fields arguments;
    for (const InputSpec& spec : row.inputs)
      if (spec.required) arguments.emplace_back(std::string(spec.name), NAN);
    EXPECT_FALSE(bool(row.run(row, arguments, NoCatalogue()))) << row.name;
  }
}

}  // namespace
}  // namespace fleetsim::analytic
