#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/traces/scenario_texts.h"
#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

using testing_support::Marked;
using testing_support::ScenarioText;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

// A change to the good scenario, with an @ at the place that must be named, and what must be said:
// the first of it right behind the place.
struct Case {
  ScenarioText scenario;
  std::vector<std::string> says;
};

void expect_error(const std::string& marked, const std::vector<std::string>& says) {
  const Marked scenario(marked);
  const auto loaded = load_scenario_text(scenario.text, "x.textproto");
  ASSERT_FALSE(loaded) << scenario.text;
  const std::string& message = loaded.error().message;
  EXPECT_EQ(loaded.error().kind, Error::Kind::input);
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  EXPECT_LT(message.size(), 4000u);
  for (const std::string& part : says)
    EXPECT_NE(message.find(part), std::string::npos) << "says: " << message << "\nnot:  " << part;
  if (scenario.place.empty()) return;
  EXPECT_EQ(message.find("x.textproto:" + scenario.place + ": " + says[0]), 0u)
      << "says: " << message << "\nnot:  " << scenario.place << ": " << says[0];
}

void expect_errors(const std::vector<Case>& cases) {
  for (const Case& c : cases) expect_error(c.scenario.text(), c.says);
}

TEST(ScenarioErrors, TheGoodScenarioIsGood) {
  const auto loaded = load_scenario_text(ScenarioText{}.text(), "x.textproto");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_TRUE(loaded->warnings.empty());
}

TEST(ScenarioErrors, Syntax) {
  const std::string whole = "; expected a whole number from 0 to 18446744073709551615";
  expect_errors({
      {{.run = "@bogus: 1"},
       {"unknown field \"bogus\" in run; expected one of: horizon, warm_up,"}},
      {{.run = "\t@replicatoins: 1"},
       {"unknown field \"replicatoins\" in run; did you mean \"replications\"?"}},
      {{.top = "@Nmae: \"x\""}, {"unknown field \"Nmae\"; did you mean \"name\"?"}},
      {{.station = "bulk { @sise: 3 }"},
       {"unknown field \"sise\" in queueing.station[0].bulk; did you mean \"size\"?"}},
      {{.run = "seed: 1 @seed: 2"}, {"run.seed: given twice; expected it once"}},
      {{.run = "seed @1"}, {"found \"1\"; expected \":\" after \"seed\""}},
      {{.run = "seed: @}"}, {"run.seed: found \"}\"" + whole}},
      {{.run = "seed: @-1"}, {"run.seed: found \"-1\"" + whole}},
      {{.run = "seed: @1.5"}, {"run.seed: found \"1.5\"" + whole}},
      {{.run = "seed: @1e400"}, {"run.seed: found \"1e400\"" + whole}},
      {{.run = "seed: @18446744073709551616"},
       {"run.seed: found \"18446744073709551616\"" + whole}},
      {{.run = "replications: @4294967296"},
       {"run.replications: found \"4294967296\"; expected a whole number from 1 to 1000000"}},
      {{.run = "antithetic: @maybe"}, {"run.antithetic: found \"maybe\"; expected true or false"}},
      {{.run = "warm_up: @5"},
       {"run.warm_up: found \"5\"; expected \"auto\" or a time such as \"30 min\""}},
      {{.station = "discipline: @FCSF"},
       {"queueing.station[0].discipline: found \"FCSF\"; expected one of: FCFS, LCFS,",
        "did you mean \"FCFS\"?"}},
      {{.station = "discipline: @99"},
       {"queueing.station[0].discipline: found \"99\"; expected one of: FCFS"}},
      {{.station = "discipline: @\"FCFS\""},
       {"queueing.station[0].discipline: found \"FCFS\"; expected one of: FCFS"}},
      {{.service = "service { constant { value: @1 } }"},
       {"queueing.station[0].service.constant.value: found \"1\"; expected a time"}},
      {{.service = "service: @3"}, {"queueing.station[0].service: found \"3\"; expected \"{\""}},
      {{.interarrival =
            "interarrival { exponential { mean: \"1 s\" } @constant { value: \"1 s\" } }"},
       {"queueing.source[0].interarrival.constant: found a second law; expected only one of: "
        "constant, exponential"}},
      {{.run = "@{"}, {"found \"{\"; expected the name of a field"}},
      {{.run = "[foo.bar]@: 1"}, {"extensions are not used"}},
      {{.run = "@\x01"}, {"found a byte that is not text"}},
  });
}

