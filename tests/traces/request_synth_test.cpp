#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/support/temporary_folder.h"
#include "traces/requests/fit_requests.h"
#include "traces/requests/open_requests.h"
#include "traces/requests/servegen.h"
#include "traces/requests/synth_requests.h"

namespace fleetsim::requests {
namespace {

using serving::RequestTrace;

const std::string lengths =
    "prompt { percent: [0, 50, 100] value: [1, 100, 1000] } "
    "output { percent: [0, 100] value: [10, 20] } ";

Recipe recipe_with(const std::string& client, const std::string& span = "100000 s") {
  auto recipe = parse_recipe(
      "span: \"" + span + "\" client { rate: \"2 /s\" " + lengths + client + " }", "test");
  EXPECT_TRUE(recipe) << recipe.error().message;
  return *std::move(recipe);
}

RequestTrace drawn(const Recipe& recipe, std::uint64_t seed = 1) {
  const auto rows = synthesise(recipe, seed);
  EXPECT_TRUE(rows);
  auto trace = collect(**rows);
  EXPECT_TRUE(trace);
  return *std::move(trace);
}

ArrivalCounts arrivals_of(const std::string& client, std::uint64_t seed = 1) {
  return statistics_of(drawn(recipe_with(client), seed)).arrivals();
}

double dispersion(const ArrivalCounts& of, std::size_t width) {
  return of.windows()[width].dispersion();
}

// With 200,000 arrivals a dispersion in 60 s (1666 windows) has a relative error of 3.5 %.
TEST(RequestSynth, PoissonIsPoisson) {
  const ArrivalCounts found = arrivals_of("");
  EXPECT_NEAR(found.rate(), 2, 4 * std::sqrt(2.0 / 1e5));
  EXPECT_NEAR(found.gap_cv(), 1, 0.01);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(dispersion(found, i), 1, 0.12) << i;
}

// Counts of a renewal process disperse by cv^2 in long windows.
TEST(RequestSynth, RenewalGapsHaveTheirCv) {
  for (const char* law : {"GAMMA", "WEIBULL"})
    for (const double cv : {0.5, 2.0}) {
      const ArrivalCounts found =
          arrivals_of("gaps { law: " + std::string(law) + " cv: " + std::to_string(cv) + " }");
      EXPECT_NEAR(found.rate(), 2, 0.03) << law << cv;
      EXPECT_NEAR(found.gap_cv(), cv, 0.03 * cv) << law << cv;
      EXPECT_NEAR(dispersion(found, 2), cv * cv, 0.15 * cv * cv) << law << cv;
    }
  const ArrivalCounts table =
      arrivals_of("gaps { law: QUANTILES quantiles { percent: [0, 100] value: [0, 7] } }");
  EXPECT_NEAR(table.rate(), 2, 0.03);
  EXPECT_NEAR(table.gap_cv(), 1 / std::sqrt(3), 0.01);  // uniform
}

// IDC(w) = 1 + 2 p q (a - b)^2 / (rate k) (1 - (1 - exp(-k w)) / (k w)), k the sum of both rates of
// switching, a and b the rates of the phases (Fischer and Meier-Hellstern 1993).
TEST(RequestSynth, MarkovModulationDispersesAsItsFormula) {
  const ArrivalCounts found =
      arrivals_of("phases { phase { rate: 3 stay: \"10 s\" } phase { rate: 1 stay: \"30 s\" } }");
  const double p = 0.25, q = 0.75, k = 1.0 / 10 + 1.0 / 30, a = 4, b = 4.0 / 3;
  EXPECT_NEAR(found.rate(), 2, 0.06);
  for (std::size_t i = 0; i < 3; ++i) {
    const double w = seconds(ArrivalCounts::widths[i]);
    const double idc =
        1 + 2 * p * q * (a - b) * (a - b) / (2 * k) * (1 + std::expm1(-k * w) / (k * w));
    EXPECT_NEAR(dispersion(found, i), idc, 0.12 * idc) << w;
  }
}

// A rate of covariance C(n) between steps of length d makes counts in m steps disperse by
// 1 + rate d / m sum_ij C(i - j); exp of a normal of variance s: C(n) = exp(s r^n) - 1.
TEST(RequestSynth, DriftDispersesAsItsFormula) {
  const ArrivalCounts found = arrivals_of("drift { cv: 0.6 memory: \"8 s\" }");
  const double s = std::log1p(0.36), d = 2;
  double sum = 0;
  for (int i = 0; i < 30; ++i)
    for (int j = 0; j < 30; ++j) sum += std::expm1(s * std::exp(-std::abs(i - j) / 4.0));
  const double idc = 1 + 2 * d / 30 * sum;
  EXPECT_NEAR(dispersion(found, 2), idc, 0.12 * idc);
  EXPECT_NEAR(found.rate(), 2, 0.06);
}

TEST(RequestSynth, TheDayHasItsPeak) {
  const RequestTrace trace =
      drawn(recipe_with("diurnal { swing: 0.8 period: \"1000 s\" peak: \"250 s\" }"));
  double near_peak = 0;
  for (const Instant t : trace.arrival)
    if (std::fmod(seconds(t - Instant{}), 1000) < 500) ++near_peak;
  const auto all = static_cast<double>(trace.size());
  EXPECT_NEAR(near_peak / all, 0.5 + 0.8 / M_PI, 4 * 0.5 / std::sqrt(all));
  EXPECT_NEAR(all, 2e5, 4 * std::sqrt(2e5));
}

TEST(RequestSynth, OnOffIsSilentBetween) {
  const RequestTrace trace = drawn(recipe_with(
      "on_off { on { percent: [0, 100] value: [5, 15] } off { percent: [0, 100] value: [20, 40] } "
      "}"));
  EXPECT_NEAR(static_cast<double>(trace.size()), 2e5, 0.03 * 2e5);
  std::size_t silences = 0;
  for (std::size_t i = 1; i < trace.size(); ++i)
    if (trace.arrival[i] - trace.arrival[i - 1] > 15_s) ++silences;
  EXPECT_NEAR(static_cast<double>(silences), 2500, 60);  // cycles of 40 s
}

TEST(RequestSynth, LengthsHaveTheirQuantilesAndCorrelation) {
  const RequestStatistics found = statistics_of(drawn(recipe_with("correlation: 0.7", "20000 s")));
  EXPECT_NEAR(found.prompt().quantile(0.5), 100, 4);
  EXPECT_NEAR(found.prompt().quantile(0.75), 550, 15);
  EXPECT_NEAR(found.output().quantile(0.25), 12.5, 0.5);
  EXPECT_EQ(found.output().largest(), 20u);
  // Outputs are uniform; half of the prompts are too, on either side of a bend.
  EXPECT_GT(found.correlation(), 0.55);
  EXPECT_NEAR(statistics_of(drawn(recipe_with("", "20000 s"))).correlation(), 0, 0.02);
}

TEST(RequestSynth, SessionsTakeTurnsAfterThinking) {
  const RequestTrace trace = drawn(recipe_with(
      "sessions { more: 0.75 think { percent: [0, 100] value: [30, 60] } block_tokens: 16 "
      "shared_blocks: 2 }",
      "20000 s"));
  const RequestStatistics found = statistics_of(trace);
  EXPECT_NEAR(static_cast<double>(found.turns()) / static_cast<double>(found.sessions()), 4, 0.15);
  std::map<std::uint32_t, std::size_t> last;
  double waits = 0, turns = 0;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    const auto now = trace.hashes_of(i);
    ASSERT_EQ(now.size(), (trace.prompt[i] + 15) / 16);
    EXPECT_EQ(now[0], trace.hashes[0]);  // all begin alike
    if (const auto known = last.find(trace.session[i]); known != last.end()) {
      const auto before = trace.hashes_of(known->second);
      const std::size_t full = std::min<std::size_t>(trace.prompt[known->second] / 16, now.size());
      EXPECT_TRUE(std::equal(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(full),
                             now.begin()));
      const double wait = seconds(trace.arrival[i] - trace.arrival[known->second]);
      EXPECT_GE(wait, 30);
      waits += wait;
      ++turns;
    }
    last[trace.session[i]] = i;
  }
  EXPECT_NEAR(waits / turns, 45, 3);  // and a little until the next arrival
}

TEST(RequestSynth, ClientsAddUpAndSeedsDecide) {
  const Recipe many = recipe_with("count: 10 gaps { law: GAMMA cv: 3 }", "5000 s");
  const RequestTrace trace = drawn(many);
  EXPECT_NEAR(static_cast<double>(trace.size()), 1e5, 4 * 3 * std::sqrt(1e5));
  // Ten bursty clients together are less so, gap by gap.
  EXPECT_LT(statistics_of(trace).arrivals().gap_cv(), 2.5);
  EXPECT_EQ(drawn(many).arrival, trace.arrival);
  EXPECT_NE(drawn(many, 2).arrival, trace.arrival);
  EXPECT_LT(trace.arrival.back(), Instant{} + 5000_s);
}

TEST(RequestSynth, BadRecipesNameThePlace) {
  const std::pair<std::string, const char*> table[] = {
      {"client {", "test:1:"},
      {"span: \"1 h\" clients { }", "clients"},
      {"span: \"1 h\"", "client: expected at least one"},
      {"span: \"1 kg\" client { rate: \"1 /s\" " + lengths + "}", "span: "},
      {"span: \"0 s\" client { rate: \"1 /s\" " + lengths + "}", "span: "},
      {"span: \"1 h\" client { rate: \"1 s\" " + lengths + "}", "client[0].rate: "},
      {"span: \"1 h\" client { rate: \"1 /s\" }", "client[0].prompt: expected percents"},
      {"span: \"1 h\" client { rate: \"1 /s\" " + lengths + "correlation: 2 }",
       "client[0].correlation: found 2; expected -1 to 1"},
      {"span: \"1 h\" client { rate: \"1 /s\" " + lengths + "gaps { law: GAMMA cv: -1 } }",
       "client[0].gaps: "},
      {"span: \"1 h\" client { rate: \"1 /s\" " + lengths +
           "on_off { on { percent: [0, 100] value: [0, 0] } off { percent: [0, 100] value: [1, 1] "
           "} } }",
       "client[0].on_off.on: "},
      {"span: \"1 h\" client { rate: \"1 /s\" " + lengths +
           "sessions { more: 1 think { percent: [0, 100] value: [1, 1] } } }",
       "client[0].sessions.more: "},
  };
  for (const auto& [text, part] : table) {
    const auto recipe = parse_recipe(text, "test");
    ASSERT_FALSE(recipe) << text;
    EXPECT_NE(recipe.error().message.find(part), std::string::npos) << recipe.error().message;
  }
  const auto twin = twin_recipe("azure_cnv");
  ASSERT_FALSE(twin);
  EXPECT_NE(twin.error().message.find("did you mean \"azure_conv\"?"), std::string::npos);
}

// A fit of what is drawn by a recipe finds it again.
TEST(RequestFit, FindsTheRecipeAgain) {
  const std::string sessions =
      "correlation: 0.5 gaps { law: GAMMA cv: 1.5 } drift { cv: 0.5 memory: \"20 s\" } "
      "sessions { more: 0.6 think { percent: [0, 100] value: [10, 20] } block_tokens: 16 } ";
  const RequestTrace trace = drawn(recipe_with(sessions, "20000 s"));
  const auto recipe = fit_recipe(trace);
  ASSERT_TRUE(recipe) << recipe.error().message;
  const Recipe::Client& client = recipe->clients[0];
  EXPECT_NEAR(client.rate, 2, 0.1);
  EXPECT_NEAR(client.correlation, 0.5, 0.03);
  ASSERT_TRUE(client.sessions);
  EXPECT_NEAR(client.sessions->more, 0.6, 0.02);
  // Thinking ends unseen; the next arrival shows it, in gaps of 0.5 s that come in bursts.
  EXPECT_NEAR(client.sessions->think.value(0.5), 17, 2.5);
  EXPECT_EQ(client.sessions->block_tokens, 16u);
  EXPECT_FALSE(client.on_off);
  const auto like = likeness(trace, drawn(*recipe, 7));
  ASSERT_TRUE(like);
  EXPECT_LT(like->gaps, 0.03);
  EXPECT_LT(like->prompt, 0.02);
  EXPECT_LT(like->output, 0.07);  // whole tokens from 10 to 20
  for (const auto& [name, original, twin] : like->figures)
    EXPECT_NEAR(twin, original, 0.2 * std::abs(original)) << name;
  const std::string text = recipe_text(*recipe);
  const auto again = parse_recipe(text, "again");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(recipe_text(*again), text);
  EXPECT_FALSE(fit_recipe(RequestTrace{}));
}

TEST(RequestFit, SilencesBecomeOnAndOff) {
  const RequestTrace trace = drawn(recipe_with(
      "on_off { on { percent: [0, 100] value: [20, 40] } off { percent: [0, 100] value: [60, 120] "
      "} }",
      "30000 s"));
  const auto recipe = fit_recipe(trace);
  ASSERT_TRUE(recipe);
  ASSERT_TRUE(recipe->clients[0].on_off);
  EXPECT_NEAR(recipe->clients[0].on_off->on.mean(), 30, 2);
  EXPECT_NEAR(recipe->clients[0].on_off->off.mean(), 90, 5);
  EXPECT_NEAR(likeness(trace, trace)->gaps, 0, 1e-12);
}

TEST(ServeGenImport, DrawsWindowsAndNamesBadLines) {
  const testing_support::TemporaryFolder folder;
  const std::string heads = "client,t_s,rate_rps,iat_cv,iat_dist,shape,scale_s\n";
  const std::string token_heads =
      "client,t_s,field,mean,p1,p5,p10,p25,p50,p75,p90,p95,p99,p99_9,max\n";
  const std::string tokens = token_heads + "4,0,input_tokens,5,1,2,3,4,5,6,7,8,9,10,11\n" +
                             "4,0,output_tokens,5,100,200,300,400,500,600,700,800,900,1000,1100\n" +
                             "4,0,reason_ratio,.5,0,0,0,0,0,0,0,0,0,0,1\n";
  testing_support::write_bytes(folder / "r.csv", heads + "4,0,10,1,Gamma,1,9\n4,600,0,0,,,\n" +
                                                     "4,1200,20,2,Gamma,0.25,9\n" +
                                                     "9,0,1,1,Weibull,1,1\n");
  testing_support::write_bytes(folder / "t.csv", tokens);
  const auto servegen = read_servegen(std::vector{folder / "r.csv", folder / "t.csv"});
  ASSERT_TRUE(servegen) << servegen.error().message;
  EXPECT_EQ(servegen->span, 1800);
  EXPECT_EQ(servegen->without_tokens, 1u);
  EXPECT_NEAR(servegen->rate(), 600 * 31 / 1800.0, 1e-9);
  const auto trace = collect(*synthesise(*servegen, 1800, 2, 3));
  ASSERT_TRUE(trace);
  std::array<double, 3> windows{};
  for (const Instant t : trace->arrival)
    ++windows[static_cast<std::size_t>(seconds(t - Instant{}) / 600)];
  EXPECT_NEAR(windows[0], 2 * 600 * 11, 4 * std::sqrt(2 * 600 * 11.0));
  EXPECT_EQ(windows[1], 0);
  EXPECT_NEAR(windows[2], 2 * 600 * 20, 4 * 2 * std::sqrt(2 * 600 * 20.0));
  const std::pair<std::string, const char*> bad[] = {
      {"a,b\n", "expected the headings"},
      {heads + "4,0,10,1,Gauss,1,9\n", "r.csv:2: found the law \"Gauss\""},
      {heads + "4,0,10\n", "r.csv:2: found 3 cells"},
      {heads + "4,0,-10,1,Gamma,1,1\n", "r.csv:2: expected"},
      {heads + "4,0,10,1,Gamma,0,1\n", "r.csv:2: found the shape"},
      {heads, "no client sends anything"},
  };
  for (const auto& [bytes, part] : bad) {
    testing_support::write_bytes(folder / "r.csv", bytes);
    const auto result = read_servegen(std::vector{folder / "r.csv", folder / "t.csv"});
    ASSERT_FALSE(result) << bytes;
    EXPECT_NE(result.error().message.find(part), std::string::npos) << result.error().message;
  }
}

// The same two clients as their authors publish them, one pair of files each.
TEST(ServeGenImport, ReadsClientsAsPublished) {
  const testing_support::TemporaryFolder folder;
  const std::vector<std::string> paths = {folder / "a.csv", folder / "a.json", folder / "b.csv",
                                          folder / "b.json"};
  testing_support::write_bytes(paths[0], "0,10,1,Gamma,1,9\n600,0,0,,,\n1200,20,2,Gamma,0.25,9\n");
  testing_support::write_bytes(
      paths[1],
      R"({"0": {"input_tokens": "{7: 0.5, 9: 0.25, 1000: 0.25}", "output_tokens": "{3: 1.0}"}})");
  testing_support::write_bytes(paths[2], "0,1,1,Weibull,1,1\n");
  testing_support::write_bytes(paths[3], "{}");
  const auto servegen = read_servegen(paths);
  ASSERT_TRUE(servegen) << servegen.error().message;
  EXPECT_EQ(servegen->rates.size(), 2u);
  EXPECT_EQ(servegen->without_tokens, 1u);
  EXPECT_NEAR(servegen->rate(), 600 * 31 / 1800.0, 1e-9);
  const QuantileTable& prompt = servegen->tokens.at(0)[0].prompt;
  EXPECT_EQ(prompt.value(0.25), 7);
  EXPECT_EQ(prompt.value(0.75), 9);
  EXPECT_EQ(prompt.value(0.9), 1000);
  EXPECT_EQ(servegen->tokens.at(0)[0].output.mean(), 3);
  for (const char* bad : {"[]", R"({"x": {}})", R"({"0": {"input_tokens": "{7: }"}})",
                          R"({"0": {"input_tokens": "{7: 1"}})", R"({"0": {"input_tokens": 7}})"}) {
    testing_support::write_bytes(paths[1], bad);
    EXPECT_FALSE(read_servegen(paths)) << bad;
  }
  EXPECT_FALSE(read_servegen(std::span(paths).first(3)));
}

}  // namespace
}  // namespace fleetsim::requests
