#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/support/public_traces.h"
#include "traces/requests/fit_requests.h"
#include "traces/requests/open_requests.h"
#include "traces/requests/servegen.h"
#include "traces/requests/synth_requests.h"

namespace fleetsim::requests {
namespace {

using testing_support::no_public_traces;
using testing_support::public_trace;

constexpr std::array percents = {1, 10, 25, 50, 75, 90, 95, 99, 100};
using Lengths = std::array<int, percents.size()>;

// What the traces' own description says of them, to the digits that it gives.
struct Known {
  const char* file;
  std::uint64_t rows;
  double span, rate, cv;
  std::array<double, 3> dispersion;  // in 1, 10, 60 s
  std::array<double, 3> a_minute;    // least, mean, most
  double prompt_mean;
  Lengths prompt;
  double output_mean;
  Lengths output;
  double correlation;
};

const Known conv = {"llm/azure_llm_2023_conv.csv",
                    19'366,
                    3501.7,
                    5.53,
                    1.094,
                    {1.39, 3.86, 16.1},
                    {191, 333, 507},
                    1154.7,
                    {29, 207, 396, 1020, 1189, 2734, 4083, 4142, 14050},
                    211.1,
                    {16, 54, 85, 129, 395, 424, 451, 601, 1000},
                    -0.11};
const Known code = {"llm/azure_llm_2023_code.csv",
                    8'819,
                    3435.9,
                    2.57,
                    13.15,
                    {13.2, 71.6, 164},
                    {0, 151, 632},
                    2047.8,
                    {17, 147, 578, 1469, 2744, 5187, 7303, 7436, 7437},
                    27.9,
                    {6, 7, 9, 13, 24, 55, 90, 251, 1899},
                    0.00};
const Known mooncake = {"llm/mooncake_conversation.jsonl",
                        12'031,
                        3537,
                        3.40,
                        3.03,
                        {7.90, 2.10, 2.89},
                        {144, 204, 247},
                        12035.1,
                        {894, 964, 2306, 6909, 15367, 27367, 39550, 85400, 126195},
                        342.6,
                        {3, 24, 156, 350, 472, 597, 698, 1118, 2000},
                        0.07};

// Half a unit of the last digit that is given: three digits from 1 on.
double last_digit(double value) {
  return 0.5 * std::pow(10, std::floor(std::log10(value)) - 2) * 1.001;
}

void expect_lengths(const TokenCounts& counts, double mean, const Lengths& known) {
  EXPECT_NEAR(counts.mean(), mean, 0.0501);
  for (std::size_t i = 0; i < percents.size(); ++i)
    EXPECT_EQ(std::floor(counts.quantile(percents[i] / 100.0)), known[i]) << "p" << percents[i];
}

void expect_known(const RequestStatistics& found, const Known& known) {
  const ArrivalCounts& arrivals = found.arrivals();
  EXPECT_EQ(arrivals.count(), known.rows);
  EXPECT_NEAR(arrivals.span(), known.span, 0.0501);
  EXPECT_NEAR(arrivals.rate(), known.rate, 0.00501);
  EXPECT_NEAR(arrivals.gap_cv(), known.cv, 0.00501);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(arrivals.windows()[i].dispersion(), known.dispersion[i],
                last_digit(known.dispersion[i]))
        << i;
  const WindowCounts& minutes = arrivals.windows()[2];
  EXPECT_EQ(minutes.least(), known.a_minute[0]);
  EXPECT_EQ(std::round(minutes.mean()), known.a_minute[1]);
  EXPECT_EQ(minutes.most(), known.a_minute[2]);
  expect_lengths(found.prompt(), known.prompt_mean, known.prompt);
  expect_lengths(found.output(), known.output_mean, known.output);
  EXPECT_NEAR(found.correlation(), known.correlation, 0.00501);
}

class PublicRequests : public ::testing::TestWithParam<const Known*> {};

TEST_P(PublicRequests, HaveTheFiguresOfTheirDescription) {
  const std::string path = public_trace(GetParam()->file);
  if (path.empty()) GTEST_SKIP() << GetParam()->file << ": " << no_public_traces;
  const auto open = open_requests(path, {.spread = false});
  ASSERT_TRUE(open) << open.error().message;
  const auto statistics = statistics_of(*open->rows);
  ASSERT_TRUE(statistics) << statistics.error().message;
  expect_known(*statistics, *GetParam());
  EXPECT_EQ(open->report->all_bad(), 0u);
  EXPECT_EQ(open->report->kept, GetParam()->rows);
}

INSTANTIATE_TEST_SUITE_P(Llm, PublicRequests, ::testing::Values(&conv, &code, &mooncake));

TEST(PublicRequests, MooncakePrefixesAreHitAsItsDescriptionSays) {
  const std::string path = public_trace(mooncake.file);
  if (path.empty()) GTEST_SKIP() << no_public_traces;
  const auto open = open_requests(path);
  ASSERT_TRUE(open);
  EXPECT_EQ(open->report->format, "Mooncake");
  EXPECT_EQ(open->tick, Duration{3'000'000'000});
  const auto statistics = statistics_of(*open->rows);
  ASSERT_TRUE(statistics);
  const PrefixCounts& prefixes = statistics->prefixes();
  EXPECT_EQ(prefixes.blocks(), 288'500u);
  EXPECT_EQ(prefixes.unique(), 182'790u);
  EXPECT_NEAR(prefixes.block_share(), 0.366, 0.0005);
  EXPECT_NEAR(prefixes.token_share(), 0.374, 0.0005);
  // Spread over its ticks of 3 s the trace is nearly Poisson at 1 s; longer windows stay.
  EXPECT_NEAR(statistics->arrivals().gap_cv(), 1, 0.03);
  EXPECT_NEAR(statistics->arrivals().windows()[0].dispersion(), 1, 0.1);
  EXPECT_NEAR(statistics->arrivals().windows()[2].dispersion(), 2.89, 0.15);
}

// The stand-ins, for where the traces are not: the mean of eight.
void expect_twin(const char* name, const Known& known, double spread_dispersion[3]) {
  double rate = 0, dispersion[3] = {}, prompt = 0, median = 0, p90 = 0;
  for (std::uint64_t seed = 101; seed < 109; ++seed) {
    const auto trace = load_twin(name, seed);
    ASSERT_TRUE(trace) << trace.error().message;
    const RequestStatistics found = statistics_of(*trace);
    rate += found.arrivals().rate() / 8;
    for (int i = 0; i < 3; ++i)
      dispersion[i] += found.arrivals().windows()[static_cast<std::size_t>(i)].dispersion() / 8;
    prompt += found.prompt().mean() / 8;
    median += found.output().quantile(0.5) / 8;
    p90 += found.prompt().quantile(0.9) / 8;
  }
  EXPECT_NEAR(rate, known.rate, 0.12 * known.rate) << name;
  for (int i = 0; i < 3; ++i)
    EXPECT_NEAR(dispersion[i], spread_dispersion[i], 0.25 * spread_dispersion[i]) << name << i;
  EXPECT_NEAR(prompt, known.prompt_mean, 0.04 * known.prompt_mean) << name;
  EXPECT_NEAR(median, known.output[3], 0.03 * known.output[3]) << name;
  EXPECT_NEAR(p90, known.prompt[5], 0.05 * known.prompt[5]) << name;
}

TEST(RequestTwins, AreLikeTheTracesThatTheyStandFor) {
  double of_conv[] = {1.39, 3.86, 16.1}, of_code[] = {13.2, 71.6, 164},
         of_mooncake[] = {1.02, 1.44, 2.92};
  expect_twin("azure_conv", conv, of_conv);
  expect_twin("azure_code", code, of_code);
  expect_twin("mooncake", mooncake, of_mooncake);
  EXPECT_EQ(twin_names(), (std::vector<std::string>{"azure_code", "azure_conv", "mooncake"}));
  const auto trace = load_twin("mooncake");
  ASSERT_TRUE(trace);
  EXPECT_NEAR(statistics_of(*trace).prefixes().block_share(), 0.366, 0.02);
}

TEST(PublicRequests, ServeGenClientsAddUpToTheirRate) {
  const std::string rates = public_trace("llm/servegen_deepseek-r1_client_rates.csv"),
                    tokens = public_trace("llm/servegen_deepseek-r1_client_tokens.csv");
  if (rates.empty() || tokens.empty()) GTEST_SKIP() << no_public_traces;
  const auto servegen = read_servegen(std::vector{rates, tokens});
  ASSERT_TRUE(servegen) << servegen.error().message;
  EXPECT_EQ(servegen->rates.size(), 73u);
  EXPECT_EQ(servegen->without_tokens, 0u);
  EXPECT_NEAR(servegen->rate(), 16.0, 0.05);
  const auto statistics = statistics_of(*synthesise(*servegen, servegen->span, 1, 5));
  ASSERT_TRUE(statistics);
  EXPECT_NEAR(statistics->arrivals().rate(), 16.0, 0.3);
  // Straight lines between quantiles stand for the tables of the authors.
  EXPECT_NEAR(statistics->prompt().mean(), 1268, 0.04 * 1268);
  EXPECT_NEAR(statistics->output().mean(), 1527, 0.04 * 1527);
  EXPECT_GT(statistics->arrivals().gap_cv(), 1.2);
}

TEST(RequestFigures, PercentilesAreThoseOfTheSortedLengths) {
  Stream stream = Chance{.seed = 3}.stream("test");
  TokenCounts counts, others;
  std::vector<std::uint32_t> all, rest;
  for (int i = 0; i < 501; ++i) {
    const auto tokens =
        static_cast<std::uint32_t>(1 + stream() % (i % 7 == 0 ? 4'000'000'000 : 50));
    counts.add(tokens);
    all.push_back(tokens);
    rest.push_back(1 + tokens / 2);
    others.add(rest.back());
  }
  std::sort(all.begin(), all.end());
  for (const double p : {0.0, 0.1, 0.5, 0.901, 0.999, 1.0}) {
    const double at = 500 * p;
    const auto low = static_cast<std::size_t>(at);
    const double high = all[std::min<std::size_t>(low + 1, 500)];
    EXPECT_DOUBLE_EQ(counts.quantile(p), all[low] + (at - std::floor(at)) * (high - all[low]));
  }
  EXPECT_EQ(counts.largest(), all.back());
  double largest = 0;
  for (const std::uint32_t x : rest) {
    const auto share = [&](const std::vector<std::uint32_t>& of) {
      return static_cast<double>(
                 std::count_if(of.begin(), of.end(), [&](std::uint32_t y) { return y <= x; })) /
             501;
    };
    largest = std::max(largest, std::abs(share(all) - share(rest)));
  }
  EXPECT_NEAR(counts.distance(others), largest, 1e-12);
  EXPECT_NEAR(counts.distance(counts), 0, 1e-12);
}

TEST(RequestFigures, WindowsAreThoseOfABruteForceCount) {
  Stream stream = Chance{.seed = 4}.stream("test");
  ArrivalCounts counts;
  std::vector<double> times;
  double now = 0;
  for (int i = 0; i < 2000; ++i) {
    times.push_back(now);
    counts.add({std::llround(now * 1e9)});
    now += i % 50 == 0 ? 200 * stream.uniform() : 0.3 * stream.uniform();
  }
  for (std::size_t k = 0; k < 3; ++k) {
    const double width = seconds(ArrivalCounts::widths[k]);
    const auto windows = static_cast<std::size_t>(times.back() / width);
    std::vector<double> found(windows);
    for (const double t : times)
      if (const auto i = static_cast<std::size_t>(t / width); i < windows) ++found[i];
    double mean = 0, variance = 0;
    for (const double n : found) mean += n / static_cast<double>(windows);
    for (const double n : found) variance += (n - mean) * (n - mean) / static_cast<double>(windows);
    EXPECT_EQ(counts.windows()[k].windows(), windows);
    EXPECT_NEAR(counts.windows()[k].dispersion(), variance / mean, 1e-9);
    EXPECT_EQ(counts.windows()[k].least(), *std::min_element(found.begin(), found.end()));
    EXPECT_EQ(counts.windows()[k].most(), *std::max_element(found.begin(), found.end()));
  }
}

TEST(RequestFigures, HitsAreBlocksSeenBeforeUpToTheFirstMiss) {
  PrefixCounts counts;
  const auto add = [&](std::uint32_t prompt, std::vector<std::uint64_t> hashes) {
    counts.add({.prompt = prompt, .output = 1, .hashes = std::move(hashes)}, 10);
  };
  add(25, {0, 1, 2});
  add(30, {0, 1, 7});     // two hits
  add(35, {0, 9, 2, 7});  // one: what is behind a miss does not count
  add(25, {0, 1, 2});     // three, of 25 tokens
  EXPECT_EQ(counts.blocks(), 13u);
  EXPECT_EQ(counts.hits(), 6u);
  EXPECT_EQ(counts.unique(), 5u);
  EXPECT_DOUBLE_EQ(counts.token_share(), (20 + 10 + 25) / 115.0);
  NumberSet numbers;
  std::set<std::uint64_t> same;
  Stream stream = Chance{.seed = 5}.stream("test");
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t number = i % 2 == 0 ? stream() : stream() % 5000 << 40;
    EXPECT_EQ(numbers.insert(number), same.insert(number).second);
  }
  EXPECT_EQ(numbers.size(), same.size());
}

}  // namespace
}  // namespace fleetsim::requests