TEST(ScenarioErrors, FileEndsTooEarly) {
  const std::string good = ScenarioText{}.text();
  expect_error(good.substr(0, good.rfind('}')) + "@", {"the text ends too early; expected \"}\""});
  expect_error(good + "@}", {"found \"}\"; expected the name of a field"});
  expect_error("name: \"a\" # a comment\n@" + good.substr(1 + good.find('\n')),
               {"name: given twice"});
  expect_error("name@", {"found the end of the text; expected \":\" after \"name\""});
  expect_error(ScenarioText{.top = "name: \"abc"}.text(), {"x.textproto:"});
}

TEST(ScenarioErrors, SingleValues) {
  const auto service = [](const std::string& value) {
    return "service { constant { value: @\"" + value + "\" } }";
  };
  const std::string at = "queueing.station[0].service.constant.value: ";
  const std::string cv = "queueing.source[0].interarrival.gamma.cv: ";
  expect_errors({
      {{.service = service("1 kg")},
       {at + "\"1 kg\" is a mass; expected a time such as \"30 min\""}},
      {{.service = service("1")}, {at + "\"1\" has no unit; expected a time"}},
      {{.service = service("-1 s")}, {at + "found \"-1 s\"; expected a value at least 0"}},
      {{.service = service("nan s")}, {at + "\"nan s\" is not a finite number"}},
      {{.service = service("1e400 s")}, {at + "\"1e400 s\" is beyond the numbers"}},
      {{.service = service("18446744073709551616")}, {at + "\"18446744073709551616\" has no unit"}},
      {{.service = service("")}, {at + "\"\" is empty"}},
      {{.service = service("1 sce")},
       {at + "\"1 sce\": unknown unit \"sce\"; did you mean \"sec\"?"}},
      {{.service = service("\\377\\376")}, {at + "found \"\\xff\\xfe\"; expected text in UTF-8"}},
      {{.service = service("1 s\\n\\000")}, {at, "\\n\\x00"}},
      {{.run = "warm_up: @\"atuo\""}, {"run.warm_up: ", "(or \"auto\")"}},
      {{.run = "warm_up: @\"200 yr\""},
       {"run.warm_up: found \"200 yr\"; expected a value at least 0 s, at most 100 yr"}},
      {{.run = "replications: @0"},
       {"run.replications: found 0; expected a value at least 1, at most 1000000"}},
      {{.interarrival = "interarrival { gamma { mean: \"1 s\" cv: @nan } }"},
       {cv + "found nan; expected a finite number"}},
      {{.interarrival = "interarrival { gamma { mean: \"1 s\" cv: @1e400 } }"},
       {cv + "found inf; expected a finite number"}},
      {{.interarrival = "interarrival { gamma { mean: \"1 s\" cv: @-2 } }"},
       {cv + "found -2; expected a value above 0"}},
      {{.interarrival = "interarrival { exponential { rate: @\"2 s\" } }"},
       {"queueing.source[0].interarrival.exponential.rate: \"2 s\" is a time; expected a rate such "
        "as \"600 /s\""}},
      {{.queueing = "station { name: @\"a b\" service { constant { value: \"1 s\" } } }"},
       {"queueing.station[1].name: found \"a b\"; expected a name of at most 64 letters"}},
      {{.queueing = "station { name: @\"\" service { constant { value: \"1 s\" } } }"},
       {"queueing.station[1].name: found \"\"; expected a name"}},
  });
}

