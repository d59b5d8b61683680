#include <gtest/gtest.h>

#include "sim/printable.h"
#include "sim/stream.h"
#include "tests/support/temporary_folder.h"
#include "tests/traces/scenario_texts.h"
#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

using testing_support::ScenarioText;

// Whatever the bytes: a scenario, or one short line that names the file.
void expect_scenario_or_line(const std::string& bytes, const std::string& name) {
  const auto loaded = load_scenario_text(bytes, name);
  if (loaded) return;
  const std::string& message = loaded.error().message;
  ASSERT_TRUE(message.starts_with(name)) << message;
  ASSERT_EQ(loaded.error().kind, Error::Kind::input);
  ASSERT_LT(message.size(), 4000u);
  ASSERT_TRUE(is_utf8(message)) << message;
  for (const char c : message)
    ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) << message;
}

const std::string text =
    ScenarioText{.source = "priority: 1 service { uniform { mean: \"1 s\" cv: 0.25 } }",
                 .station = "servers: 2 room: 9 discipline: LCFS",
                 .queueing =
                     "router { name: \"r\" policy: PROBABILITIES "
                     "to: [\"server\", \"exit\"] probability: [0.5, 0.5] }",
                 .run = "warm_up: \"auto\" seed: 7 # why not"}
        .text();
const std::string json =
    "{ \"name\": \"j\", \"queueing\": {\n"
    "  \"source\": [ { \"name\": \"c\", \"to\": \"s\", \"interarrival\": { \"constant\": { "
    "\"value\": \"2 s\" } } } ],\n"
    "  \"station\": { \"name\": \"s\", \"service\": { \"gamma\": { \"mean\": \"1 s\", \"cv\": 0.5 "
    "} } } },\n"
    "\"run\": { \"horizon\": \"1 h\", \"keepRequests\": \"5\", \"antithetic\": true } }";

class Mutations {
 public:
  explicit Mutations(std::uint64_t seed) : chance_(Chance{seed, 0}.stream("mutations", 0)) {}

  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(chance_.uniform() * static_cast<double>(n));
  }

  std::string of(std::string bytes) {
    const std::size_t changes = 1 + below(5);
    for (std::size_t i = 0; i < changes; ++i) change(bytes);
    return bytes;
  }

 private:
  void change(std::string& bytes) {
    const std::size_t at = below(bytes.size() + 1);
    const char any = static_cast<char>(below(256));
    const std::size_t kind = below(6);
    if (kind == 0) bytes.insert(at, 1, any);
    if (kind == 1) bytes.erase(at, 1 + below(20));
    if (kind == 2 && at < bytes.size()) bytes[at] = any;
    if (kind == 3 && at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
    if (kind == 4) bytes.insert(at, bytes.substr(below(bytes.size() + 1), below(60)));
    if (kind == 5 && below(4) == 0) bytes.resize(at);
  }

  Stream chance_;
};

void expect_all_survive(const std::string& good, const std::string& name) {
  ASSERT_TRUE(load_scenario_text(good, name)) << load_scenario_text(good, name).error().message;
  Mutations mutations(20240601);
  for (int i = 0; i < 800; ++i) {
    const std::string bytes = mutations.of(good);
    ASSERT_NO_FATAL_FAILURE(expect_scenario_or_line(bytes, name)) << in_quotes(bytes, 5000);
  }
}

TEST(ScenarioMutations, OfText) {
  expect_all_survive(text, "x.textproto");
}

TEST(ScenarioMutations, OfJson) {
  expect_all_survive(json, "x.json");
}

TEST(ScenarioMutations, OfUnknownForm) {
  expect_all_survive(json, "x");
}

TEST(ScenarioMutations, OfBinary) {
  // name "b"; a source, a station and a run, each as short as can be, in the wire format by hand.
  const auto field = [](int number, const std::string& content) {
    std::string tag;
    const int key = number << 3 | 2;
    if (key >= 128) tag += static_cast<char>((key & 127) | 128);
    tag += static_cast<char>(key >= 128 ? key >> 7 : key);
    return tag + static_cast<char>(content.size()) + content;
  };
  const std::string second = field(1, field(1, "1 s"));  // constant { value: "1 s" }
  const std::string good = field(1, "b") +
                           field(10, field(1, field(1, "c") + field(2, "s") + field(3, second)) +
                                         field(2, field(1, "s") + field(5, second) + "\x18\x02")) +
                           field(100, field(1, "9 s"));
  expect_all_survive(good, "x.pb");
}

TEST(ScenarioMutations, EveryTruncation) {
  for (std::size_t length = 0; length < text.size(); ++length)
    ASSERT_NO_FATAL_FAILURE(expect_scenario_or_line(text.substr(0, length), "x.textproto"));
  for (std::size_t length = 0; length < json.size(); ++length)
    ASSERT_NO_FATAL_FAILURE(expect_scenario_or_line(json.substr(0, length), "x.json"));
}

TEST(ScenarioMutations, Garbage) {
  Mutations mutations(7);
  std::string all_bytes;
  for (int i = 0; i < 2048; ++i) all_bytes += static_cast<char>(i);
  std::string noise;
  for (int i = 0; i < 100'000; ++i) noise += static_cast<char>(mutations.below(256));
  for (const char* name : {"x.textproto", "x.json", "x.pb", "x"}) {
    expect_scenario_or_line(all_bytes, name);
    expect_scenario_or_line(noise, name);
    for (const char c : {'{', '[', '"', '\0', '#', '\\', '-', 'a', '\n', '\xff'})
      expect_scenario_or_line(std::string(200'000, c), name);
    expect_scenario_or_line("name: \"" + std::string(1'000'000, 'x') + '"', name);
    expect_scenario_or_line(std::string(1'000'000, 'x') + ": 1", name);
    expect_scenario_or_line("{\"" + std::string(1'000'000, 'x') + "\": 1}", name);
  }
}

// Settings come from a command line, where anything can be typed too.
TEST(ScenarioMutations, OfSettings) {
  Mutations mutations(99);
  const std::string good[] = {"run.horizon=30 d", "queueing.station[0].servers=3",
                              "queueing.source[0].interarrival={gamma{mean:\"1 s\" cv:0.5}}",
                              "queueing.router[0].probability=[0.25, 0.75]"};
  for (int i = 0; i < 600; ++i) {
    const std::vector<std::string> sets = {mutations.of(good[i % 4])};
    const auto loaded = load_scenario_text(text, "x.textproto", sets);
    if (loaded) continue;
    const std::string& message = loaded.error().message;
    ASSERT_TRUE(message.starts_with("--set ") || message.starts_with("x.textproto")) << message;
    ASSERT_TRUE(is_utf8(message) && message.find('\n') == std::string::npos) << message;
  }
}

}  // namespace
}  // namespace fleetsim
