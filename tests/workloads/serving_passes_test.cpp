#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "sim/stream.h"
#include "workloads/serving/alone.h"
#include "workloads/serving/iteration_cost.h"

// What a pass costs where devices share it in other ways than by layers, and where it was measured.
namespace fleetsim::serving {
namespace {

// The mean of the most visits that a place gets, by playing it; `draw` fills the counts.
template <class Draw>
double played(int rounds, std::size_t places, Draw draw) {
  double sum = 0;
  std::vector<int> counts(places);
  for (int i = 0; i < rounds; ++i) {
    std::fill(counts.begin(), counts.end(), 0);
    draw(counts);
    sum += *std::max_element(counts.begin(), counts.end());
  }
  return sum / rounds;
}

TEST(ServingExperts, MostVisitsAreThoseOfAMultinomial) {
  for (const double n : {2.0, 3.0, 4.0})  // of two places: n/2 + E|2 X - n|/2, X binomial
    EXPECT_NEAR(expected_most(n, std::vector<double>{0.5, 0.5}),
                n == 2   ? 1.5
                : n == 3 ? 2.25
                         : 2.75,
                0.03);
  Stream stream = Chance{.seed = 5}.stream("test.most");
  for (const auto& [visits, places, skew] :
       {std::tuple{16, 8, 0.0}, {64, 8, 0.0}, {512, 8, 0.0}, {100, 32, 0.0}, {64, 4, 1.0}}) {
    std::vector<double> shares(static_cast<std::size_t>(places));
    for (std::size_t i = 0; i < shares.size(); ++i)
      shares[i] = std::pow(static_cast<double>(i + 1), -skew);
    const double all = std::accumulate(shares.begin(), shares.end(), 0.0);
    for (double& share : shares) share /= all;
    const double most = played(10000, shares.size(), [&, n = visits](std::vector<int>& counts) {
      for (int v = 0; v < n; ++v) {
        double left = stream.uniform();
        std::size_t j = 0;
        while (j + 1 < shares.size() && left >= shares[j]) left -= shares[j++];
        ++counts[j];
      }
    });
    EXPECT_NEAR(expected_most(visits, shares) / most, 1, 6e-3) << visits << ' ' << places;
  }
}

// k different experts a token, and the last to compute or to read, against playing it.
TEST(ServingExperts, LoadIsThatOfDifferentChoices) {
  Stream stream = Chance{.seed = 6}.stream("test.choices");
  for (const auto& [experts, chosen, devices] :
       {std::tuple{16, 2, 8}, {8, 2, 8}, {64, 8, 8}, {16, 16, 4}}) {
    const ExpertLoad load({.experts = experts, .chosen = chosen, .devices = devices});
    std::vector<int> all(static_cast<std::size_t>(experts));
    for (const int tokens : {1, 2, 8, 32, 200}) {
      double reads = 0;
      const int rounds = 100000 / tokens / experts + 300;
      const double most = played(
          rounds, static_cast<std::size_t>(devices),
          [&, k = chosen, e = devices](std::vector<int>& counts) {
            std::vector<int> read(counts.size());
            std::vector<bool> seen(all.size());
            for (int t = 0; t < tokens; ++t) {
              std::iota(all.begin(), all.end(), 0);
              for (std::size_t i = 0; i < static_cast<std::size_t>(k); ++i) {
                const double left = static_cast<double>(all.size() - i);
                std::swap(all[i], all[i + static_cast<std::size_t>(stream.uniform() * left)]);
                const auto j = static_cast<std::size_t>(all[i] % e);
                ++counts[j];
                if (!seen[static_cast<std::size_t>(all[i])]) ++read[j];
                seen[static_cast<std::size_t>(all[i])] = true;
              }
            }
            reads += *std::max_element(read.begin(), read.end());
          });
      const double mean = static_cast<double>(tokens) * chosen / devices;
      EXPECT_NEAR(load.busiest(tokens) * mean / most, 1, tokens < 8 ? 0.09 : 0.025)
          << experts << ' ' << tokens;
      EXPECT_NEAR(load.read(tokens) * experts / devices / (reads / rounds), 1,
                  tokens < 8 ? 0.11 : 0.025)
          << experts << ' ' << tokens;
    }
  }
}

TEST(ServingExperts, ArePopularByZipf) {
  const ExpertLoad even({.experts = 64, .chosen = 4, .devices = 8});
  EXPECT_NEAR(even.busiest(1 << 20), 1, 3e-3);
  EXPECT_NEAR(even.read(1 << 20), 1, 1e-12);
  // Device 0 has the experts 1, 9, 17, ...: with exponent 1/2 none is chosen for sure.
  const ExpertLoad skewed({.experts = 64, .chosen = 4, .devices = 8, .skew = 0.5});
  double own = 0, all = 0;
  for (int i = 1; i <= 64; ++i) {
    all += 1 / std::sqrt(i);
    if (i % 8 == 1) own += 1 / std::sqrt(i);
  }
  EXPECT_NEAR(skewed.busiest(1 << 20), 8 * own / all, 1e-4);
  EXPECT_GT(skewed.busiest(16), even.busiest(16));
  // So skewed that the first four are always chosen: four devices read one each.
  const ExpertLoad always({.experts = 64, .chosen = 4, .devices = 8, .skew = 10});
  EXPECT_NEAR(always.busiest(1 << 20), 2, 0.01);
  EXPECT_NEAR(always.read(1), 1.0 / 8, 1e-3);
}

PassCost costs() {
  return {.token = 1e-5,
          .pair = 1e-9,
          .weights = 4e-3,
          .key = 2e-8,
          .message = 3e-6,
          .sequence = 1e-6,
          .launch_decode = 8e-4,
          .launch_prefill = 1e-4};
}

double pass(const PassCost& cost, const Work& work) {
  return seconds_of(IterationCost(cost).pace(work).pass(0));
}

// One sequence takes the sum of the stages, and with one or more a stage all that is shared is cut.
TEST(ServingPipeline, StagesShareWhatComesInParts) {
  PassCost one = costs(), four = costs();
  four.stages = 4;
  const Work alone{.decodes = 1, .context = 5000};
  EXPECT_EQ(pass(one, alone), pass(four, alone));
  const Work prompt{.fresh = 3000, .pairs = 3000 * 3001 / 2, .pieces = 1};
  EXPECT_EQ(pass(one, prompt), pass(four, prompt));
  const Work many{.decodes = 800, .context = 800 * 2000};
  const double arithmetic = (800 * 1e-5 + 1.6e6 * 1e-9) / 4, memory = 4e-3 + 1.6e6 * 2e-8 / 4;
  EXPECT_NEAR(pass(four, many), std::max(arithmetic, memory) + 800 * 3e-6 / 4 + 800 * 1e-6 + 8e-4,
              1e-15);
  // Two sequences fill two of the stages, and four prompts all.
  EXPECT_NEAR(pass(four, {.decodes = 2, .context = 2'000'000}),
              4e-3 + 1e6 * 2e-8 + 3e-6 + 2e-6 + 8e-4, 1e-15);
  EXPECT_NEAR(pass(four, {.fresh = 8000, .pairs = 4, .pieces = 4}), 2000 * 1e-5 + 6e-3 + 1e-4,
              2e-9);
}

// Rows stay exact: the sum of passes is that of each by itself.
TEST(ServingPipeline, RowsAreThoseOfSinglePasses) {
  PassCost cost = costs();
  for (const std::int64_t stages : {1, 3, 7}) {
    cost.stages = stages;
    const IterationCost iteration(cost);
    Fine sum = 0;
    for (std::int64_t k = 0; k < 500; ++k)
      sum += iteration.pace({.decodes = 11, .context = 1'000'000 + 11 * k}).pass(0);
    EXPECT_TRUE(iteration.pace({.decodes = 11, .context = 1'000'000}).passes(500) == sum);
  }
}

TEST(ServingPipeline, KeysAreTheirShareOfAPass) {
  const IterationCost iteration(costs());
  const Pace pace = iteration.pace({.decodes = 32, .context = 32 * 4000});
  double keys = 0;
  for (int k = 0; k < 100; ++k) keys += 32 * (4000 + k) * 2e-8;
  EXPECT_NEAR(seconds_of(pace.keys_read(100)), keys, 1e-12);
}

PassTable table() {
  std::vector<PassTable::Point> points;
  for (const double prompt : {100.0, 200.0, 400.0})
    for (const double batch : {1.0, 4.0, 16.0})
      points.push_back({prompt, batch, 1e-4 * prompt * batch, 0.02 + 1e-7 * prompt * batch});
  auto made = PassTable::make(points);
  EXPECT_TRUE(made);
  return *made;
}

// A bilinear function is its own interpolation, inside and, as it rises, outside.
TEST(ServingTable, IsBilinear) {
  const PassTable measured = table();
  for (const double prompt : {20.0, 100.0, 150.0, 399.0, 400.0, 3000.0})
    for (const std::int64_t batch : {1, 2, 4, 10, 16, 100}) {
      const auto context = static_cast<std::int64_t>(prompt) * batch;
      const double tokens = prompt * static_cast<double>(batch);
      EXPECT_NEAR(seconds_of(measured.prefill(context, batch)), 1e-4 * tokens, 1e-12);
      EXPECT_NEAR(seconds_of(measured.decode(context, batch).first), 0.02 + 1e-7 * tokens, 1e-12);
    }
}

TEST(ServingTable, HoldsUpToTheNextPoint) {
  const PassTable measured = table();
  Fine sum = 0;
  for (std::int64_t k = 0; k < 700; ++k) sum += measured.decode(3 * (50 + k) + 1, 3).first;
  Fine rows = 0;
  int parts = 0;
  for (std::int64_t k = 0; k < 700; ++parts) {
    const PassTable::Decode row = measured.decode(3 * (50 + k) + 1, 3);
    const std::int64_t n = std::min(row.holds, 700 - k);
    ASSERT_GT(n, 0);
    rows += n * row.first + row.step * (Fine{n} * (n - 1) / 2);
    k += n;
  }
  EXPECT_TRUE(rows == sum);
  EXPECT_EQ(parts, 4);
  GroupConfig group;
  group.cost.table = std::make_shared<const PassTable>(table());
  const Alone seen = alone(group, 50, 701);
  EXPECT_NEAR(seen.ttft, 5e-3, 1e-12);
  EXPECT_NEAR(seen.e2e - seen.ttft, 700 * 0.02 + 1e-7 * (700 * 51 + 700.0 * 699 / 2), 1e-9);
}

// What falls goes on as it was, and never below 0; a cross of points is made full.
TEST(ServingTable, GoesOnWithSense) {
  const auto falling = PassTable::make({{100, 1, 0.2, 0.03}, {200, 1, 0.1, 0.02}});
  ASSERT_TRUE(falling);
  EXPECT_NEAR(seconds_of(falling->prefill(1000, 1)), 0.1, 1e-12);
  EXPECT_NEAR(seconds_of(falling->prefill(1, 1)), 0.2, 1e-12);
  EXPECT_NEAR(seconds_of(falling->decode(5000, 1).first), 0.02, 1e-12);
  const auto steep = PassTable::make({{100, 1, 0.1, 0.01}, {200, 1, 0.9, 0.09}});
  EXPECT_NEAR(seconds_of(steep->prefill(10, 1)), 0.01, 1e-12);
  EXPECT_NEAR(seconds_of(steep->decode(50, 1).first), 0.005, 1e-12);
  const auto cross = PassTable::make({{100, 1, 0.1, 0.02},
                                      {200, 1, 0.2, 0.021},
                                      {100, 4, 0.4, 0.03},
                                      {100, 4, 0.6, 0.05},
                                      {100, 4, 0.5, 0.04}});
  ASSERT_TRUE(cross);
  EXPECT_NEAR(seconds_of(cross->prefill(400, 4)), 0.5, 1e-12);  // the median
  EXPECT_NEAR(seconds_of(cross->prefill(800, 4)), 1.1, 1e-12);  // 800 tokens: 0.2, 0.5, straight on
  EXPECT_NEAR(seconds_of(cross->decode(800, 4).first), 0.041, 1e-12);
  EXPECT_FALSE(PassTable::make({{100, 1, 0.1, 0.02}, {200, 4, 0.2, 0.03}}));
}

}  // namespace
}  // namespace fleetsim::serving