// Elements of a list are told apart, be it written in one piece or in several.
TEST(ScenarioErrors, NamesTheElementOfAList) {
  const std::string third = "queueing.source[0].schedule.at[2]: \"3 kg\" is a mass";
  expect_errors({
      {{.interarrival = "schedule { at: [\"1 s\", \"2 s\", @\"3 kg\"] }"}, {third}},
      {{.interarrival = "schedule { at: \"1 s\" at: [\"2 s\",@\"3 kg\"] }"}, {third}},
      {{.interarrival = "schedule { at: [\"1 s\",\n\"2 s\"], at: @\"3 kg\" }"}, {third}},
      {{.interarrival = "schedule { at: \"1 s\" \" \" at: @\"3 kg\" }"},
       {"queueing.source[0].schedule.at[1]: \"3 kg\""}},
      {{.interarrival = "mmpp { state: [{rate: \"1 /s\" mean_stay: \"1 s\"}, {rate: \"1 /s\" "
                        "mean_stay: @\"1 kg\"}] }"},
       {"queueing.source[0].mmpp.state[1].mean_stay: \"1 kg\""}},
  });
}

TEST(ScenarioErrors, MissingFields) {
  const std::string run = "run { horizon: \"1 s\" }";
  const std::string station = "station { name: \"s\" service { constant { value: \"1 s\" } } }";
  const std::string source =
      "source { name: \"c\" to: \"s\" interarrival { constant { value: \"1 s\" } } }";
  const auto queueing = [&](const std::string& inner) {
    return "name: \"x\" queueing { " + inner + " } " + run;
  };
  expect_error("@name: \"x\"", {"the field \"run\" is missing (how long"});
  expect_error("@" + run, {"the field \"name\" is missing"});
  expect_error("@name: \"x\" " + run, {"nothing to simulate; expected the field \"queueing\""});
  expect_error("name: \"x\"\n @run {}", {"run: the field \"horizon\" is missing"});
  expect_error("name: \"x\" @queueing { " + station + " } " + run,
               {"queueing: the field \"source\" is missing"});
  expect_error("name: \"x\" @queueing { " + source + " } " + run,
               {"queueing: the field \"station\" is missing"});
  expect_error(queueing(source + "\n@station { name: \"s\" }"),
               {"queueing.station[0]: the field \"service\" is missing"});
  expect_error(queueing(station + "\n@source { name: \"s\" to: \"s\" }"),
               {"queueing.source[0]: the choice of arrivals is missing; expected one of: "
                "interarrival, mmpp"});
  expect_error(
      queueing(source + "\nstation { name: \"s\" @service {} }"),
      {"queueing.station[0].service: the choice of law is missing; expected one of: constant"});
}

TEST(ScenarioErrors, Laws) {
  const auto law = [](const std::string& fields) -> ScenarioText {
    return {.interarrival = "interarrival { " + fields + " }"};
  };
  const std::string at = "queueing.source[0].interarrival.";
  expect_errors({
      {law("exponential { mean: \"1 s\" rate: @\"1 /s\" }"),
       {at + "exponential.rate: found mean and rate; expected mean, or rate"}},
      {law("@exponential {}"), {at + "exponential: found nothing; expected mean, or rate"}},
      {law("gamma { mean: @\"1 s\" }"),
       {at + "gamma.mean: found mean; expected mean and cv, or shape and scale"}},
      {law("uniform { mean: \"1 s\" cv: @0.6 }"), {at + "uniform.cv: uniform: cv must lie in"}},
      {law("uniform { low: \"2 s\" high: @\"1 s\" }"),
       {at + "uniform.high: uniform: high must lie in"}},
      {law("pareto { shape: 1.5 low: \"2 s\" high: @\"1 s\" }"),
       {at + "pareto.high: pareto: high"}},
      {law("hyperexponential { mean: \"1 s\" cv: @0.5 }"),
       {at + "hyperexponential.cv: found 0.5; expected a value at least 1"}},
      {law("@hyperexponential { branch { probability: 0.5 mean: \"1 s\" } }"),
       {at + "hyperexponential: ", "sum to 1"}},
      {law("hyperexponential { cv: 2 @branch { probability: 1 mean: \"1 s\" } }"),
       {at + "hyperexponential.branch: found cv and branch; expected mean and cv, or branch"}},
      {law("empirical { value: [\"1 s\", \"2 s\"] weight: [@1] }"),
       {at + "empirical.weight[0]: found 1 weights; expected one for each of the 2 values"}},
      {law("@empirical { value: [\"1 s\"] weight: [0] }"), {at + "empirical: ", "weight"}},
      {law("@empirical {}"), {at + "empirical: expected either value or file"}},
      {law("empirical { file: @\"none.csv\" }"),
       {at + "empirical.file: none.csv: there is no such file"}},
      {{.interarrival = "@interarrival { constant { value: \"0 s\" } }"},
       {"queueing.source[0].interarrival: takes no time at all"}},
  });
}

