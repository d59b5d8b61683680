#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/traces/scenario_texts.h"
#include "traces/scenario_file.h"
#include "traces/schema.h"

namespace fleetsim {
namespace {

using testing_support::Marked;
using testing_support::read_bytes;
using testing_support::ScenarioText;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

// Uses every message of the schema at least once.
const std::string rich = R"(
name: "rich"
queueing {
  source { name: "open"  to: "split"  priority: 1
           interarrival { lognormal { median: "2 s"  sigma: 0.5 } } }
  source { name: "bursts"  to: "split"  mmpp {
    state { rate: "1 /min"  mean_stay: "1 h" }  state { rate: "2 /h"  mean_stay: "3 min" } } }
  source { name: "planned"  to: "desk"  schedule { at: ["1 s", "2 min", "3 h"] }
           service { uniform { mean: "1 s"  cv: 0.25 } } }
  source { name: "staff"  to: "desk"  population { count: 12
           think { gamma { shape: 2  scale: "3 s" } } } }
  station { name: "desk"  servers: 3  discipline: PRIORITY  room: 9
            service { empirical { value: ["1 s", "3 s"]  weight: [1, 3] } }
            patience { pareto { shape: 1.5  low: "1 s"  high: "1 h" } }
            retrial { delay { hyperexponential { branch { probability: 0.5  mean: "1 s" }
                                                 branch { probability: 0.5  mean: "3 s" } } }
                      policy: CONSTANT }  to: "split" }
  station { name: "oven"  copies: 2  service { weibull { shape: 2  scale: "30 µs" } }
            bulk { size: 4  mode: FULL } }
  router { name: "split"  policy: PROBABILITIES  to: ["desk", "oven"]  probability: [0.25, 0.75] }
}
run { horizon: "1 d"  warm_up: "1 h"  seed: 18446744073709551615  antithetic: true }
)";

std::string json_of(const std::string& text) {
  Schema schema;
  const auto message = schema.empty_scenario();
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, message.get()));
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(*message, &json, options).ok());
  return json;
}

std::string binary_of(const std::string& text) {
  Schema schema;
  const auto message = schema.empty_scenario();
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, message.get()));
  return message->SerializeAsString();
}

TEST(ScenarioForms, TextJsonAndBinarySayTheSame) {
  const auto text = load_scenario_text(rich, "x.textproto");
  ASSERT_TRUE(text) << text.error().message;
  const std::string json = json_of(rich), binary = binary_of(rich);
  EXPECT_NE(json.find("\"meanStay\""), std::string::npos);
  const std::pair<std::string, std::string> others[] = {{json, "x.json"},
                                                        {json, "x"},
                                                        {binary, "x.pb"},
                                                        {binary, "x"},
                                                        {rich, "x"},
                                                        {text->resolved_text, "x"},
                                                        {json_of(text->resolved_text), "x.json"},
                                                        {binary_of(text->resolved_text), "x.pb"}};
  for (const auto& [bytes, name] : others) {
    const auto other = load_scenario_text(bytes, name);
    ASSERT_TRUE(other) << name << ": " << other.error().message;
    EXPECT_EQ(other->resolved_text, text->resolved_text) << name;
    EXPECT_EQ(other->warnings, text->warnings);
  }
}

TEST(ScenarioForms, KeepTheSource) {
  EXPECT_EQ(load_scenario_text(rich, "x.textproto")->source_text, rich);
  const std::string json = json_of(rich);
  EXPECT_EQ(load_scenario_text(json, "x.json")->source_text, json);
  const auto binary = load_scenario_text(binary_of(rich), "x.pb");
  EXPECT_EQ(load_scenario_text(binary->source_text, "x.textproto")->resolved_text,
            binary->resolved_text);
}

// The resolved text says every default, and only what was given beside them.
TEST(ScenarioForms, ResolvedTextHasEveryDefault) {
  const auto loaded = load_scenario_text(ScenarioText{}.text(), "x.textproto");
  ASSERT_TRUE(loaded);
  for (const char* line :
       {"replications: 20", "batches: 20", "seed: 1", "warm_up: \"auto\"", "antithetic: false",
        "control_variates: false", "keep_requests: 10000", "copies: 1", "servers: 1",
        "discipline: FCFS", "to: \"exit\"", "priority: 0"})
    EXPECT_NE(loaded->resolved_text.find(line), std::string::npos) << line;
  for (const char* word : {"room", "bulk", "patience", "retrial", "router", "rate"})
    EXPECT_EQ(loaded->resolved_text.find(word), std::string::npos) << word;
}

TEST(ScenarioForms, TheShippedExampleLoads) {
  const std::string path = std::string(SOURCE_DIR) + "/workloads/scenarios/mm1.textproto";
  const auto loaded = load_scenario(path);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->scenario.name, "mm1");
  EXPECT_EQ(loaded->scenario.run.horizon, from_seconds(2e6));
  EXPECT_FALSE(loaded->scenario.run.warm_up);
  EXPECT_TRUE(loaded->warnings.empty());
  EXPECT_EQ(loaded->source_text, read_bytes(path));
}

