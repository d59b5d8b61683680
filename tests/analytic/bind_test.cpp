#include "analytic/bind.h"

#include <set>

#include "analytic/defaults.h"
#include "analytic/name.h"
#include "sim/unit_text.h"
#include "tests/analytic/stub_lookup.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

// A solver of every kind of member, that adds up what it was given.
struct ToyIn {
  double time = 0.5;  // s
  double rate = 2e9;  // byte/s
  std::int64_t tp_size = 3;
  bool flag = false;
  std::string word = "plain";
  Precision precision = Precision::fp16;
  std::optional<double> limit = 4.0;
  std::vector<double> list{1, 2};
  Device hardware{};
};
struct ToyOut {
  double bytes = 0;
  double total = 0;
  std::optional<double> limit{};
  bool feasible = true;
  std::vector<std::string> notes{};
};
Result<ToyOut> toy(const ToyIn& in) {
  ToyOut out{.bytes = in.time * in.rate, .limit = in.limit, .feasible = !in.flag};
  for (const double item : in.list) out.total += item;
  if (in.flag) out.notes.push_back("flagged");
  return out;
}

const Solver& solver() {
  static const Solver row = [] {
    Solver s;
    s.name = "ToyModel", s.short_name = "toy";
    s.inputs = {input<&ToyIn::time>("time", "ms", "how long", required),
                input<&ToyIn::rate>("rate", "GB/s", "how fast"),
                input<&ToyIn::tp_size>("tp_size", "1", "how many"),
                input<&ToyIn::flag>("flag", "", "whether"),
                input<&ToyIn::word>("word", "", "what"),
                input<&ToyIn::precision>("precision", "", "how exact"),
                input<&ToyIn::limit>("limit", "1", "at most"),
                input<&ToyIn::list>("list", "1", "several"),
                input<&ToyIn::hardware>("hardware", "", "on what")};
    s.outputs = {output<&ToyOut::bytes>("bytes", "MB", "moved"),
                 output<&ToyOut::total>("total", "1", "of the list"),
                 output<&ToyOut::limit>("limit", "1", "at most")};
    s.run = run_as<ToyIn, ToyOut, toy>;
    return s;
  }();
  return row;
}

Result<Answer> ask(Fields arguments) {
  return solver().run(solver(), arguments, StubLookup{});
}

double told(const Answer& answer, std::string_view name) {
  for (const Shown& shown : answer.outputs)
    if (shown.name == name) return shown.value.number();
  ADD_FAILURE() << "not told: " << name;
  return 0;
}

Value resolved(const Answer& answer, std::string_view name) {
  for (const Shown& shown : answer.inputs)
    if (shown.name == name) return shown.value;
  ADD_FAILURE() << "no input: " << name;
  return {};
}

TEST(Bind, BareNumbersTakeTheUnitOfTheRow) {
  const Answer answer = good(ask({{"time", 250.0}, {"rate", "4"}}));
  EXPECT_DOUBLE_EQ(told(answer, "bytes"), 0.25 * 4e9 / 1e6);
}

TEST(Bind, TextsBringTheirUnit) {
  EXPECT_DOUBLE_EQ(told(good(ask({{"time", "2 s"}, {"rate", "8 Gb/s"}})), "bytes"), 2000);
  EXPECT_DOUBLE_EQ(told(good(ask({{"time", "1 min"}})), "bytes"), 120000);
}

TEST(Bind, AnswersAreArgumentsAgain) {
  const Fields quantity{{"value", 0.5}, {"unit", "s"}};
  const Answer answer = good(ask({{"time", quantity}}));
  EXPECT_DOUBLE_EQ(told(answer, "bytes"), 1000);
  // In ms, as the row shows it.
  EXPECT_DOUBLE_EQ(resolved(answer, "time").number(), 500);
}

TEST(Bind, WhatIsNoQuantityIsRefused) {
  expect_error(ask({{"time", "2 GB"}}), "time: \"2 GB\" is an amount of data");
  expect_error(ask({{"time", "nan"}}), "time: found \"nan\"; expected a time");
  expect_error(ask({{"time", "inf"}}), "time");
  expect_error(ask({{"time", std::nan("")}}), "time: found nan");
  expect_error(ask({{"time", HUGE_VAL}}), "time: found inf");
  expect_error(ask({{"time", true}}), "time: found true");
  expect_error(ask({{"time", Values{1.0}}}), "time: found a list");
  expect_error(ask({{"time", Value{}}}), "time: found nothing");
}

TEST(Bind, CountsAreWhole) {
  EXPECT_EQ(*resolved(good(ask({{"time", 1}, {"tp_size", "8"}})), "tp_size").as_number(), 8);
  expect_error(ask({{"time", 1}, {"tp_size", 1.5}}), "tp_size: found 1.5; expected a whole number");
  expect_error(ask({{"time", 1}, {"tp_size", 1e17}}), "up to 2^53");
  expect_error(ask({{"time", 1}, {"tp_size", "eight"}}), "tp_size");
}