TEST(ScenarioErrors, Wiring) {
  const auto more = [](const std::string& text) -> ScenarioText { return {.queueing = text}; };
  const auto router = [&](const std::string& fields) {
    return more("router { name: \"r\" " + fields + " }");
  };
  const std::string at = "queueing.router[0].";
  const std::string service = " service { constant { value: \"1 s\" } } }";
  expect_errors({
      {{.station = "to: @\"sever\""},
       {"queueing.station[0].to: found \"sever\"; expected the name of a station or router, or "
        "\"exit\"; did you mean \"server\"?"}},
      {{.station = "to: @\"clients\""}, {"queueing.station[0].to: found \"clients\""}},
      {more("station { name: @\"server\"" + service),
       {"queueing.station[1].name: found \"server\", which is the name of queueing.station[0] "
        "already"}},
      {more("router { name: @\"clients\" to: \"server\" }"),
       {at + "name: found \"clients\", which is the name of queueing.source[0]"}},
      {more("router { name: @\"exit\" to: \"server\" }"),
       {at + "name: found \"exit\", which is the name of the way out already"}},
      {more("source { name: \"b\" to: @\"exit\" interarrival { constant { value: \"1 s\" } } }"),
       {"queueing.source[1].to: found \"exit\"; expected a station or router"}},
      {router("to: [\"server\", @\"exit\"]"),
       {at + "to[1]: found \"exit\"; expected a station: RANDOM"}},
      {router("policy: PROBABILITIES to: [\"server\", \"exit\"] probability: [0.5, @0.6]"),
       {at + "probability[1]: the probabilities sum to 1.1; expected a sum of 1"}},
      {router("policy: PROBABILITIES to: [\"server\", \"exit\"] probability: [@1]"),
       {at + "probability[0]: found 1 probabilities; expected one for each of 2 targets"}},
      {router("policy: PROBABILITIES to: [\"server\"] probability: [@1.5]"),
       {at + "probability[0]: found 1.5; expected a value at least 0, at most 1"}},
      {more("@router { name: \"r\" policy: PROBABILITIES to: [\"server\"] }"),
       {"queueing.router[0]: found 0 probabilities"}},
      {router("to: [\"server\"] probability: @1"),
       {at + "probability[0]: found a probability with policy RANDOM"}},
      {more("@router { name: \"r\" policy: POWER_OF_D to: [\"server\"] }"),
       {at + "choices: found 2; expected at most the 1 stations"}},
      {more("@router { name: \"r\" policy: PROBABILITIES to: [\"q\"] probability: [1] } router { "
            "name: \"q\" policy: PROBABILITIES to: [\"r\"] probability: [1] }"),
       {"queueing.router[0]: the router \"r\" leads back to itself by routers alone"}},
  });
}