std::string json(const std::string& run, const std::string& more = "") {
  return "{ \"name\": \"j\", \"queueing\": {\n"
         "  \"source\": [ { \"name\": \"c\", \"to\": \"s\", \"interarrival\": { \"constant\": { "
         "\"value\": \"2 s\" } } } ],\n"
         "  \"station\": { \"name\": \"s\", \"service\": { \"constant\": { \"value\": \"1 s\" } }" +
         more +
         " } },\n"
         "\"run\": { \"horizon\": \"1 h\"" +
         run + " } }";
}

TEST(ScenarioForms, JsonValuesMayBeSpeltManyWays) {
  const auto loaded = load_scenario_text(
      json(
          ", \"replications\": 4e1, \"batches\": \"30\", \"keepRequests\": 5.0, \"warm_up\": null, "
          "\"seed\": \"18446744073709551615\", \"controlVariates\": true, \"antithetic\": false",
          ", \"discipline\": \"LCFS\", \"to\": \"e\\u0078it\", \"copies\": null"),
      "x.json");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->scenario.run.replications, 40u);
  EXPECT_EQ(loaded->scenario.run.batches, 30u);
  EXPECT_EQ(loaded->scenario.run.keep_requests, 5u);
  EXPECT_EQ(loaded->scenario.run.seed, UINT64_MAX);
  EXPECT_TRUE(loaded->scenario.run.control_variates);
  EXPECT_FALSE(loaded->scenario.run.warm_up);
  EXPECT_EQ(loaded->scenario.queueing->stations[0].discipline, queueing::Discipline::lcfs);
}

TEST(ScenarioForms, JsonEscapesAreRead) {
  const auto loaded = load_scenario_text(json(", \"warm_up\": \"6 \\u00b5s\""), "x.json");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->scenario.run.warm_up, Duration{6000});
  const Marked slash("{\"name\":\"j\",\"run\":{\"horizon\":@\"1 s\\/s\"}}");
  const std::string said = load_scenario_text(slash.text, "x.json").error().message;
  EXPECT_EQ(said.find("x.json:" + slash.place + ": run.horizon: \"1 s/s\" is a number"), 0u)
      << said;
}

// A JSON with an @ where the error is said to be, and what is said.
struct Case {
  std::string marked, message;
};

TEST(ScenarioForms, JsonErrorsHaveTheirPlace) {
  const Case cases[] = {
      {json(", @\"sede\": 1"), "unknown field \"sede\" in run; did you mean \"seed\"?"},
      {json(", \"seed\": @-1"), "run.seed: found \"-1\"; expected a whole number"},
      {json(", \"seed\": @1.5"), "run.seed: found \"1.5\""},
      {json(", \"seed\": @18446744073709551616"), "run.seed: found \"18446744073709551616\""},
      {json(", \"seed\": @\"x\""), "run.seed: found \"x\"; expected a whole number"},
      {json(", \"seed\": @{}"), "run.seed: found \"{\""},
      {json(", \"seed\": @[1]"), "run.seed: found \"[\""},
      {json(", \"seed\": 1, @\"seed\": 2"), "run.seed: given twice"},
      {json(", \"seed\": @010"), "found \"010\"; expected a value"},
      {json(", \"seed\": @1."), "found \"1.\"; expected a value"},
      {json(", \"seed\": @nul"), "found \"nul\"; expected a value"},
      {json(", \"seed\": @'x'"), "found \"'\"; expected a value"},
      {json(", \"seed\" @1"), "found \"1\"; expected \":\""},
      {json(", @seed: 1"), "found \"seed\"; expected a field name in quotes"},
      {json(", @\"a b\": 1"), "found \"a b\"; expected the name of a field"},
      {json(", @").substr(0, json(", @").size() - 4) + "} }",
       "found \"}\"; expected another value after the comma"},
      {json(" @\"seed\": 1"), "found \"seed\"; expected \",\" or \"}\""},
      {json(", \"warm_up\": @\"1 kg\""), "run.warm_up: \"1 kg\" is a mass"},
      {json(", \"warmUp\":\n\t@3"), "run.warm_up: found \"3\"; expected \"auto\" or a time"},
      {json(", \"warm_up\": \"1 \u00b5s\", \"seed\": @-1"), "run.seed: found \"-1\""},
      {json("", ", \"discipline\": @\"FCSF\""), "queueing.station[0].discipline: found \"FCSF\""},
      {json("", ", \"to\": @\"t\""), "queueing.station[0].to: found \"t\""},
      {json("", ", \"to\": @\"\\ud800\""), "queueing.station[0].to: found"},
      {json("") + "\n @x", "found \"x\"; expected the end of the file"},
      {"{ \"name\": \"j\", \"run\": { @", "found the end of the file; expected a field name"},
      {"{ \"name\": \"j\", @\"run", "found \"run; expected a closing quote"},
      {"{@", "found the end of the file; expected a field name in quotes, or \"}\""},
      {"@[]", "found \"[\"; expected a JSON scenario begins"},
      {"{\"name\": @\"a\nb\"}", "found \"a; expected a closing quote in the same line"},
      {"{\"name\": @\"\\q\"}", "Invalid escape sequence"},
      {"{\"queueing\": {\"source\": [@null]}}", "found \"null\"; expected a value"},
      {"{\"queueing\": {\"source\": [{},@]}}", "found \"]\"; expected another value"},
  };
  for (const Case& c : cases) {
    const Marked scenario(c.marked);
    const auto loaded = load_scenario_text(scenario.text, "x.json");
    ASSERT_FALSE(loaded) << scenario.text;
    const std::string expected = "x.json:" + scenario.place + ": " + c.message;
    EXPECT_EQ(loaded.error().message.find(expected), 0u)
        << scenario.text << "\nsays: " << loaded.error().message << "\nnot:  " << expected;
    EXPECT_EQ(loaded.error().message.find('\n'), std::string::npos);
  }
  EXPECT_EQ(load_scenario_text("{}", "x.json").error().message.find("x.json: empty scenario"), 0u);
}