TEST(Bind, FlagsWordsAndPrecisions) {
  const Answer answer = good(ask({{"time", 1}, {"flag", "TRUE"}, {"precision", "BF16"}}));
  EXPECT_FALSE(answer.feasible);
  EXPECT_EQ(answer.notes, std::vector<std::string>{"flagged"});
  EXPECT_EQ(resolved(answer, "precision").text(), "bf16");
  expect_error(ask({{"time", 1}, {"flag", "yes"}}), "flag: found \"yes\"; expected true or false");
  expect_error(ask({{"time", 1}, {"flag", 1}}), "expected true or false");
  expect_error(ask({{"time", 1}, {"precision", "fp12"}}), "one of fp32, tf32, bf16");
  expect_error(ask({{"time", 1}, {"word", 5}}), "word: found 5; expected a word");
}

TEST(Bind, OptionalsAndLists) {
  EXPECT_EQ(told(good(ask({{"time", 1}})), "limit"), 4);
  const Answer none = good(ask({{"time", 1}, {"limit", Value{}}, {"list", Values{1.0, 2.0, "3"}}}));
  EXPECT_EQ(none.outputs.size(), 2u);  // an empty optional is not told
  EXPECT_EQ(told(none, "total"), 6);
  EXPECT_EQ(told(good(ask({{"time", 1}, {"list", 7}})), "total"), 7);
}

TEST(Bind, NamesAsPeopleWriteThem) {
  EXPECT_TRUE(ask({{"TIME", 1}, {"tp-size", 2}}));
  EXPECT_EQ(*resolved(good(ask({{"time", 1}, {"tp", 5}})), "tp_size").as_number(), 5);
  expect_error(ask({{"time", 1}, {"tim", 1}}), "has no argument \"tim\"; did you mean \"time\"?");
  expect_error(ask({{"time", 1}, {"xyzzy", 1}}), "it takes time, rate, tp_size");
  expect_error(ask({{"time", 1}, {"Time", 1}}), "time is given twice");
  expect_error(ask({{"rate", 1}}), "ToyModel needs time: how long (a time such as");
}

TEST(Bind, RowsOfTheCatalogue) {
  const Answer answer = good(ask({{"time", 1}, {"hardware", "H100"}}));
  EXPECT_EQ(resolved(answer, "hardware").text(), "Cloud.H100");
  expect_error(ask({{"time", 1}, {"hardware", "none"}}), "hardware: the catalogue has no \"none\"");
}

TEST(Bind, DefaultsAreShownWithoutSolving) {
  const std::vector<Shown> defaults = defaults_of(solver());
  ASSERT_EQ(defaults.size(), solver().inputs.size());
  EXPECT_EQ(defaults[0].value.number(), 500);
  EXPECT_EQ(defaults[1].value.number(), 2);
  EXPECT_EQ(defaults[5].value.text(), "fp16");
}

// Every row of the program, whoever wrote it.
TEST(Registry, RowsAreWhole) {
  std::set<std::string> names, short_names;
  for (const Solver& row : solvers()) {
    EXPECT_TRUE(names.insert(std::string(row.name)).second) << "twice: " << row.name;
    EXPECT_TRUE(short_names.insert(std::string(row.short_name)).second)
        << "twice: " << row.short_name;
    EXPECT_FALSE(row.title.empty()) << row.name;
    EXPECT_FALSE(row.outputs.empty()) << row.name;
    ASSERT_NE(row.run, nullptr) << row.name;
    EXPECT_EQ(defaults_of(row).size(), row.inputs.size()) << row.name;
    std::set<std::string_view> inputs, outputs;
    for (const InputSpec& spec : row.inputs) {
      EXPECT_TRUE(parse_unit(spec.unit)) << row.name << ' ' << spec.name << ' ' << spec.unit;
      EXPECT_TRUE(inputs.insert(spec.name).second) << row.name << ' ' << spec.name;
      EXPECT_FALSE(spec.help.empty()) << row.name << ' ' << spec.name;
    }
    for (const OutputSpec& spec : row.outputs) {
      EXPECT_TRUE(parse_unit(spec.unit)) << row.name << ' ' << spec.name << ' ' << spec.unit;
      EXPECT_TRUE(outputs.insert(spec.name).second) << row.name << ' ' << spec.name;
    }
  }
  EXPECT_GE(names.size(), 28u);
}

TEST(Registry, SolversAreFoundByEitherName) {
  EXPECT_EQ(good(solver_named("servingmodel")), good(solver_named("serving")));
  EXPECT_EQ(good(solver_named("single-node"))->name, "SingleNodeModel");
  expect_error(solver_named("servin"), "did you mean \"serving\"?");
}

}  // namespace
}  // namespace fleetsim::analytic
