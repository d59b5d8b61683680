#include <gtest/gtest.h>

#include "traces/scenario_file.h"
#include "workloads/scenario.h"

// What clients and a service agree on: what is refused and how, and which site the router takes.
namespace fleetsim {
namespace {

const std::string lengths =
    " prompt { constant { value: \"100 tokens\" } } output { constant { value: \"20 tokens\" } } ";
const std::string poisson = " arrivals { poisson { rate: \"5 /s\" } } " + lengths;
const std::string one = "model: \"Llama3_8B\" replica { cluster: \"a\" } ";

std::string scenario(const std::string& serving) {
  return "name: \"t\" fleet { "
         "region { name: \"east\" site { pue: 1 carbon_by_hour: [100, 100, 100, 100, 100, 100, "
         "100, 100, 100, 100, 100, 100, 900, 900, 900, 900, 900, 900, 900, 900, 900, 900, 900, "
         "900] price: \"0.30 $/kWh\" } cluster { name: \"a\" node: \"DGX_H100\" count: 1 } } "
         "region { name: \"west\" site { pue: 1 carbon_intensity: \"500 g/kWh\" price: \"0.10 "
         "$/kWh\" } cluster { name: \"b\" node: \"DGX_H100\" count: 1 } } "
         "link { between: \"east\" and: \"west\" bandwidth: \"100 Gb/s\" latency: \"30 ms\" } } "
         "serving { name: \"s\" " +
         serving + " } run { horizon: \"86400 s\" replications: 2 }";
}

std::string complaint(const std::string& serving) {
  const auto loaded = load_scenario_text(scenario(serving), "t.textproto", {});
  return loaded ? "" : loaded.error().message;
}

TEST(ClientTerms, SayWhatIsWrong) {
  const auto expect = [](const std::string& serving, const std::string& words) {
    const std::string found = complaint(serving);
    EXPECT_NE(found.find(words), std::string::npos) << found;
  };
  const auto clients = [](const std::string& what) { return one + "clients { " + what + " } "; };
  EXPECT_EQ(complaint(clients(poisson)), "");
  EXPECT_EQ(complaint(clients("sessions { users: 3 } " + lengths)), "");
  expect(clients("sessions { users: 3 } " + poisson), "beside arrivals");
  expect(clients("sessions { } " + poisson), "how many requests a conversation has");
  expect(clients("sessions { users: 2 growth: true } " + lengths), "how many requests");
  expect(clients("stand_in: \"azure_code\" sessions { turns { constant { value: \"2\" } } }"),
         "beside a trace");
  expect(clients("poisson: true " + poisson), "without a trace");
  expect(clients(poisson) + "router { fair: true }", "nobody waits at the gateway");
  expect(clients(poisson) + "router { gateway_limit: 0 }", "nobody waits at the gateway");
  EXPECT_EQ(complaint(clients(poisson) + "router { policy: CENTRAL fair: true }"), "");
  expect(one + "clients { name: \"x\" tenant: \"t\" weight: 2 " + poisson +
             "} clients { name: \"y\" tenant: \"t\" weight: 3 " + poisson + "}",
         "expected 2, as other clients of tenant");
}

TEST(ClientTerms, ModelsAreNamed) {
  const std::string two =
      one + "replica { cluster: \"b\" model: \"Llama3_70B\" tensor: 8 } clients { ";
  EXPECT_EQ(complaint(two + "model: \"Llama3_70B\" " + poisson + "}"), "");
  EXPECT_NE(complaint(two + poisson + "}").find("replicas have 2 models"), std::string::npos);
  EXPECT_NE(complaint(two + "model: \"Llama3_7B\" " + poisson + "}").find("did you mean"),
            std::string::npos);
  EXPECT_NE(complaint("replica { cluster: \"a\" model: \"Llama3_8B\" } replica { cluster: \"b\" } "
                      "clients { " +
                      poisson + "}")
                .find("has no model"),
            std::string::npos);
}

TEST(ClientTerms, AMissingTraceIsLookedForAloud) {
  const std::string found = complaint(one + "clients { trace: \"no/where.csv\" }");
  for (const char* words : {"no/where.csv", "FLEETSIM_TRACES", "stand_in"})
    EXPECT_NE(found.find(words), std::string::npos) << found;
}

// The replica of each request that was kept, and when it came.
std::vector<std::pair<double, std::int64_t>> sent(const std::string& policy) {
  const auto loaded = load_scenario_text(
      scenario(one + "replica { cluster: \"b\" } router { policy: " + policy +
               " } clients { region: \"east\" arrivals { poisson { rate: \"0.05 /s\" } } " +
               lengths + "}"),
      "t.textproto", {});
  EXPECT_TRUE(loaded) << loaded.error().message;
  const Plan plan{.end = 86400_s, .keep_visits = 10000};
  const Observation seen = model_of(loaded->scenario)->simulate({.seed = 1}, plan, nullptr);
  std::vector<std::pair<double, std::int64_t>> out;
  const Table& table = seen.tables.front();
  const auto& arrival = std::get<std::vector<double>>(table.columns[0].values);
  const auto& replica = std::get<std::vector<std::int64_t>>(table.columns[5].values);
  for (std::size_t i = 0; i < arrival.size(); ++i) out.emplace_back(arrival[i], replica[i]);
  EXPECT_GT(out.size(), 4000u);
  return out;
}

TEST(ClientTerms, TheRouterTakesTheCleanestOrCheapestSite) {
  for (const auto& [at, replica] : sent("CLEANEST")) EXPECT_EQ(replica, at < 43200 ? 0 : 1) << at;
  for (const auto& [at, replica] : sent("CHEAPEST")) EXPECT_EQ(replica, 1) << at;
}

}  // namespace
}  // namespace fleetsim
