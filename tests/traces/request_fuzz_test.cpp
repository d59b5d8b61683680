#include <gtest/gtest.h>

#include "sim/stream.h"
#include "tests/support/temporary_folder.h"
#include "traces/requests/open_requests.h"
#include "traces/requests/synth_recipe.h"

namespace fleetsim::requests {
namespace {

using testing_support::TemporaryFolder;
using testing_support::write_bytes;

const char* const seeds[] = {
    "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2030-11-16 18:15:46.6805900,374,44\r\n"
    "2030-11-16 18:15:50.9951690,396,109\r\n2030-11-16 18:15:51+00:00,1,1",
    "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
    "7,b,1.5,A,1,2,3,x\n8,,1,A,4,0,9,y\n9,a,1,A,4,5,9,x\n",
    "arrived_at,num_prefill_tokens,num_decode_tokens\n0.0,374,44\n1e1,91,16\n12.25,3,4\n",
    "{\"timestamp\": 0, \"input_length\": 6758, \"output_length\": 500, \"hash_ids\": [0, 1]}\n"
    "{\"timestamp\": 30, \"input_length\": 8, \"output_length\": 50, \"hash_ids\": [0]}\n",
    "{\"chat_id\": 1, \"parent_chat_id\": -1, \"timestamp\": 0.5, \"input_length\": 20, "
    "\"output_length\": 9, \"hash_ids\": [1, 2]}\n{\"chat_id\": 2, \"parent_chat_id\": 1, "
    "\"timestamp\": 0.5, \"input_length\": 20, \"output_length\": 9, \"hash_ids\": [1, 2]}\n",
    "{\"session_id\":\"a\",\"arrival_time_ns\":100,\"sub_requests\":[{\"input_toks\":1,"
    "\"output_toks\":2,\"tool_duration_ns\":9},{\"input_toks\":3,\"output_toks\":4}]}\n",
};
const std::string pieces[] = {
    std::string(1, '\0'),
    "\r\n",
    "\n\n",
    "\xEF\xBB\xBF",
    ",",
    ",,,,",
    "\"",
    "-1",
    "0",
    "1e308",
    "99999999999999999999999",
    "NaN",
    "-inf",
    "{",
    "}",
    "[[[[",
    "null",
    "\xFF\xFE",
    "#",
    " ms",
    std::string(5000, '9'),
    std::string(70'000, 'x'),
    std::string(2000, '['),
    "2030-02-30 25:61:61",
};

std::string mutated(std::string text, Stream& stream) {
  for (std::uint64_t i = 1 + stream() % 3; i > 0; --i) {
    const std::size_t at = stream() % (text.size() + 1);
    switch (stream() % 4) {
      case 0:
        text.resize(at);
        break;
      case 1:
        text.insert(at, pieces[stream() % std::size(pieces)]);
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(stream());
        break;
      default:
        text.erase(at, stream() % 9);
    }
  }
  return text;
}

// Whatever the bytes: every row is kept, left out or bad, and what is kept is a sound trace.
void expect_sound(const std::string& path, const ImportOptions& options) {
  const auto open = open_requests(path, options);
  if (!open) {
    EXPECT_FALSE(open.error().message.empty());
    EXPECT_EQ(open.error().message.find('\0'), std::string::npos);
    return;
  }
  const auto trace = collect(*open->rows);
  const ImportReport& report = *open->report;
  EXPECT_EQ(report.rows, report.kept + report.failed + report.all_bad());
  if (!options.lenient) {
    EXPECT_EQ(bool(trace), report.all_bad() == 0 && report.kept > 0);
  }
  if (!trace) return;
  EXPECT_EQ(trace->size(), report.kept);
  for (std::size_t i = 0; i < trace->size(); ++i) {
    EXPECT_GE(trace->prompt[i], 1u);
    EXPECT_GE(trace->output[i], 1u);
    EXPECT_GE(trace->arrival[i], i == 0 ? Instant{} : trace->arrival[i - 1]);
    if (trace->block_tokens > 0) {
      EXPECT_LE(trace->hashes_of(i).size() * trace->block_tokens,
                std::uint64_t{trace->prompt[i]} + trace->block_tokens - 1);
    }
  }
}

TEST(RequestFuzz, AnyBytesAreATraceOrAnError) {
  const TemporaryFolder folder;
  Stream stream = Chance{.seed = 11}.stream("fuzz");
  for (int i = 0; i < 3000; ++i) {
    write_bytes(folder / "t", mutated(seeds[stream() % std::size(seeds)], stream));
    expect_sound(folder / "t", {.lenient = i % 2 == 0});
  }
  for (int i = 0; i < 300; ++i) {
    std::string noise(stream() % 300, ' ');
    for (char& c : noise) c = static_cast<char>(stream());
    write_bytes(folder / "t", (i % 3 == 0 ? "\x1F\x8B" : i % 3 == 1 ? "" : seeds[2]) + noise);
    expect_sound(folder / "t", {.lenient = true});
  }
}

TEST(RequestFuzz, AnyTextIsARecipeOrAnError) {
  const auto twin = twin_recipe("mooncake");
  ASSERT_TRUE(twin);
  const std::string text = recipe_text(*twin);
  Stream stream = Chance{.seed = 12}.stream("fuzz");
  std::size_t read = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto recipe = parse_recipe(mutated(text, stream), "fuzz");
    if (recipe) ++read;
  }
  EXPECT_GT(read, 0u);
  EXPECT_LT(read, 1000u);
}

}  // namespace
}  // namespace fleetsim::requests