TEST(ScenarioForms, BinaryErrorsNameTheField) {
  const std::string good = binary_of(ScenarioText{}.text());
  const auto error = [](const std::string& bytes) {
    const auto loaded = load_scenario_text(bytes, "x.pb");
    return loaded ? "loaded" : loaded.error().message;
  };
  EXPECT_EQ(error(good), "loaded");
  EXPECT_EQ(error(""), "x.pb: empty scenario; expected at least name, queueing and run");
  EXPECT_EQ(error(good.substr(0, good.size() - 1)).find("x.pb: not a binary scenario, or cut off"),
            0u);
  EXPECT_EQ(error(good + "\x78\x01"), "x.pb: unknown field number 15");
  // Field 100, run, with an unknown field 15 in it: 100 << 3 | 2 = 802, two bytes.
  EXPECT_EQ(error(good + "\xa2\x06\x02\x78\x01"), "x.pb: run: unknown field number 15");
  EXPECT_EQ(error(good + std::string("\xa2\x06\x02\x18\x00", 5)),
            "x.pb: run.replications: found 0; expected a value at least 1, at most 1000000");
  // Station (10.2) whose discipline, field 4, is 99.
  EXPECT_EQ(
      error(good + "\x52\x04\x12\x02\x20\x63")
          .find("x.pb: queueing.station[1].discipline: found the value 99; expected one of: FCFS"),
      0u);
  // A string where replications, a number, belongs.
  EXPECT_EQ(error(good + "\xa2\x06\x03\x1a\x01x")
                .find("x.pb: run.replications: not a value of type uint32"),
            0u);
}

TEST(ScenarioForms, DepthIsLimited) {
  std::string text, json, binary;
  for (int i = 0; i < 100'000; ++i) {
    text += "queueing { ";
    json += "{\"queueing\":";
  }
  for (int i = 0; i < 100; ++i) {
    const std::string key = {'\x52', static_cast<char>(binary.size() % 128)};
    binary.insert(0, key);
  }
  EXPECT_FALSE(load_scenario_text(text, "x.textproto"));
  EXPECT_FALSE(load_scenario_text(json, "x.json"));
  EXPECT_FALSE(load_scenario_text(binary, "x.pb"));
  EXPECT_FALSE(load_scenario_text("{\"queueing\":" + std::string(100'000, '['), "x.json"));
  EXPECT_FALSE(load_scenario_text(std::string(1'000'000, '{'), "x.textproto"));
  EXPECT_FALSE(load_scenario_text(std::string(1'000'000, '['), "x.textproto"));
}

// Files are found beside the scenario, not where the program was started.
TEST(ScenarioForms, FilesAreFoundBesideTheScenario) {
  const TemporaryFolder folder;
  write_bytes(folder / "times.csv", "at (ms)\n1000\n2500\n");
  write_bytes(folder / "sizes.csv", "weight, value (min)\n1, 2\n3, 4\n");
  write_bytes(folder / "x.textproto",
              ScenarioText{.interarrival = "schedule { file: \"times.csv\" }",
                           .service = "service { empirical { file: \"sizes.csv\" } }"}
                  .text());
  const auto loaded = load_scenario(folder / "x.textproto");
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto& schedule =
      std::get<queueing::Schedule>(loaded->scenario.queueing->sources[0].arrivals);
  EXPECT_EQ(schedule.at, (std::vector<Instant>{{1'000'000'000}, {2'500'000'000}}));
  EXPECT_DOUBLE_EQ(loaded->scenario.queueing->stations[0].service.mean(), (120 + 3 * 240) / 4.0);
  write_bytes(folder / "times.csv", "at (ms)\n1000\n2500 kg\n");
  const auto bad = load_scenario(folder / "x.textproto");
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("x.textproto:5:18: queueing.source[0].schedule.file: " +
                                     (folder / "times.csv") + ":3:1: \"2500 kg\" is a mass"),
            std::string::npos)
      << bad.error().message;
}

}  // namespace
}  // namespace fleetsim
