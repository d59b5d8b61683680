#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/public_traces.h"
#include "traces/scenario_file.h"
#include "workloads/scenario.h"

// The message Serving: what is refused and how, and what traces come to in a fleet.
namespace fleetsim {
namespace {

std::string scenario(const std::string& serving,
                     const std::string& clients =
                         "clients { arrivals { poisson { rate: \"5 /s\" } } prompt { constant { "
                         "value: \"100 tokens\" } } output { constant { value: \"20 tokens\" } } }",
                     const std::string& run = "horizon: \"60 s\"  replications: 2") {
  return "name: \"t\" fleet { region { name: \"r\" cluster { name: \"c\" node: \"DGX_H100\" "
         "count: 1 } } region { name: \"moon\" } } serving { name: \"s\" " +
         serving + " " + clients + " } run { " + run + " }";
}

std::string complaint(const std::string& text) {
  const auto loaded = load_scenario_text(text, "t.textproto", {});
  return loaded ? "" : loaded.error().message;
}

constexpr const char* chat = "model: \"Llama3_8B\" replica { cluster: \"c\" }";

TEST(ServingMessage, SaysWhatIsWrong) {
  const auto expect = [](const std::string& text, const std::string& words) {
    EXPECT_NE(complaint(text).find(words), std::string::npos) << complaint(text);
  };
  EXPECT_EQ(complaint(scenario(chat)), "");
  expect(scenario("model: \"Llama3_8\" replica { cluster: \"c\" }"), "Llama3_8B");
  expect(scenario("model: \"Llama3_8B\" replica { cluster: \"d\" }"), "the name of a cluster");
  expect(scenario("model: \"Llama3_70B\" replica { cluster: \"c\" }"), "tensor: 2 would do");
  expect(scenario("model: \"Llama3_8B\" replica { cluster: \"c\" count: 9 }"), "at most 8 devices");
  expect(scenario("model: \"Llama3_8B\" replica { cluster: \"c\" tensor: 3 }"), "divides");
  expect(scenario("model: \"Llama3_8B\" replica { cluster: \"c\" tensor: 4 pipeline: 3 }"),
         "replica 1 of 12 devices is the first without room; expected at most 8");
  expect(scenario("model: \"Llama3_8B\" replica { cluster: \"c\" tensor: 4 expert: 3 }"),
         "expected a divisor of tensor");
  expect(scenario("model: \"Llama3_8B\" replica { cluster: \"c\" tensor: 4 expert: 2 }"),
         "2 groups for 0 experts");
  expect(scenario("replica { cluster: \"c\" }"), "either model or measured");
  expect(scenario(std::string(chat) + " measured { prefill { x: 0 y: 0 } }"),
         "either model or measured");
  expect(scenario("replica { cluster: \"c\" } scheduler { kv_tokens: \"9999 tokens\" } measured { "
                  "table: \"nowhere.csv\" }"),
         "nowhere.csv");
  expect(scenario("replica { cluster: \"c\" } measured { prefill { x: 0 y: 0 } }"), "kv_tokens");
  expect(scenario(std::string(chat) + " replica { cluster: \"c\" }"), "twice");
  expect(scenario(std::string(chat) + " scheduler { kv_tokens: \"3 tokens\" }"), "not a page");
  expect(scenario(std::string(chat) + " scheduler { chunked_prefill: \"9000 tokens\" }"),
         "at most max_tokens");
  expect(scenario(chat, "clients { prompt { constant { value: \"1 token\" } } }"),
         "either arrivals or trace");
  expect(scenario(chat,
                  "clients { arrivals { poisson { rate: \"1 /s\" } } output { constant { "
                  "value: \"1 token\" } } }"),
         "how many tokens");
  expect(scenario(chat, "clients { region: \"mon\" arrivals { poisson { rate: \"1 /s\" } } }"),
         "did you mean");
  expect(scenario(chat, "clients { region: \"moon\" arrivals { poisson { rate: \"1 /s\" } } }"),
         "no link leads");
  expect(scenario(chat, "clients { trace: \"nowhere.csv\" }"), "nowhere.csv");
  expect(scenario(chat, "clients { stand_in: \"azure_con\" }"), "azure_conv");
}

TEST(ServingMessage, SaysWhatIsWrongWithTiers) {
  const auto expect = [](const std::string& scheduler, const std::string& words) {
    const std::string found = complaint(scenario(std::string(chat) + scheduler));
    EXPECT_NE(found.find(words), std::string::npos) << found;
  };
  const std::string host = "tier { name: \"host\" capacity: \"1 GB\" bandwidth: \"9 GB/s\" } ";
  expect(" scheduler { preemption: SWAP }", "nowhere to swap to");
  expect(" scheduler { " + host + "}", "nothing goes there");
  expect(" scheduler { preemption: SWAP " + host + host + "}", "twice");
  expect(" scheduler { preemption: SWAP tier { name: \"a\" capacity: \"1 GB\" } }", "bandwidth");
  expect(" speculative { acceptance: 1.1 }", "acceptance");
  expect(" adapters { count: 3 size: \"1 MB\" }", "bandwidth");
  EXPECT_EQ(complaint(scenario(std::string(chat) + " scheduler { preemption: SWAP " + host + "}")),
            "");
  std::string five;
  for (const char* name : {"a", "b", "c", "d", "e"})
    five += fmt::format("tier {{ name: \"{}\" capacity: \"1 GB\" bandwidth: \"1 GB/s\" }} ", name);
  expect(" scheduler { preemption: SWAP " + five + "}", "at most 4");
  EXPECT_NE(complaint(scenario("measured { prefill { x: 0 y: 0 } } replica { cluster: \"c\" } "
                               "scheduler { kv_tokens: \"1e6 tokens\" preemption: SWAP " +
                               host + "}"))
                .find("bytes a token"),
            std::string::npos);
}

std::map<std::string, double> shown(const std::string& text) {
  const auto loaded = load_scenario_text(text, "t.textproto", {});
  EXPECT_TRUE(loaded) << loaded.error().message;
  const Plan plan{.end = loaded->scenario.run.horizon};
  const Observation seen = model_of(loaded->scenario)->simulate({.seed = 1}, plan, nullptr);
  std::map<std::string, double> out;
  for (const Measured& one : seen.windows.front()) out[one.metric.name] = one.value;
  return out;
}

// Section 1 of the traces' description: 36.6 % of blocks, 37.4 % of tokens.
TEST(ServingMessage, AnUnboundedCacheFindsWhatTheTraceRepeats) {
  const std::string path = testing_support::public_trace("llm/mooncake_conversation.jsonl");
  if (path.empty()) GTEST_SKIP() << testing_support::no_public_traces;
  const auto seen = shown(
      scenario(std::string(chat) +
                   " scheduler { prefix_cache: true kv_tokens: \"1e9 tokens\" max_batch: 4096 }",
               "clients { trace: \"" + path + "\" }", "horizon: \"30000 s\""));
  EXPECT_EQ(seen.at("serving.completed"), 12031);
  EXPECT_NEAR(seen.at("serving.prefix_hits"), 0.366, 5e-4);
  EXPECT_NEAR(seen.at("serving.prefix_tokens"), 0.374, 5e-4);
}

TEST(ServingMessage, AStandInTakesThePlaceOfATrace) {
  const std::string clients = "clients { trace: \"nowhere.csv\" stand_in: \"azure_conv\" }";
  const auto loaded = load_scenario_text(scenario(chat, clients), "t.textproto", {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_FALSE(loaded->warnings.empty());
  EXPECT_NE(loaded->warnings.front().find("stand-in"), std::string::npos);
  EXPECT_GT(shown(scenario(chat, clients, "horizon: \"600 s\"")).at("serving.completed"), 2000);
}

// Requests beyond the window are refused at the door, and none is forgotten; the warning counts
// what is refused.
TEST(ServingMessage, LongRequestsAreRefusedAndCounted) {
  const std::string clients = "clients { stand_in: \"azure_conv\" retry { attempts: 3 } }";
  const std::string text =
      scenario(std::string(chat) + " window: \"4096 tokens\"", clients, "horizon: \"7200 s\"");
  const auto loaded = load_scenario_text(text, "t.textproto", {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto warned = std::find_if(loaded->warnings.begin(), loaded->warnings.end(), [](auto& one) {
    return one.find("longer than the window of 4096 tokens") != std::string::npos;
  });
  ASSERT_NE(warned, loaded->warnings.end());
  const auto seen = shown(text);
  EXPECT_GT(seen.at("serving.too_long"), 100);
  EXPECT_NE(warned->find(fmt::format(": {} of ", seen.at("serving.too_long"))), std::string::npos)
      << *warned;
  EXPECT_EQ(seen.at("serving.rejected"), seen.at("serving.too_long"));
  EXPECT_EQ(seen.at("serving.retried"), 0);
  EXPECT_EQ(seen.at("serving.arrived"), seen.at("serving.completed") + seen.at("serving.rejected"));
}

TEST(ServingMessage, RequestsThatNeverFitAreRefusedAndCounted) {
  const std::string clients = "clients { stand_in: \"azure_conv\" }";
  const std::string text = scenario(std::string(chat) + " scheduler { kv_tokens: \"4096 tokens\" }",
                                    clients, "horizon: \"20000 s\"");
  const auto loaded = load_scenario_text(text, "t.textproto", {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto warned = std::find_if(loaded->warnings.begin(), loaded->warnings.end(), [](auto& one) {
    return one.find("more tokens than any replica has room for") != std::string::npos;
  });
  ASSERT_NE(warned, loaded->warnings.end());
  const auto seen = shown(text);
  EXPECT_EQ(seen.count("serving.too_long"), 0u);
  EXPECT_NE(warned->find(fmt::format(": {} of ", seen.at("serving.rejected"))), std::string::npos)
      << *warned;
}

// Where the file is not there the data sheet's passes take its place, and somebody is told.
TEST(ServingMessage, AModelTakesThePlaceOfATable) {
  const std::string measured = std::string(chat) + " measured { table: \"nowhere.csv\" }";
  const auto loaded = load_scenario_text(scenario(measured), "t.textproto", {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->warnings.size(), 1u);
  EXPECT_NE(loaded->warnings[0].find("nowhere.csv is not there"), std::string::npos);
  EXPECT_EQ(shown(scenario(measured)).at("serving.ttft.mean"),
            shown(scenario(chat)).at("serving.ttft.mean"));
}

// Four stages have room for more than four times the keys of one, and draw power as four; experts
// that are popular hold up those that wait for them.
TEST(ServingMessage, StagesAreDevicesOfTheReplica) {
  const auto of = [](const std::string& replica) {
    return shown(scenario("model: \"Llama3_8B\" replica { cluster: \"c\" " + replica + " }"));
  };
  const auto one = of("tensor: 2"), four = of("tensor: 2 pipeline: 4");
  EXPECT_LT(four.at("serving.kv_occupancy"), one.at("serving.kv_occupancy") / 3);
  EXPECT_GT(four.at("energy.replicas"), 3 * one.at("energy.replicas"));
  const auto popular = [](const std::string& skew) {
    const std::string long_prompts =
        "clients { arrivals { poisson { rate: \"1 /s\" } } prompt { constant { value: \"8000 "
        "tokens\" } } output { constant { value: \"1 token\" } } }";
    return shown(scenario("model: \"Mixtral_8x7B\" expert_skew: " + skew +
                              " replica { cluster: \"c\" tensor: 4 expert: 4 }",
                          long_prompts))
        .at("serving.ttft.p50");
  };
  EXPECT_GT(popular("1"), 1.3 * popular("0"));
}

// Energy of replicas is their time at work and idle, all devices of the cluster counted; carbon and
// cost follow from it.
TEST(ServingMessage, EnergyIsThatOfTimeAtWorkAndIdle) {
  const auto seen = shown(
      scenario("measured { prefill { x: 0 y: 0 } prefill { x: 1e6 y: 1e3 } } replica { cluster: "
               "\"c\" count: 2 } scheduler { kv_tokens: \"1e9 tokens\" max_batch: 1 }",
               "clients { arrivals { poisson { rate: \"9 /s\" } } prompt { constant { value: "
               "\"100 tokens\" } } output { constant { value: \"1 token\" } } }",
               "horizon: \"7200 s\""));
  const double busy = 2 * 7200 * seen.at("serving.utilization");
  const double replicas = 700 * busy + 0.3 * 700 * (2 * 7200 - busy);
  EXPECT_NEAR(seen.at("energy.replicas") / replicas, 1, 1e-12);
  EXPECT_NEAR(seen.at("energy.standby") / (6 * 0.3 * 700 * 7200), 1, 1e-12);
  EXPECT_NEAR(seen.at("energy.it"),
              seen.at("energy.replicas") + seen.at("energy.standby") + seen.at("energy.network"),
              1e-9 * seen.at("energy.it"));
  EXPECT_NEAR(seen.at("power.mean"), seen.at("energy.facility") / 7200, 1e-6);
  EXPECT_GE(seen.at("power.peak"), seen.at("power.mean"));
}

}  // namespace
}  // namespace fleetsim
