#include <gtest/gtest.h>

#include "traces/scenario_file.h"
#include "workloads/scenario.h"

// Roles of replicas and the message KvTransfer: what is refused, and what it comes to.
namespace fleetsim {
namespace {

std::string scenario(const std::string& serving) {
  return "name: \"t\" fleet { region { name: \"r\" cluster { name: \"c\" node: \"DGX_H100\" "
         "count: 2 } } region { name: \"moon\" cluster { name: \"m\" node: \"DGX_H100\" "
         "count: 1 } } } serving { name: \"s\" " +
         serving +
         " clients { arrivals { poisson { rate: \"5 /s\" } } prompt { constant { value: \"1000 "
         "tokens\" } } output { constant { value: \"20 tokens\" } } } } run { horizon: \"60 s\"  "
         "replications: 2 }";
}

std::string complaint(const std::string& serving) {
  const auto loaded = load_scenario_text(scenario(serving), "t.textproto", {});
  return loaded ? "" : loaded.error().message;
}

std::string group(const char* name, const char* cluster, const char* role, int tensor = 1) {
  return std::string(" replica { name: \"") + name + "\" cluster: \"" + cluster +
         "\" role: " + role + " tensor: " + std::to_string(tensor) + " }";
}

const std::string llama = "model: \"Llama3_8B\"";
const std::string both = group("p", "c", "PREFILL") + group("d", "c", "DECODE");
const std::string measured =
    "measured { prefill { x: 0 y: 0 } prefill { x: 1e6 y: 1e2 } } scheduler { kv_tokens: \"1e5 "
    "tokens\" }";

TEST(ServingTransferMessage, SaysWhatIsWrong) {
  const auto expect = [](const std::string& serving, const std::string& words) {
    EXPECT_NE(complaint(serving).find(words), std::string::npos) << complaint(serving);
  };
  EXPECT_EQ(complaint(llama + both), "");
  EXPECT_EQ(complaint(llama + both + group("b", "c", "BOTH")), "");
  expect(llama + group("p", "c", "PREFILL") + group("b", "c", "BOTH"), "none of role DECODE");
  expect(llama + group("d", "c", "DECODE"), "none of role PREFILL");
  expect(llama + group("p", "c", "PREFILL") + group("d", "m", "DECODE"), "no way leads from \"p\"");
  EXPECT_EQ(complaint(llama + " transfer { kind: FREE }" + group("b", "c", "BOTH") +
                      group("p", "c", "PREFILL") + group("d", "c", "DECODE")),
            "");
  expect(measured + both, "token_bytes");
  EXPECT_EQ(complaint(measured + both + " transfer { token_bytes: \"100 kB\" }"), "");
  EXPECT_EQ(complaint(measured + both + " transfer { kind: FREE }"), "");
  expect(measured + both + " transfer { kind: FREE token_bytes: \"100 kB\" }", "beside FREE");
}

TEST(ServingTransferMessage, WarnsOfATransferWithoutUse) {
  const auto loaded = load_scenario_text(
      scenario(llama + " transfer { kind: FREE }" + group("b", "c", "BOTH")), "t.textproto", {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->warnings.size(), 1u);
  EXPECT_NE(loaded->warnings[0].find("nothing is transferred"), std::string::npos);
}

TEST(ServingTransferMessage, ATokensBytesAndFlopsAreTheModels) {
  const auto loaded = load_scenario_text(
      scenario(llama + group("p", "c", "PREFILL", 4) + group("d", "c", "DECODE", 8)), "t.textproto",
      {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto& groups = loaded->scenario.serving->groups;
  // 32 layers, 8 heads of 128, keys and values of 2 byte; 2 x 8.03e9 FLOP of 990 TFLOP/s.
  EXPECT_EQ(groups[0].key_bytes, 32 * 2 * 8 * 128 * 2);
  EXPECT_NEAR(groups[1].peak, 8 * 989e12, 8e12);
  EXPECT_NEAR(groups[1].token_flops, 2 * 8.03e9, 1e8);
}

}  // namespace
}  // namespace fleetsim
