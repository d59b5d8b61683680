#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

namespace fleetsim {
namespace {

using nlohmann::json;
using testing_support::fleetsim_says;
using testing_support::Outcome;
using testing_support::TemporaryFolder;
using testing_support::write_bytes;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class TraceCommand : public ::testing::Test {
 protected:
  // Runs in the folder, where t.csv has ten requests, one a second.
  TraceCommand() {
    std::string rows = "arrived_at,num_prefill_tokens,num_decode_tokens\n";
    for (int i = 0; i < 10; ++i) rows += fmt_row(i);
    write_bytes(folder_ / "t.csv", rows);
    write_bytes(folder_ / "bad.csv", rows + "8,5,5\n11,0,5\n12,5,5\n");
  }
  static std::string fmt_row(int i) {
    std::ostringstream row;
    row << i << ',' << 100 + i << ",7\n";
    return row.str();
  }
  std::string at(const std::string& name) const { return folder_ / name; }
  Outcome trace(const std::string& arguments) const {
    return fleetsim_says("trace " + arguments + " 2>&1");
  }
  json info(const std::string& name) const {
    const Outcome outcome = trace("info --format json " + at(name));
    EXPECT_EQ(outcome.status, 0) << outcome.out;
    return json::parse(outcome.out)["traces"][0];
  }

  TemporaryFolder folder_;
};

TEST_F(TraceCommand, InfoTellsFigures) {
  const json figures = info("t.csv");
  EXPECT_EQ(figures["format"], "Vidur");
  EXPECT_EQ(figures["requests"], 10);
  EXPECT_EQ(figures["span_s"], 9);
  EXPECT_EQ(figures["arrivals"]["gap_cv"], 0);
  EXPECT_EQ(figures["prompt_tokens"]["p50"], 104.5);
  EXPECT_EQ(figures["prompt_tokens"]["max"], 109);
  EXPECT_TRUE(figures["arrivals"]["dispersion_60s"].is_null());
  const Outcome text = trace("info " + at("t.csv"));
  EXPECT_EQ(text.status, 0);
  for (const char* part : {"t.csv: Vidur", "requests", "1.11/s", "104.5"})
    EXPECT_TRUE(holds(text.out, part)) << part << " in " << text.out;
}

TEST_F(TraceCommand, BadRowsEndItOrAreSkippedAsAsked) {
  const Outcome strict = trace("info " + at("bad.csv"));
  EXPECT_EQ(strict.status, 2);
  for (const char* part :
       {"bad.csv:12: found a time 1 s before", "bad.csv:13: found \"0\"",
        "2 of 13 rows are bad: 1 zero tokens, 1 time goes backwards", "--lenient skips them"})
    EXPECT_TRUE(holds(strict.out, part)) << part << " in " << strict.out;
  const Outcome lenient = trace("info --lenient " + at("bad.csv"));
  EXPECT_EQ(lenient.status, 0);
  EXPECT_TRUE(holds(lenient.out, "bad.csv:13: ")) << lenient.out;
  EXPECT_EQ(trace("convert " + at("bad.csv") + " -o " + at("no.pb")).status, 2);
  EXPECT_EQ(folder_.names().count("no.pb"), 0u);
}

TEST_F(TraceCommand, ChangesTraces) {
  EXPECT_EQ(trace("convert " + at("t.csv") + " -o " + at("a.pb")).status, 0);
  EXPECT_EQ(trace("convert " + at("a.pb") + " -o " + at("a.h5")).status, 0);
  json original = info("t.csv");
  for (const char* name : {"a.pb", "a.h5"}) {
    json copy = info(name);
    for (const char* own : {"file", "format"}) copy[own] = original[own];
    EXPECT_EQ(copy, original) << name;
  }
  EXPECT_EQ(trace("slice " + at("a.pb") + " --from '2 s' --to '5 s' -o " + at("s.csv")).status, 0);
  EXPECT_EQ(info("s.csv")["requests"], 3);
  EXPECT_EQ(trace("scale --speed 2 " + at("a.pb") + " -o " + at("f.pb")).status, 0);
  EXPECT_EQ(info("f.pb")["span_s"], 4.5);
  EXPECT_EQ(trace("scale --copies 5 " + at("a.pb") + " -o " + at("c.pb")).status, 0);
  EXPECT_EQ(info("c.pb")["requests"], 50);
  EXPECT_EQ(trace("scale " + at("a.pb") + ' ' + at("t.csv") + " -o " + at("m.pb")).status, 0);
  EXPECT_EQ(info("m.pb")["requests"], 20);
}

TEST_F(TraceCommand, InventsAndFits) {
  const Outcome made =
      trace("synth azure_conv --span '20 min' --rate '3 /s' --seed 5 -o " + at("y.pb"));
  EXPECT_EQ(made.status, 0) << made.out;
  EXPECT_NEAR(info("y.pb")["rate_per_s"].get<double>(), 3, 1);
  const Outcome fitted = trace("fit " + at("y.pb") + " -o " + at("y.textproto"));
  EXPECT_EQ(fitted.status, 0) << fitted.out;
  EXPECT_TRUE(holds(fitted.out, "dispersion in 10 s")) << fitted.out;
  EXPECT_EQ(trace("synth " + at("y.textproto") + " -o " + at("z.csv")).status, 0);
  EXPECT_EQ(
      trace("synth azure_conv --span '20 min' --rate '3 /s' --seed 5 -o " + at("w.pb")).status, 0);
  EXPECT_EQ(testing_support::read_bytes(at("w.pb")), testing_support::read_bytes(at("y.pb")));
}

TEST_F(TraceCommand, HelpPagesEndWithTwoExamples) {
  for (const char* name : {"", "info", "convert", "slice", "scale", "synth", "fit"}) {
    const std::string help = trace(std::string(name) + " --help").out;
    std::size_t examples = 0;
    for (std::size_t i = help.find("\n  fleetsim trace "); i != help.npos;
         i = help.find("\n  fleetsim trace ", i + 1))
      ++examples;
    EXPECT_EQ(examples, 2u) << name;
  }
}

TEST_F(TraceCommand, MisuseIsOneLineThatHelps) {
  const std::pair<std::string, const char*> table[] = {
      {"", "needs a command behind it"},
      {"inof t.csv", "no command \"trace inof\"; did you mean \"info\"?"},
      {"info " + at("t.csv") + " --lenent", "did you mean \"--lenient\"?"},
      {"info " + at("tt.csv"), "did you mean \"t.csv\"?"},
      {"info " + at("t.csv") + " --columns tim=a", "did you mean \"time\"?"},
      {"info " + at("t.csv") + " --spread '3 kg'", "is a mass; expected a time"},
      {"convert " + at("t.csv") + " -o x.txt", "expected one that ends in .pb"},
      {"slice " + at("t.csv") + " --from '5 s' --to '2 s' -o x.pb", "is not before"},
      {"synth azure_cnv -o x.pb", "did you mean \"azure_conv\"?"},
      {"synth azure_conv --rate '0 /s' -o x.pb", "expected more than 0"},
      {"fit " + at("t.csv") + " -o x.textproto", "a fit needs 100 or more"},
  };
  for (const auto& [arguments, message] : table) {
    const Outcome outcome = trace(arguments);
    EXPECT_EQ(outcome.status, 2) << arguments;
    EXPECT_TRUE(holds(outcome.out, message)) << arguments << ": " << outcome.out;
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1) << outcome.out;
  }
  EXPECT_EQ(trace("convert " + at("t.csv") + " -o " + at("none/x.pb")).status, 3);
}

}  // namespace
}  // namespace fleetsim
