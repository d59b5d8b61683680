#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

#include "tests/support/public_traces.h"
#include "tests/support/temporary_folder.h"
#include "traces/csv_lines.h"
#include "traces/pass_table_file.h"
#include "traces/read_file.h"

namespace fleetsim {
namespace {

using serving::PassTable;
using serving::seconds_of;

std::string written(const testing_support::TemporaryFolder& folder, const std::string& text) {
  const std::string path = folder / "table.csv";
  std::ofstream(path) << text;
  return path;
}

TEST(PassTableFile, KnowsColumnsAndUnits) {
  const testing_support::TemporaryFolder folder;
  const std::string plain =
      written(folder,
              "gpu,tpot,batch,input_toks,ttft,watts\n"
              "a,30,1,100,50,7\na,50,1,100,70,8\na,40,1,100,60,9\nb,1,1,1,1,1\n");
  const auto some = read_pass_table(plain, "gpu=a");
  ASSERT_TRUE(some) << some.error().message;
  EXPECT_EQ(some->rows, 3u);
  EXPECT_NEAR(seconds_of(some->table.prefill(100, 1)), 0.06, 1e-15);
  EXPECT_NEAR(seconds_of(some->table.decode(100, 1).first), 0.04, 1e-15);
  const auto seconds =
      read_pass_table(written(folder, "tpot,batch,prompt,ttft (us)\n0.03,1,100,50\n"), "");
  ASSERT_TRUE(seconds) << seconds.error().message;
  EXPECT_NEAR(seconds_of(seconds->table.prefill(100, 1)), 5e-5, 1e-15);
  EXPECT_NEAR(seconds_of(seconds->table.decode(100, 1).first), 0.03, 1e-15);
}

TEST(PassTableFile, ComplaintsSayWhere) {
  const testing_support::TemporaryFolder folder;
  const auto complaint = [&](const std::string& text, const std::string& where = "") {
    const auto read = read_pass_table(written(folder, text), where);
    EXPECT_FALSE(read) << text;
    return read ? std::string() : read.error().message;
  };
  const std::string head = "gpu,tensor_parallel,prompt,batch,ttft,tpot\n";
  const std::pair<std::string, const char*> cases[] = {
      {complaint("prompt,ttft,tpot\n1,2,3\n"), ":1:1: no column with sequences; expected one call"},
      {complaint(head + "a,1,1.5,1,1,1\n"), ":2:5: found \"1.5\"; expected a whole number"},
      {complaint(head + "a,1,1,1,x,1\n"), ":2:9: found \"x\"; expected a time"},
      {complaint(head + "a,1,1,1,1\n"), "found 5 cells; expected 6"},
      {complaint(head + "a,1,1,1,1,1\nb,1,1,1,1,1\n"), "rows of \"a\", \"b\" in column \"gpu\""},
      {complaint(head + "a,1,1,1,1,1\na,2,1,1,1,1\n"), "column \"tensor_parallel\""},
      {complaint(head + "a,1,1,1,1,1\n", "gpu=c"),
       "no row where \"gpu=c\" counts; column \"gpu\" has \"a\""},
      {complaint(head + "a,1,1,1,1,1\n", "gpv=a"), "did you mean \"gpu\"?"},
      {complaint(head), "no row counts"},
      {complaint(head + "a,1,1,1,1,1\na,1,2,2,1,1\n"),
       "no row has prompts of 1 tokens in batches of 2"},
      {complaint("prompt,batch,ttft (kg),tpot\n1,1,1,1\n"), ":1:14: "}};
  for (const auto& [message, part] : cases)
    EXPECT_NE(message.find(part), std::string::npos) << message << "\n" << part;
}

// Rows of splitwise-sim that count, in seconds.
using Place = std::pair<double, double>;
std::map<Place, PassTable::Point> medians(const std::string& path, const std::string& model,
                                          const std::string& hardware, const std::string& tensor) {
  const auto bytes = read_file(path, 1u << 24);
  EXPECT_TRUE(bytes);
  std::map<Place, std::pair<std::vector<double>, std::vector<double>>> found;
  CsvLines lines(*bytes);
  lines.next();  // model,hardware,prompt,batch,token,peak,average,prompt_time,token_time,e2e,tensor
  while (lines.next()) {
    const auto& cells = lines.cells();
    if (cells[0].text != model || cells[1].text != hardware || cells[10].text != tensor) continue;
    const auto value = [&](std::size_t i) { return std::stod(std::string(cells[i].text)); };
    found[{value(2), value(3)}].first.push_back(value(7));
    found[{value(2), value(3)}].second.push_back(value(8));
  }
  std::map<Place, PassTable::Point> out;
  for (auto& [place, times] : found) {
    const auto median = [](std::vector<double>& x) {
      std::sort(x.begin(), x.end());
      return (x[(x.size() - 1) / 2] + x[x.size() / 2]) / 2 * 1e-3;
    };
    out[place] = {place.first, place.second, median(times.first), median(times.second)};
  }
  return out;
}

TEST(PassTableFile, IsExactAtWhatWasMeasured) {
  const std::string path = testing_support::public_trace("power/splitwise_llm_perf_power.csv");
  if (path.empty()) GTEST_SKIP() << testing_support::no_public_traces;
  double prefill_error = 0, decode_error = 0, prefill_sum = 0, decode_sum = 0;
  int held_out = 0;
  for (const auto& [model, hardware, tensor] : {std::tuple{"llama2-70b", "h100-80gb", "8"},
                                                {"llama2-70b", "a100-80gb", "4"},
                                                {"bloom-176b", "a100-80gb", "8"},
                                                {"llama2-70b", "h100-80gb-pcap", "2"}}) {
    const auto read =
        read_pass_table(path, std::string("model=") + model + ",hardware=" + hardware +
                                  ",tensor_parallel=" + tensor);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->rows, 105u);
    EXPECT_EQ(read->unit, 1e-3);
    const auto points = medians(path, model, hardware, tensor);
    EXPECT_EQ(points.size(), 13u);
    const auto whole = [](double x) { return static_cast<std::int64_t>(x); };
    for (const auto& [place, point] : points) {
      const std::int64_t batch = whole(place.second), tokens = whole(place.first) * batch;
      EXPECT_NEAR(seconds_of(read->table.prefill(tokens, batch)), point.prefill, 1e-13);
      EXPECT_NEAR(seconds_of(read->table.decode(tokens, batch).first), point.decode, 1e-13);
      // Without this point, from its neighbours.
      if (place == points.begin()->first || place.first == 8192 || place.second == 64 ||
          place == Place{512, 1})
        continue;
      std::vector<PassTable::Point> others;
      for (const auto& [other, kept] : points)
        if (other != place) others.push_back(kept);
      const auto without = PassTable::make(others);
      ASSERT_TRUE(without);
      const double prefill =
          std::abs(seconds_of(without->prefill(tokens, batch)) / point.prefill - 1);
      const double decode =
          std::abs(seconds_of(without->decode(tokens, batch).first) / point.decode - 1);
      prefill_error = std::max(prefill_error, prefill);
      decode_error = std::max(decode_error, decode);
      prefill_sum += prefill;
      decode_sum += decode;
      ++held_out;
    }
  }
  // Steps of two are long where times of prompts bend; tokens are met well.
  std::printf("held out: prompts off by %.1f %% (at most %.1f %%), tokens by %.1f %% (%.1f %%)\n",
              100 * prefill_sum / held_out, 100 * prefill_error, 100 * decode_sum / held_out,
              100 * decode_error);
  EXPECT_LT(prefill_sum / held_out, 0.25);
  EXPECT_LT(decode_sum / held_out, 0.05);
  EXPECT_LT(prefill_error, 0.65);
  EXPECT_LT(decode_error, 0.2);
}

// Between two points never above both or below both.
TEST(PassTableFile, StaysBetweenNeighbours) {
  const std::string path = testing_support::public_trace("power/splitwise_llm_perf_power.csv");
  if (path.empty()) GTEST_SKIP() << testing_support::no_public_traces;
  const auto read = read_pass_table(path, "model=llama2-70b,hardware=a100-80gb,tensor_parallel=8");
  ASSERT_TRUE(read);
  const PassTable& table = read->table;
  const double prompts[] = {128, 256, 512, 1024, 2048, 4096, 8192};
  for (std::size_t i = 0; i + 1 < std::size(prompts); ++i) {
    const auto low = static_cast<std::int64_t>(prompts[i]);
    const auto high = static_cast<std::int64_t>(prompts[i + 1]);
    double before = seconds_of(table.prefill(low, 1));
    const double step = seconds_of(table.prefill(high, 1)) - before;
    for (std::int64_t x = low + 1; x <= high; ++x) {
      const double now = seconds_of(table.prefill(x, 1));
      EXPECT_GE((now - before) * step, 0);
      before = now;
    }
  }
}

}  // namespace
}  // namespace fleetsim
