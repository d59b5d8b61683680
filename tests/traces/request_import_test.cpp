#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zlib.h>

#include <fstream>

#include "tests/support/child.h"
#include "tests/support/public_traces.h"
#include "tests/support/temporary_folder.h"
#include "traces/requests/clock_text.h"
#include "traces/requests/open_requests.h"
#include "traces/requests/request_statistics.h"

namespace fleetsim::requests {
namespace {

using serving::RequestTrace;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

void write_gzip(const std::string& path, const std::string& bytes) {
  const gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
}

class RequestImport : public ::testing::Test {
 protected:
  RequestTrace good(const std::string& bytes, const ImportOptions& options = {}) {
    write_bytes(path_, bytes);
    return load(options);
  }
  RequestTrace load(const ImportOptions& options = {}) {
    auto open = open_requests(path_, options);
    EXPECT_TRUE(open) << open.error().message;
    if (!open) return {};
    auto trace = collect(*open->rows);
    EXPECT_TRUE(trace) << trace.error().message;
    report_ = *open->report;
    return trace ? *std::move(trace) : RequestTrace{};
  }
  // The message, behind the name of the file.
  std::string error(const std::string& bytes, const ImportOptions& options = {}) {
    write_bytes(path_, bytes);
    const auto trace = load_requests(path_, options);
    if (trace) return "read";
    EXPECT_EQ(trace.error().message.find(path_), 0u) << trace.error().message;
    return trace.error().message.substr(path_.size());
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "trace";
  ImportReport report_{};
};

std::vector<std::int64_t> times(const RequestTrace& trace) {
  std::vector<std::int64_t> out;
  for (const Instant t : trace.arrival) out.push_back(t.ns);
  return out;
}

using Times = std::vector<std::int64_t>;
using Tokens = std::vector<std::uint32_t>;

const char* const azure =
    "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
    "2030-01-31 23:59:59.6805900,374,44\r\n"
    "2030-02-01 00:00:00.9951690,396,109\r\n"
    "2030-02-01 00:00:00.9951691,7,1";

TEST_F(RequestImport, ReadsAzureToTheLastDigit) {
  const RequestTrace trace = good(azure);
  EXPECT_EQ(report_.format, "Azure LLM 2023/2024");
  EXPECT_EQ(times(trace), (Times{0, 1'314'579'000, 1'314'579'100}));
  EXPECT_EQ(trace.prompt, (Tokens{374, 396, 7}));
  EXPECT_EQ(trace.output, (Tokens{44, 109, 1}));
  EXPECT_TRUE(trace.session.empty());
  EXPECT_TRUE(trace.first_hash.empty());
  EXPECT_EQ(times(good("\xEF\xBB\xBF# told\nTIMESTAMP,ContextTokens,GeneratedTokens\n"
                       "2030-05-10 00:00:00.009930+00:00,1,2\n"
                       "2030-05-10 00:00:01+00:00,3,4\n\n"
                       "2030-05-10 02:00:02+02:00,3,4\n")),
            (Times{0, 990'070'000, 1'990'070'000}));
  good("TIMESTAMP,NumImages,ContextTokens,GeneratedTokens\n2030-10-15T12:00:00.269Z,3,770,491\n");
  EXPECT_EQ(report_.format, "Azure multimodal 2025");
  EXPECT_EQ(report_.notes.size(), 1u);
}

TEST_F(RequestImport, ReadsBurstGptByNamesOfColumns) {
  const RequestTrace plain = good(
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
      "7,A,472,18,490,API log\n46,A,10,0,10,API log\n119,B,417,276,693,Conversation log\n");
  EXPECT_EQ(report_.format, "BurstGPT");
  EXPECT_EQ(report_.failed, 1u);  // no answer: left out, but counted
  EXPECT_EQ(report_.rows, 3u);
  EXPECT_EQ(times(plain), (Times{0, 112'000'000'000}));
  const RequestTrace sessions = good(
      "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log "
      "Type\n"
      "7,chat-b,1.5,A,1,2,3,Conversation log\n8,,1,A,4,5,9,API log\n9.25,chat-a,1,A,4,5,9,x\n"
      "10,chat-b,2,A,6,7,13,x\n");
  EXPECT_EQ(sessions.session, (Tokens{1, 0, 2, 1}));
  EXPECT_EQ(sessions.prompt, (Tokens{1, 4, 4, 6}));
  EXPECT_EQ(times(sessions)[2], 2'250'000'000);
}

TEST_F(RequestImport, ReadsOtherSimulatorsTables) {
  const RequestTrace vidur = good(
      "arrived_at,num_prefill_tokens,num_decode_tokens\n0.0,374,44\n5.8926549999999995,91,16\n"
      "1.1e1,5,6\n");
  EXPECT_EQ(report_.format, "Vidur");
  EXPECT_EQ(times(vidur), (Times{0, 5'892'655'000, 11'000'000'000}));
  good(
      "request_id,request_type,application_id,arrival_timestamp,batch_size,prompt_size,"
      "token_size\n0,2,0,1,1,4096,32\n1,2,0,3,1,2048,8\n");
  EXPECT_EQ(report_.format, "splitwise-sim");
  const RequestTrace mine =
      good("x,when,in,out,who\n9,1500,3,4,bob\n9,2750.5,5,6,eve\n",
           {.columns = "time=when, prompt=in,output=out,session=who", .time_unit = "ms"});
  EXPECT_EQ(times(mine), (Times{0, 1'250'500'000}));
  EXPECT_EQ(mine.session, (Tokens{1, 2}));
}

TEST_F(RequestImport, ReadsJsonLines) {
  const RequestTrace mooncake = good(
      "{\"timestamp\": 1000, \"input_length\": 513, \"output_length\": 5, \"hash_ids\": [7, 9]}\n"
      "\n{\"timestamp\": 1500.25, \"input_length\": 3, \"output_length\": 6, \"hash_ids\": []}\r\n"
      "{\"timestamp\": 2000, \"input_length\": 4, \"output_length\": 6}");
  EXPECT_EQ(report_.format, "Mooncake");
  EXPECT_EQ(mooncake.block_tokens, 512u);
  EXPECT_EQ(mooncake.first_hash, (std::vector<std::uint64_t>{0, 2, 2, 2}));
  EXPECT_EQ(mooncake.hashes, (std::vector<std::uint64_t>{7, 9}));
  EXPECT_EQ(times(mooncake), (Times{0, 500'250'000, 1'000'000'000}));
  const RequestTrace qwen =
      good(R"({"chat_id": 11, "parent_chat_id": -1, "timestamp": 0.5, "input_length": 20,)"
           R"( "output_length": 9, "type": "text", "turn": 1, "hash_ids": [1, 2]})"
           "\n"
           R"({"chat_id": 12, "parent_chat_id": -1, "timestamp": 1, "input_length": 16,)"
           R"( "output_length": 9, "type": "text", "turn": 1, "hash_ids": [3]})"
           "\n"
           R"({"chat_id": 13, "parent_chat_id": 11, "timestamp": 2.125, "input_length": 40,)"
           R"( "output_length": 9, "type": "text", "turn": 2, "hash_ids": [1, 2, 4]})");
  EXPECT_EQ(report_.format, "Qwen-Bailian");
  EXPECT_EQ(qwen.block_tokens, 16u);
  EXPECT_EQ(qwen.session, (Tokens{1, 2, 1}));
  EXPECT_EQ(times(qwen), (Times{0, 500'000'000, 1'625'000'000}));
}

TEST_F(RequestImport, ChainsOfCallsInterleave) {
  const RequestTrace flat =
      good(R"({"input_toks":10,"output_toks":70,"arrival_time_ns":46926808,"input_tok_ids":[1,2]})"
           "\n"
           R"({"input_toks":22,"output_toks":104,"arrival_time_ns":347938952})");
  EXPECT_EQ(report_.format, "LLMServingSim");
  EXPECT_EQ(times(flat), (Times{0, 301'012'144}));
  const RequestTrace chained = good(R"({"session_id":"a","arrival_time_ns":100,"sub_requests":[)"
                                    R"({"input_toks":1,"output_toks":2,"tool_duration_ns":1000},)"
                                    R"({"input_toks":3,"output_toks":4,"tool_duration_ns":1000},)"
                                    R"({"input_toks":5,"output_toks":6,"tool_duration_ns":0}]})"
                                    "\n"
                                    R"({"session_id":"b","arrival_time_ns":500,"sub_requests":[)"
                                    R"({"input_toks":7,"output_toks":8,"tool_duration_ns":900},)"
                                    R"({"input_toks":9,"output_toks":9}]})");
  EXPECT_EQ(times(chained), (Times{0, 400, 1000, 1300, 2000}));
  EXPECT_EQ(chained.prompt, (Tokens{1, 7, 3, 9, 5}));
  EXPECT_EQ(chained.session, (Tokens{1, 2, 1, 2, 1}));
  EXPECT_EQ(report_.notes.size(), 1u);  // that answers take no time is said aloud
}

TEST_F(RequestImport, GzipIsTakenOffWhateverTheName) {
  const RequestTrace plain = good(azure);
  write_gzip(path_, azure);
  const RequestTrace packed = load();
  EXPECT_EQ(times(packed), times(plain));
  EXPECT_EQ(packed.prompt, plain.prompt);
  const std::string bytes = testing_support::read_bytes(path_);
  for (std::size_t size = 2; size < bytes.size(); size += 5)
    EXPECT_NE(error(bytes.substr(0, size)), "read") << size;
}

// Each kind of trouble once, in a known line.
TEST_F(RequestImport, BadRowsAreCountedNamedAndSkippedOnlyIfAsked) {
  const std::string rows =
      "TIMESTAMP,ContextTokens,GeneratedTokens\n"
      "2030-01-01 00:00:10,5,6\n"           // line 2: good
      "2030-01-01 00:00:09,5,6\n"           // 3: backwards
      "12.5,5,6\n"                          // 4: mixed units
      "2030-01-01 00:00:11,0,6\n"           // 5: zero
      "2030-01-01 00:00:11,5,-6\n"          // 6: negative
      "2030-01-01 00:00:11,5 k,6\n"         // 7: mixed units
      "2030-01-01 00:00:11,5\n"             // 8: unreadable
      "2030-01-01 00:00:11,x,6\n"           // 9: no number
      "2030-01-01 00:00:11,5,4294967296\n"  // 10: too large
      "2030-01-01 00:00:12,5,4294967295\n";
  const std::string message = error(rows);
  for (const char* part :
       {": 8 of 10 rows are bad", "2 mixed units", "1 time goes backwards", "1 zero tokens",
        "1 negative number", "1 unreadable", "1 not a number", "1 too many tokens",
        "in line 3: found a time 1 s before", "--lenient skips them"})
    EXPECT_NE(message.find(part), message.npos) << part << " in " << message;
  const RequestTrace kept = good(rows, {.lenient = true});
  EXPECT_EQ(kept.output, (Tokens{6, 4294967295}));
  EXPECT_EQ(report_.rows, 10u);
  EXPECT_EQ(report_.kept, 2u);
  EXPECT_EQ(report_.all_bad(), 8u);
  ASSERT_EQ(report_.first.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(report_.first[i].line, i + 3);
}

TEST_F(RequestImport, BadJsonRowsAreToldToo) {
  const std::string good_row =
      R"({"timestamp": 9, "input_length": 513, "output_length": 5, "hash_ids": [7, 9]})";
  const std::pair<const char*, Trouble> table[] = {
      {R"({"timestamp": 9, "input_length": 513)", Trouble::unreadable},
      {R"([1])", Trouble::unreadable},
      {R"({"timestamp": 9, "output_length": 5})", Trouble::unreadable},
      {R"({"timestamp": "9 s", "input_length": 5, "output_length": 5})", Trouble::mixed_units},
      {R"({"timestamp": null, "input_length": 5, "output_length": 5})", Trouble::no_number},
      {R"({"timestamp": 9, "input_length": 0, "output_length": 5})", Trouble::zero_tokens},
      {R"({"timestamp": 9, "input_length": 5, "output_length": -5})", Trouble::negative},
      {R"({"timestamp": -9, "input_length": 5, "output_length": 5})", Trouble::negative},
      {R"({"timestamp": 9, "input_length": 1.5, "output_length": 5})", Trouble::no_number},
      {R"({"timestamp": 9, "input_length": 1e12, "output_length": 5})", Trouble::too_large},
      {R"({"timestamp": 8, "input_length": 5, "output_length": 5})", Trouble::time_backwards},
      {R"({"timestamp": 9, "input_length": 5, "output_length": 5, "hash_ids": [1, 2]})",
       Trouble::wrong_hashes},
  };
  for (const auto& [row, trouble] : table) {
    good(good_row + "\n" + row + "\n", {.lenient = true});
    EXPECT_EQ(report_.bad[static_cast<std::size_t>(trouble)], 1u) << row;
    EXPECT_EQ(report_.all_bad(), 1u) << row;
    EXPECT_NE(error(good_row + "\n" + row + "\n").find("in line 2"), std::string::npos) << row;
  }
}

TEST_F(RequestImport, SaysWhatItCanNotRead) {
  const std::pair<std::string, const char*> table[] = {
      {"", ": is empty"},
      {"a,b\n1,2\n", "expected those of Azure"},
      {"{\"a\": 1}\n", "no request that is known"},
      {"[\n{}]\n", "no object"},
      {"TIMESTAMP,ContextTokens,GeneratedTokens\n", "holds no requests"},
      {std::string("TIMESTAMP\0,x\n", 13), "found the headings"},
      {std::string(17 << 20, 'x'), "longer than 16 MiB"},
  };
  for (const auto& [bytes, part] : table) {
    const std::string message = error(bytes);
    EXPECT_NE(message.find(part), message.npos) << part << " in " << message;
  }
  const std::pair<const char*, const char*> maps[] = {
      {"tim=a,prompt=b,output=c", "did you mean \"time\"?"},
      {"time=a,prompt=b", "names at least"},
      {"time=a,prompt=b,output=c", "no column is called \"c\""},
  };
  write_bytes(path_, "a,b,cc\n1,2,3\n");
  for (const auto& [map, part] : maps) {
    const auto trace = load_requests(path_, {.columns = map});
    ASSERT_FALSE(trace);
    EXPECT_NE(trace.error().message.find(part), std::string::npos) << trace.error().message;
  }
  EXPECT_FALSE(load_requests(path_, {.columns = "time=a,prompt=b,output=cc", .time_unit = "d"}));
  EXPECT_EQ(load_requests(folder_ / "none").error().kind, Error::Kind::input);
}

std::string batches(int ticks, int rows) {
  std::string out;
  for (int t = 0; t < ticks; ++t)
    for (int i = 0; i < rows; ++i)
      out += "{\"timestamp\": " + std::to_string(3000 * t) +
             ", \"input_length\": " + std::to_string(t * rows + i + 1) +
             ", \"output_length\": 1}\n";
  return out;
}

TEST_F(RequestImport, BatchesAreSpreadOverTheTick) {
  const RequestTrace spread = good(batches(400, 10));
  ASSERT_EQ(spread.size(), 4000u);
  EXPECT_EQ(report_.notes.size(), 1u);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < spread.size(); ++i) {
    EXPECT_EQ(spread.prompt[i], i + 1);  // its own order
    const double offset =
        seconds(spread.arrival[i] - Instant{}) - 3.0 * static_cast<double>(i / 10);
    ASSERT_GE(offset, 0);
    ASSERT_LT(offset, 3);
    sum += offset;
    squares += offset * offset;
  }
  // Uniform on 3 s: mean 1.5, variance 0.75; four standard errors.
  EXPECT_NEAR(sum / 4000, 1.5, 4 * std::sqrt(0.75 / 4000));
  EXPECT_NEAR(squares / 4000, 3, 0.2);
  EXPECT_TRUE(std::is_sorted(spread.arrival.begin(), spread.arrival.end()));
  EXPECT_EQ(times(good(batches(400, 10))), times(spread));
  EXPECT_NE(times(good(batches(400, 10), {.seed = 2})), times(spread));
  const RequestTrace raw = good(batches(400, 10), {.spread = false});
  EXPECT_EQ(raw.arrival[9], raw.arrival[0]);
  EXPECT_TRUE(report_.notes.empty());
  good(batches(400, 1));  // one at a time: a clock that is fine enough
  EXPECT_TRUE(report_.notes.empty());
}

TEST(ClockText, KeepsNanoseconds) {
  EXPECT_EQ(parse_count("1777142838.338653123", 1'000'000'000), 1'777'142'838'338'653'123);
  EXPECT_EQ(parse_count("12.5", 1'000'000), 12'500'000);
  EXPECT_EQ(parse_count("1e3", 1), 1000);
  EXPECT_EQ(parse_count("-2", 1), -2);
  for (const char* bad : {"", "x", "1x", "nan", "inf", "1e300", "1 2"})
    EXPECT_FALSE(parse_count(bad, 1)) << bad;
  ClockText clock;
  const auto first = clock.parse("2030-01-01 00:00:00.1234567");
  EXPECT_EQ(*clock.parse("2030-01-01 00:00:00.1234568") - *first, 100);
  EXPECT_EQ(*clock.parse("2030-01-01 01:00:00.1234567+01:00"), *first);
  for (const char* bad : {"", "2030-01-01 00:00:00.", "2030-01-01.5", "2030-01-01 00:00:00.1x"})
    EXPECT_FALSE(clock.parse(bad)) << bad;
}

long resident_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// Two million rows pass in memory that does not grow with them: columns would take 32 MiB.
TEST_F(RequestImport, LongTracesPassInBoundedMemory) {
  {
    std::ofstream file(path_);
    file << "arrived_at,num_prefill_tokens,num_decode_tokens\n";
    for (int i = 0; i < 2'000'000; ++i)
      file << i / 8 << '.' << i % 8 << ',' << 1 + i * 37 % 5000 << ',' << 1 + i % 1000 << '\n';
  }
  const int grown = testing_support::in_child([&] {
    const long before = resident_kib();
    const auto open = open_requests(path_);
    if (!open) return 100;
    const auto statistics = statistics_of(*open->rows);
    if (!statistics || statistics->arrivals().count() != 2'000'000) return 101;
    return static_cast<int>(std::min(99L, (resident_kib() - before) >> 10));
  });
  EXPECT_LE(grown, 12);  // MiB
}

}  // namespace
}  // namespace fleetsim::requests
