#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "sim/stream.h"
#include "tests/support/temporary_folder.h"
#include "traces/requests/change_requests.h"
#include "traces/requests/open_requests.h"
#include "traces/requests/request_statistics.h"
#include "traces/requests/write_requests.h"

namespace fleetsim::requests {
namespace {

using serving::RequestTrace;
using testing_support::read_bytes;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

// Bursts, sessions, hashes that repeat and some that use all 64 bits.
RequestTrace sample(std::size_t size, bool hashed = true) {
  Stream stream = Chance{.seed = 8}.stream("test");
  RequestTrace out;
  out.block_tokens = hashed ? 16 : 0;
  if (hashed) out.first_hash.push_back(0);
  std::int64_t now = 0;
  for (std::size_t i = 0; i < size; ++i) {
    out.arrival.push_back({now});
    now += i % 10 < 3 ? 0 : static_cast<std::int64_t>(stream() % 2'000'000'000);
    out.prompt.push_back(static_cast<std::uint32_t>(1 + stream() % 100));
    out.output.push_back(static_cast<std::uint32_t>(1 + stream() % 1000));
    out.session.push_back(static_cast<std::uint32_t>(stream() % 50));
    if (!hashed) continue;
    for (std::uint32_t block = 0; 16 * block < out.prompt.back(); ++block)
      out.hashes.push_back(i % 7 == 0 ? stream() : 100 * (i % 13) + block);
    out.first_hash.push_back(out.hashes.size());
  }
  return out;
}

Rows rows_of(const RequestTrace& trace) {
  return rotated(std::make_shared<const RequestTrace>(trace), 0_s);
}

void expect_same(const RequestTrace& a, const RequestTrace& b) {
  EXPECT_EQ(a.arrival, b.arrival);
  EXPECT_EQ(a.prompt, b.prompt);
  EXPECT_EQ(a.output, b.output);
  EXPECT_EQ(a.session, b.session);
  EXPECT_EQ(a.block_tokens, b.block_tokens);
  EXPECT_EQ(a.first_hash, b.first_hash);
  EXPECT_EQ(a.hashes, b.hashes);
}

RequestTrace taken(Rows rows) {
  auto trace = collect(*rows);
  EXPECT_TRUE(trace);
  return trace ? *std::move(trace) : RequestTrace{};
}

TEST(RequestForms, GoThereAndBackUnchanged) {
  const TemporaryFolder folder;
  for (const bool hashed : {true, false}) {
    const RequestTrace trace = sample(40'000, hashed);  // several blocks of the compact form
    for (const char* name : {"a.pb", "a.h5", "a.csv"}) {
      const auto written = write_requests(folder / name, *rows_of(trace));
      ASSERT_TRUE(written) << written.error().message;
      EXPECT_EQ(written->requests, 40'000u);
      EXPECT_EQ(written->span, trace.arrival.back() - trace.arrival.front());
      EXPECT_EQ(written->lost_hashes, hashed && std::string(name) == "a.csv");
      const auto back = load_requests(folder / name, {.spread = false});
      ASSERT_TRUE(back) << back.error().message;
      if (std::string(name) != "a.csv") {
        expect_same(*back, trace);
        continue;
      }
      EXPECT_EQ(back->arrival, trace.arrival);
      EXPECT_EQ(back->prompt, trace.prompt);
      EXPECT_EQ(std::count(back->session.begin(), back->session.end(), 0u),
                std::count(trace.session.begin(), trace.session.end(), 0u));
    }
  }
  for (const std::size_t size : {std::size_t{1}, std::size_t{3}, std::size_t{5000}}) {
    ASSERT_TRUE(write_requests(folder / "s.pb", *rows_of(sample(size))));
    const auto back = load_requests(folder / "s.pb", {.spread = false});
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->size(), size);
  }
  EXPECT_FALSE(write_requests(folder / "a.txt", *rows_of(sample(3))));
  EXPECT_EQ(write_requests(folder / "no/a.pb", *rows_of(sample(3))).error().kind,
            Error::Kind::environment);
}

TEST(RequestForms, CompactFilesAreSmallAndWholeOrRefused) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_requests(folder / "a.pb", *rows_of(sample(20'000, false))));
  const std::string bytes = read_bytes(folder / "a.pb");
  EXPECT_LT(bytes.size(), 10u * 20'000);
  for (std::size_t size = 1; size < bytes.size(); size += 1 + bytes.size() / 97) {
    write_bytes(folder / "cut.pb", bytes.substr(0, size));
    EXPECT_FALSE(load_requests(folder / "cut.pb")) << size;
  }
  Stream stream = Chance{.seed = 2}.stream("test");
  for (int i = 0; i < 300; ++i) {  // what is changed is refused, or is a trace that holds together
    std::string broken = bytes.substr(0, 2000);
    broken[stream() % broken.size()] = static_cast<char>(stream());
    write_bytes(folder / "bad.pb", broken);
    EXPECT_FALSE(load_requests(folder / "bad.pb"));
  }
}

TEST(RequestChanges, SlicesAreAPartition) {
  const RequestTrace trace = sample(5000);
  const Duration middle{trace.arrival[2000].ns};
  const RequestTrace first = taken(slice(rows_of(trace), 0_s, middle)),
                     second = taken(slice(rows_of(trace), middle, longest_duration));
  EXPECT_EQ(first.size() + second.size(), trace.size());
  EXPECT_EQ(second.arrival.front(), Instant{});
  for (std::size_t i = 0; i < second.size(); ++i) {
    EXPECT_EQ(second.arrival[i] + middle, trace.arrival[first.size() + i]);
    EXPECT_EQ(second.prompt[i], trace.prompt[first.size() + i]);
  }
  EXPECT_LT(first.arrival.back(), Instant{} + middle);
}

TEST(RequestChanges, SpeedStretchesTimeAndThinningKeepsAShare) {
  const RequestTrace trace = sample(20'000);
  const RequestTrace fast = taken(speed_up(rows_of(trace), 4));
  for (std::size_t i = 0; i < trace.size(); i += 100)
    EXPECT_NEAR(static_cast<double>(fast.arrival[i].ns),
                static_cast<double>(trace.arrival[i].ns) / 4, 0.51);
  const RequestTrace thinned = taken(thin(rows_of(trace), 0.3, 5));
  EXPECT_NEAR(static_cast<double>(thinned.size()), 6000, 4 * std::sqrt(20'000 * 0.3 * 0.7));
  expect_same(taken(thin(rows_of(trace), 1, 5)), trace);
  EXPECT_EQ(taken(thin(rows_of(trace), 0, 5)).size(), 0u);
}

TEST(RequestChanges, SuperposedTracesKeepAllAndMixNothing) {
  const RequestTrace a = sample(3000), b = sample(1000);
  std::vector<Rows> sources;
  sources.push_back(rows_of(a));
  sources.push_back(rows_of(b));
  auto both = superpose(std::move(sources));
  ASSERT_TRUE(both);
  const RequestTrace all = taken(*std::move(both));
  EXPECT_EQ(all.size(), 4000u);
  EXPECT_TRUE(std::is_sorted(all.arrival.begin(), all.arrival.end()));
  std::multiset<std::uint32_t> prompts(all.prompt.begin(), all.prompt.end()), wanted;
  for (const RequestTrace* of : {&a, &b}) wanted.insert(of->prompt.begin(), of->prompt.end());
  EXPECT_EQ(prompts, wanted);
  const auto different = [](const RequestTrace& of) {
    std::set<std::uint32_t> out(of.session.begin(), of.session.end());
    out.erase(0);
    return out.size();
  };
  EXPECT_EQ(different(all), different(a) + different(b));
  const auto hashes = [](const RequestTrace& of) {
    return std::set<std::uint64_t>(of.hashes.begin(), of.hashes.end()).size();
  };
  EXPECT_EQ(hashes(all), hashes(a) + hashes(b));
  RequestTrace other = sample(10);
  other.block_tokens = 512;
  std::vector<Rows> unlike;
  unlike.push_back(rows_of(a));
  unlike.push_back(rows_of(other));
  EXPECT_FALSE(superpose(std::move(unlike)));
}

TEST(RequestChanges, ARotatedTraceIsTheSameRequests) {
  const auto trace = std::make_shared<const RequestTrace>(sample(1000));
  const Duration start = trace->arrival[400] - Instant{};
  const RequestTrace turned = taken(rotated(trace, start));
  ASSERT_EQ(turned.size(), trace->size());
  EXPECT_TRUE(std::is_sorted(turned.arrival.begin(), turned.arrival.end()));
  EXPECT_EQ(turned.arrival.front(), Instant{});
  std::multiset<std::uint32_t> a(turned.output.begin(), turned.output.end()),
      b(trace->output.begin(), trace->output.end());
  EXPECT_EQ(a, b);
  const Duration gap = {(trace->arrival.back() - trace->arrival.front()).ns / 999};
  EXPECT_EQ(turned.arrival[999 - 400 + 400] - turned.arrival[0] < trace->arrival[999] - Instant{},
            true);
  EXPECT_LE(turned.arrival.back() - Instant{}, trace->arrival.back() - Instant{} + gap);
}

}  // namespace
}  // namespace fleetsim::requests
