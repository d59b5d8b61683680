#include "sim/stream.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

#include "tests/sim/goodness.h"

namespace fleetsim {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Philox4x32-10 written again from the paper (Salmon et al., SC 2011, section 3.3).
Words philox(Words c, std::array<std::uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * c[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(p0)};
    k = {k[0] + 0x9E3779B9u, k[1] + 0xBB67AE85u};
  }
  return c;
}

std::vector<double> uniforms(Stream stream, std::size_t n) {
  std::vector<double> out(n);
  for (double& u : out) u = stream.uniform();
  return out;
}

TEST(Stream, TheReferenceGivesThePublishedVectors) {  // kat_vectors of Random123
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Stream, FirstWordsOfAllZeroAreThePublishedVector) {
  Stream stream(0, 0, 0, Stream::Mode::free);
  const std::uint64_t first = stream(), second = stream();
  EXPECT_EQ(first, 0x6627e8d5e169c58du);
  EXPECT_EQ(second, 0xbc57ac4c9b00dbd8u);
}

TEST(Stream, WordsAreThoseOfTheReferenceAtTheStatedCounter) {
  const std::uint64_t key = 0x299f31d0a4093822;
  Stream stream(key, 77, 123'456, Stream::Mode::free);
  for (std::uint32_t block = 0; block < 1000; ++block) {
    const Words words = philox({block, 0, 123'456, 77}, {0xa4093822, 0x299f31d0});
    ASSERT_EQ(stream(), std::uint64_t{words[0]} << 32 | words[1]) << block;
    ASSERT_EQ(stream(), std::uint64_t{words[2]} << 32 | words[3]) << block;
  }
}

TEST(Stream, UniformsFillTheUnitInterval) {
  std::vector<double> counts(256), expected(256, 1.0 / 256);
  const Chance chance{.seed = 3};
  for (const double u : uniforms(chance.stream("test"), 1'000'000)) {
    ASSERT_GT(u, 0);
    ASSERT_LT(u, 1);
    ++counts[static_cast<std::size_t>(u * 256)];
  }
  const double p = goodness::chi_square_p_value(counts, expected);
  EXPECT_GT(p, 1e-3);
  EXPECT_LT(p, 1 - 1e-3);  // too even is wrong, too
}

TEST(Stream, EachBitIsSetHalfOfTheTime) {
  const int n = 100'000;
  std::array<int, 64> ones{};
  Stream stream = Chance{.seed = 4}.stream("test");
  for (int i = 0; i < n; ++i) {
    const std::uint64_t word = stream();
    for (std::size_t bit = 0; bit < 64; ++bit) ones[bit] += static_cast<int>(word >> bit & 1);
  }
  for (const int count : ones) EXPECT_NEAR(count, n / 2, 4.5 * std::sqrt(n / 4.0));
}

TEST(Stream, AntitheticUniformsMirrorExactly) {
  const Chance plain{.seed = 5, .replication = 2, .mode = Stream::Mode::inversion};
  const Chance mirror{.seed = 5, .replication = 2, .mode = Stream::Mode::antithetic};
  const auto u = uniforms(plain.stream("x", 9), 10'000),
             v = uniforms(mirror.stream("x", 9), 10'000);
  for (std::size_t i = 0; i < u.size(); ++i) ASSERT_EQ(u[i] + v[i], 1);
}

TEST(Stream, DoNotDependOnEachOthersUse) {
  const Chance chance{.seed = 6};
  const auto alone = uniforms(chance.stream("a", 1), 100);
  Stream a = chance.stream("a", 1), b = chance.stream("a", 2), c = chance.stream("c", 1);
  for (std::size_t i = 0; i < alone.size(); ++i) {
    for (std::size_t j = 0; j < i % 3; ++j) b(), c();
    ASSERT_EQ(a.uniform(), alone[i]);
  }
}

TEST(Stream, NeighboursAreIndependent) {
  const std::size_t n = 100'000;
  const double bound = 4 / std::sqrt(static_cast<double>(n));
  const Chance chance{.seed = 7}, other_seed{.seed = 8}, next{.seed = 7, .replication = 1};
  const auto base = uniforms(chance.stream("service", 0), n);
  const Stream others[] = {chance.stream("service", 1), chance.stream("arrival", 0),
                           other_seed.stream("service", 0), next.stream("service", 0)};
  for (const Stream& other : others) {
    const auto sample = uniforms(other, n);
    EXPECT_LT(std::abs(goodness::correlation(base, sample)), bound);
    std::vector<double> cells(256), expected(256, 1.0 / 256);  // jointly, too
    for (std::size_t i = 0; i < n; ++i)
      ++cells[static_cast<std::size_t>(base[i] * 16) * 16 +
              static_cast<std::size_t>(sample[i] * 16)];
    EXPECT_GT(goodness::chi_square_p_value(cells, expected), 1e-3);
  }
  const std::vector<double> shifted(base.begin() + 1, base.end());
  EXPECT_LT(std::abs(goodness::correlation(std::span(base).first(n - 1), shifted)), bound);
}

TEST(Stream, FirstWordsOfManyStreamsLookLikeOneStream) {
  std::vector<double> counts(64), expected(64, 1.0 / 64);
  for (std::uint32_t replication = 0; replication < 100; ++replication)
    for (std::uint32_t entity = 0; entity < 1000; ++entity) {
      Stream stream = Chance{.seed = 1, .replication = replication}.stream("failure", entity);
      ++counts[static_cast<std::size_t>(stream.uniform() * 64)];
    }
  EXPECT_GT(goodness::chi_square_p_value(counts, expected), 1e-3);
}

TEST(Stream, NoTwoOfAGridAreEqual) {
  std::set<std::uint64_t> words;
  for (std::uint64_t seed = 0; seed < 30; ++seed)
    for (std::uint32_t replication = 0; replication < 30; ++replication)
      for (std::uint32_t entity = 0; entity < 10; ++entity)
        for (const char* purpose : {"a", "b", "service", "services"}) {
          Stream stream = Chance{.seed = seed, .replication = replication}.stream(purpose, entity);
          words.insert(stream());
        }
  EXPECT_EQ(words.size(), 30u * 30 * 10 * 4);
}

}  // namespace
}  // namespace fleetsim
