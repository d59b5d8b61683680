#include <gtest/gtest.h>

#include <cmath>

#include "tests/workloads/serving_driver.h"

// Speculative decoding against its closed forms (s.spec): tokens a pass, speed, operations, and
// where verification begins to be held up by arithmetic.
namespace fleetsim::serving {
namespace {

double tokens_of_pass(double a, int k) {
  return (1 - std::pow(a, k + 1)) / (1 - a);
}

TEST(ServingSpeculation, AcceptsByItsLaw) {
  const Speculation one{.draft = 4, .acceptance = 0.7};
  constexpr int n = 200'000;
  int at_least[6] = {};
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::uint32_t accepted = accepted_of(one, 0.7, 1 + i / 100, i % 100);
    for (std::uint32_t j = 0; j <= accepted; ++j) ++at_least[j];
  }
  for (int j = 0; j <= 4; ++j)
    EXPECT_NEAR(at_least[j] / double{n}, std::pow(0.7, j), 4 * 0.5 / std::sqrt(n)) << j;
  EXPECT_EQ(at_least[5], 0);
  const Speculation spread{.acceptance = 0.8, .concentration = 10};
  double sum = 0, squares = 0;
  for (std::uint64_t luck = 1; luck <= 20'000; ++luck) {
    const double a = acceptance_of(spread, luck);
    sum += a, squares += a * a;
  }
  const double mean = sum / 20'000, variance = squares / 20'000 - mean * mean;
  EXPECT_NEAR(mean, 0.8, 4 * 0.12 / std::sqrt(20'000));
  EXPECT_NEAR(variance, 0.8 * 0.2 / 11, 0.03 * 0.8 * 0.2 / 11);
}

TEST(ServingSpeculation, PassesUntilAnAnswerIsDone) {
  const Speculation four{.draft = 4};
  EXPECT_DOUBLE_EQ(passes_until(four, 0, 17), 17);
  EXPECT_DOUBLE_EQ(passes_until(four, 1, 17), 4);
  EXPECT_DOUBLE_EQ(passes_until(four, 0.5, 2), 1.5);  // two tokens where the first is accepted
  EXPECT_NEAR(10'000 / passes_until(four, 0.8, 10'000), tokens_of_pass(0.8, 4), 1e-3);
}

PassCost held_up_by_memory() {
  return {.token = 1e-9, .weights = 10e-3};
}

std::vector<Asked> in_turn(int requests, std::uint32_t output) {
  std::vector<Asked> asked;
  for (int i = 0; i < requests; ++i) {
    asked.push_back({.at = Instant{} + 1_s});
    asked.back().request.output = output;
    asked.back().request.luck = 1000 + static_cast<std::uint64_t>(i);
  }
  return asked;
}

// labs.md 4.4: speed = (1 - a^(g+1)) / ((1 - a)(g c + 1)), ops = (g c_f + g + 1)(1 - a) /
// (1 - a^(g+1)), with c = 0.05 and c_f = 0.0143.
TEST(ServingSpeculation, IsAsFastAloneAsTheTableSays) {
  const struct {
    double a;
    double speed[4], operations[4];
  } rows[] = {{0.6, {1.78, 1.92, 1.87, 1.77}, {1.55, 2.19, 2.92, 3.68}},
              {0.7, {1.99, 2.31, 2.35, 2.28}, {1.38, 1.82, 2.32, 2.85}},
              {0.8, {2.22, 2.80, 3.04, 3.09}, {1.24, 1.50, 1.79, 2.11}},
              {0.9, {2.46, 3.41, 4.01, 4.38}, {1.12, 1.23, 1.36, 1.49}}};
  for (const auto& row : rows)
    for (std::uint32_t i = 0; i < 4; ++i) {
      const std::uint32_t k = 2 * (i + 1);
      SchedulerConfig config{.max_batch = 1, .pages = 10'000};
      config.speculation = {.draft = k, .acceptance = row.a};
      Driver driver(config, held_up_by_memory(), in_turn(1, 100'000), {});
      const Tallies seen = driver.tallies();
      const double time = seconds_of(seen.busy - seen.prefill_only);
      const double speed = static_cast<double>(seen.decoded) * 10e-3 / time;
      const double operations =
          static_cast<double>(seen.verified) * (k * 1.0143 + 1) / static_cast<double>(seen.decoded);
      EXPECT_NEAR(speed, row.speed[i], 0.005 + 0.01 * row.speed[i]) << row.a << " " << k;
      EXPECT_NEAR(operations, row.operations[i], 0.005 + 0.01 * row.operations[i]);
    }
}

// Every pass by hand: the time of one request, to the last token.
TEST(ServingSpeculation, OneRequestIsItsPasses) {
  const PassCost cost{
      .token = 5e-4, .pair = 1e-7, .weights = 1e-3, .key = 1e-6, .launch_decode = 3e-4};
  SchedulerConfig config{.max_batch = 4, .pages = 1000};
  config.speculation = {.draft = 3, .acceptance = 0.6, .draft_time = 0.1};
  std::vector<Asked> asked = in_turn(1, 50);
  asked.front().request.prompt = 20;
  Driver driver(config, cost, asked);
  double time = 20 * 5e-4 + 1e-7 * 210;  // as long as the prompt takes
  for (std::uint32_t made = 1, context = 20; made < 50;) {
    const double keys = context + 1, pairs = 4 * context + 10;
    const double plain = std::max(5e-4 + 1e-7 * keys, 1e-3 + 1e-6 * keys) + 3e-4;
    time += std::max(4 * 5e-4 + 1e-7 * pairs, 1e-3 + 1e-6 * keys) + 3e-4 + 3 * 0.1 * plain;
    const std::uint32_t step =
        std::min(50 - made, 1 + accepted_of(*config.speculation, 0.6, 1000, made));
    made += step, context += step;
  }
  EXPECT_NEAR(seconds(*driver.done[0] - asked[0].at), time, 2e-9);
  EXPECT_EQ(driver.replica().gaps().count(), 49u);
}

// labs.md 4.4: 70 G parameters on four H100s, half of the peak: verification is held up by
// arithmetic from B (k + 1) = 148 on, and 128 sequences gain nothing. Contexts of about 1,100
// tokens, 1 ms beside each pass and c = 0.04 are what its figures go with.
TEST(ServingSpeculation, GainsLessTheMoreSequencesAPassHas) {
  const double rate = 4 * 989e12 * 0.5, bandwidth = 4 * 3.35e12;
  const PassCost cost{.token = 2 * 70.6e9 / rate,
                      .pair = 4 * 80 * 8192 / rate,
                      .weights = 141.2e9 / bandwidth,
                      .key = 327'680 / bandwidth,
                      .launch_decode = 1e-3};
  const auto speed = [&](int batch, bool drafts) {
    SchedulerConfig config{.max_tokens = 1'000'000, .pages = 100'000};
    if (drafts) config.speculation = {.draft = 4, .acceptance = 0.8, .draft_time = 0.04};
    std::vector<Asked> asked = in_turn(batch, 3000);
    for (Asked& one : asked) one.request.prompt = 1100;
    const double read = batch * 1100 * cost.token;
    Driver driver(config, cost, asked, Instant{} + from_seconds(2 + 1.1 * read));
    const Tallies seen = driver.tallies();
    return static_cast<double>(seen.decoded) / seconds_of(seen.busy - seen.prefill_only);
  };
  const auto gain = [&](int batch) { return speed(batch, true) / speed(batch, false); };
  EXPECT_NEAR(gain(1), 2.9, 0.2);
  EXPECT_NEAR(gain(8), 2.9, 0.1);
  EXPECT_NEAR(gain(24), 2.9, 0.1);
  EXPECT_NEAR(gain(64), 1.72, 0.04);
  EXPECT_NEAR(gain(128), 1.02, 0.03);
}

// Where each request has an acceptance of its own, speed is the harmonic mean: 256 tokens by
// Beta(8, 2) and Beta(2, 0.5), and what all alike would do. labs.md 4.4 says 2.75 and 2.64, and p99
// of the time a token 0.67, 1.00 and 0.41 of plain decoding.
TEST(ServingSpeculation, RequestsDifferByABetaLaw) {
  const struct {
    std::optional<double> concentration;
    double speed, p99;
  } rows[] = {{std::nullopt, 2.80, 0.41}, {10, 2.75, 0.67}, {2.5, 2.64, 1.00}};
  for (const auto& row : rows) {
    SchedulerConfig config{.max_batch = 1, .pages = 1000};
    config.speculation = {.concentration = row.concentration};
    constexpr int requests = 8000;
    Driver driver(config, held_up_by_memory(), in_turn(requests, 257));
    std::vector<double> times;
    double sum = 0, passes = 0;
    for (std::size_t i = 0; i < requests; ++i) {
      times.push_back(seconds(*driver.done[i] - *driver.first[i]) / 256 / 10e-3);
      sum += times.back();
      passes +=
          passes_until(*config.speculation, acceptance_of(*config.speculation, 1000 + i), 256);
    }
    std::nth_element(times.begin(), times.begin() + requests * 99 / 100, times.end());
    EXPECT_NEAR(requests / sum, row.speed, 0.03 * row.speed);
    EXPECT_NEAR(times[requests * 99 / 100], row.p99, 0.03 * row.p99);
    EXPECT_NEAR(sum, passes * 1.2 / 256, 0.002 * sum);
  }
}

// What is drawn for a request does not depend on who else is there.
TEST(ServingSpeculation, ABatchDoesNotChangeWhatIsAccepted) {
  SchedulerConfig config{.max_batch = 1, .pages = 10'000};
  config.speculation = {.acceptance = 0.7, .concentration = 5};
  Driver alone(config, held_up_by_memory(), in_turn(40, 300));
  config.max_batch = 40;
  Driver together(config, held_up_by_memory(), in_turn(40, 300));
  EXPECT_EQ(alone.tallies().accepted, together.tallies().accepted);
  EXPECT_EQ(alone.tallies().verified, together.tallies().verified);
  EXPECT_EQ(alone.tallies().decoded, 40 * 299);
}

}  // namespace
}  // namespace fleetsim::serving