TEST(ScenarioErrors, StationsAndRuns) {
  const std::string law = "{ exponential { mean: \"1 s\" } }";
  const std::string at = "queueing.station[0].";
  const auto arrivals = [](const std::string& text) -> ScenarioText {
    return {.interarrival = text};
  };
  expect_errors({
      {{.station = "servers: 3 room: @2"}, {at + "room: found 2; expected 3 or more"}},
      {{.station = "room: @2 bulk { size: 3 }"}, {at + "room: found 2; expected 3 or more"}},
      {{.station = "@bulk { size: 3 } discipline: SRPT"},
       {at + "bulk: found bulk service with SRPT; expected discipline FCFS"}},
      {{.station = "@bulk {}"}, {at + "bulk: the field \"size\" is missing"}},
      {{.station = "@patience " + law + " discipline: PS"},
       {at + "patience: found patience with PS; expected FCFS, LCFS or PRIORITY"}},
      {{.station = "@patience " + law + " discipline: SRPT"},
       {at + "patience: found patience with SRPT"}},
      {{.station = "@patience " + law + " bulk { size: 2 }"},
       {at + "patience: found patience with bulk"}},
      {{.station = "@retrial { delay " + law + " }"},
       {at + "retrial: found a retrial without room"}},
      {{.station = "room: 1 retrial { @delay { constant { value: \"0 s\" } } }"},
       {at + "retrial.delay: takes no time"}},
      {{.interarrival = "population { count: 3 @think { constant { value: \"0 s\" } } }",
        .station = "room: 2"},
       {"queueing.source[0].population.think: takes no time at all, and station \"server\" may "
        "turn customers away"}},
      {arrivals("@mmpp { state { rate: \"0 /s\" mean_stay: \"1 s\" } }"),
       {"queueing.source[0].mmpp: all rates are 0"}},
      {arrivals("@mmpp {}"), {"queueing.source[0].mmpp: the field \"state\" is missing"}},
      {arrivals("schedule { at: [\"2 s\", @\"1 s\"] }"),
       {"queueing.source[0].schedule.at[1]: arrival 2 at 1 s comes before"}},
      {arrivals("@schedule {}"), {"queueing.source[0].schedule: expected either at or file"}},
      {{.source = "priority: @1001"},
       {"queueing.source[0].priority: found 1001; expected a value at most 1000"}},
      {{.run = "warm_up: @\"1000 s\""},
       {"run.warm_up: found \"1000 s\"; expected less than the horizon, \"1000 s\""}},
      {{.run = "antithetic: true replications: @3"},
       {"run.replications: found 3; expected an even number"}},
      {{.run = "control_variates: true replications: @5"},
       {"run.replications: found 5; expected 10 or more"}},
      {{.run = "batches: @1"}, {"run.batches: found 1; expected a value at least 2"}},
  });
}

TEST(ScenarioErrors, Files) {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& name) {
    const auto loaded = load_scenario(folder / name);
    return loaded ? Error{"loaded"} : loaded.error();
  };
  write_bytes(folder / "good.textproto", ScenarioText{}.text());
  EXPECT_EQ(error("good.textproto").message, "loaded");
  EXPECT_EQ(error("god.textproto").message,
            folder / "god.textproto" + ": there is no such file; did you mean \"good.textproto\"?");
  EXPECT_EQ(error("god.textproto").kind, Error::Kind::input);
  EXPECT_EQ(error("good.textproto/x").kind, Error::Kind::input);
  EXPECT_NE(load_scenario(folder.path()).error().message.find("is a folder"), std::string::npos);
  for (const char* empty : {"", "\n\n", "# only words\n", "\xEF\xBB\xBF", "\r\n"}) {
    write_bytes(folder / "empty.textproto", empty);
    EXPECT_NE(error("empty.textproto").message.find("empty.textproto: empty scenario"),
              std::string::npos);
  }
  write_bytes(folder / "large.textproto", std::string((16u << 20) + 1, '#'));
  EXPECT_NE(error("large.textproto").message.find("is larger than 16 MiB"), std::string::npos);
  EXPECT_EQ(load_scenario(std::string("a\0b", 3)).error().kind, Error::Kind::input);
}

TEST(ScenarioErrors, UnreadableFilesAreTheEnvironmentsFault) {
  const auto loaded = load_scenario("/proc/self/mem");  // its first page can't be read
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, Error::Kind::environment) << loaded.error().message;
}

// Windows' line ends and its mark at the front change neither the result nor the places.
TEST(ScenarioErrors, ForeignLineEndsAndMarks) {
  std::string text;
  for (const char c : ScenarioText{.run = "sede: 1"}.text())
    text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const auto loaded = load_scenario_text("\xEF\xBB\xBF" + text, "x.textproto");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message.find("x.textproto:14:1: unknown field \"sede\""), 0u);
}

// Columns count letters, not bytes.
TEST(ScenarioErrors, ColumnsCountLetters) {
  expect_errors({{{.run = "\twarm_up: \"1 \u00b5s\" @sede: 1"}, {"unknown field \"sede\""}}});
}

}  // namespace
}  // namespace fleetsim
