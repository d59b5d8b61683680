#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "tools/text_table.h"
#include "tools/zoo_select.h"

namespace fleetsim {
namespace {

using nlohmann::json;
using testing_support::fleetsim_says;
using testing_support::Outcome;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string line_with(const std::string& text, const std::string& start) {
  for (const std::string& line : lines_of(text))
    if (line.starts_with(start)) return line;
  return {};
}

TEST(ZooCommand, ListsKindsWithTheirNumbers) {
  const Outcome outcome = fleetsim_says("zoo");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(holds(line_with(outcome.out, "grids"), "12"));
  EXPECT_TRUE(holds(line_with(outcome.out, "literature"), "90"));
  const json kinds = json::parse(fleetsim_says("zoo --format json").out)["kinds"];
  for (const json& kind : kinds)
    EXPECT_EQ(fleetsim_says("zoo " + kind["kind"].get<std::string>()).status, 0) << kind;
}

TEST(ZooCommand, HelpEndsWithExamplesThatWork) {
  std::size_t examples = 0;
  for (const std::string& line : lines_of(fleetsim_says("zoo --help").out)) {
    if (!line.starts_with("  fleetsim zoo")) continue;
    ++examples;
    EXPECT_EQ(fleetsim_says(line.substr(std::string("  fleetsim ").size()) + " >/dev/null").status,
              0)
        << line;
  }
  EXPECT_EQ(examples, 2u);
}

TEST(ZooCommand, PrintsAnAlignedTable) {
  const Outcome outcome = fleetsim_says("zoo hardware");
  const std::vector<std::string> lines = lines_of(outcome.out);
  ASSERT_GT(lines.size(), 45u);
  const std::string h100 = line_with(outcome.out, "Cloud.H100 ");
  for (const char* cell : {"NVIDIA H100", "2022", "989 TFLOP/s", "80 GiB", "3.35 TB/s", "700 W"})
    EXPECT_TRUE(holds(h100, cell)) << cell << " in " << h100;
  // Columns of numbers end where their heads end.
  const std::size_t end = lines[0].find("memory_capacity") + std::string("memory_capacity").size();
  EXPECT_EQ(h100.substr(end - 6, 6), "80 GiB");
  EXPECT_TRUE(holds(line_with(outcome.out, "Cloud.V100*"), "NVIDIA V100"));
  EXPECT_TRUE(holds(outcome.out, "* Cloud.V100: a primary source differs, see Cloud.V100_data"));
}

TEST(ZooCommand, ShowsEveryFigureOfAnEntry) {
  const Outcome outcome = fleetsim_says("zoo hardware H100");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(holds(line_with(outcome.out, "memory_capacity"), "85.8993 GB  80 GiB"));
  EXPECT_TRUE(holds(line_with(outcome.out, "device link, one way"), "450 GB/s"));
  for (const char* part : {"NVIDIA H100 datasheet", "confidence: medium",
                           "old_values:", "unit_cost: 30000 $ (commit 034a583b"})
    EXPECT_TRUE(holds(outcome.out, part)) << part;
  const Outcome changed = fleetsim_says("zoo models DeepSeek_V3_config");
  EXPECT_TRUE(holds(line_with(changed.out, "layers"), "Language.DeepSeek_V3"));
  EXPECT_FALSE(holds(line_with(changed.out, "heads"), "Language.DeepSeek_V3"));
  EXPECT_TRUE(holds(fleetsim_says("zoo models DeepSeek_V3").out, "DeepSeek_V3_config has those"));
}

TEST(ZooCommand, JsonAndCsvHoldTheSameFigures) {
  const json entry = json::parse(fleetsim_says("zoo hardware H100 --format json").out);
  EXPECT_EQ(entry["id"], "Cloud.H100");
  EXPECT_EQ(entry["figures"]["tdp"]["value"], 700);
  EXPECT_EQ(entry["figures"]["tdp"]["unit"], "W");
  EXPECT_EQ(entry["figures"]["memory_capacity"]["as_written"], "80 GiB");
  EXPECT_EQ(entry["source"]["kind"], "datasheet");
  const json table = json::parse(fleetsim_says("zoo grids --format json").out);
  const std::vector<std::string> csv = lines_of(fleetsim_says("zoo grids --format csv").out);
  ASSERT_EQ(csv.size(), table["entries"].size() + 1);
  EXPECT_TRUE(csv[0].starts_with("id,name,carbon_intensity [g/kWh],pue,wue [L/kWh]"));
  for (std::size_t i = 0; i < table["entries"].size(); ++i) {
    const json& row = table["entries"][i];
    EXPECT_TRUE(csv[i + 1].starts_with(row["id"].get<std::string>() + ','));
    const auto carbon = row["figures"]["carbon_intensity"]["value"].get<double>();
    EXPECT_NEAR(std::stod(csv[i + 1].substr(csv[i + 1].find(',', csv[i + 1].find(',') + 1) + 1)),
                carbon, 1e-9 * carbon);
  }
}

TEST(ZooCommand, UserFilesAddAndOverride) {
  const testing_support::TemporaryFolder folder;
  testing_support::write_bytes(
      folder / "my.json",
      R"({"hardware": [{"id": "Cloud.Mine", "base": "H100", "memory_bandwidth": "4 TB/s"}]})");
  const std::string with = " --zoo " + (folder / "my.json");
  EXPECT_TRUE(holds(line_with(fleetsim_says("zoo hardware" + with).out, "Cloud.Mine"), "4 TB/s"));
  testing_support::write_bytes(folder / "my.json", "{\"hardware\": [\n{\"id\": 3}]}");
  const Outcome broken = fleetsim_says("zoo" + with + " 2>&1");
  EXPECT_EQ(broken.status, 2);
  EXPECT_TRUE(holds(broken.out, "my.json:2: ")) << broken.out;
}

struct Misuse {
  const char *arguments, *message;
};

TEST(ZooCommand, MisuseIsOneLineThatHelps) {
  const Misuse table[] = {
      {"hardwear", "did you mean \"hardware\"?"},
      {"H100", "but there is \"fleetsim zoo hardware Cloud.H100\""},
      {"hardware H1000", "did you mean"},
      {"tech L1", "Memory.L1 or Movement.L1"},
      {"hardware --sort peak_flop", "did you mean \"peak_flops\"?"},
      {"hardware --filter 'tpd<400 W'", "did you mean \"tdp\"?"},
      {"hardware --filter 'tdp<400'", "has no unit; expected a power"},
      {"hardware --filter 'tdp<400 kg'", "is a mass; expected a power"},
      {"--sort tdp", "need a KIND"},
      {"hardware H100 --sort tdp", "for tables"},
      {"hardware --zoo no_such.json", "there is no such file"},
      {"hardware --format yaml", "format"},
  };
  for (const Misuse& use : table) {
    const Outcome outcome = fleetsim_says(std::string("zoo ") + use.arguments + " 2>&1");
    EXPECT_EQ(outcome.status, 2) << use.arguments;
    EXPECT_TRUE(holds(outcome.out, use.message)) << use.arguments << ": " << outcome.out;
    EXPECT_EQ(lines_of(outcome.out).size(), 1u) << outcome.out;
  }
}

const Zoo& book() {
  static const Result<Zoo> zoo = load_zoo({});
  return *zoo;
}

const ZooKind& hardware() {
  return **zoo_kind("hardware");
}

ZooRows filtered(const std::string& filter) {
  ZooRows rows = book().of_kind(hardware());
  const Status status = filter_rows(rows, hardware(), filter);
  EXPECT_TRUE(status) << status.error().message;
  return rows;
}

TEST(ZooSelect, FiltersSplitWhatSaysSomething) {
  const std::size_t with_tdp = static_cast<std::size_t>(
      std::count_if(book().entries().begin(), book().entries().end(), [](const ZooEntry& entry) {
        return entry.kind == &hardware() && entry.find("tdp") != nullptr;
      }));
  for (const char* limit : {"400 W", "0.4 kW"}) {
    const auto count = [&](const char* sign) {
      return filtered(std::string("tdp") + sign + limit).size();
    };
    EXPECT_EQ(count("<") + count(">="), with_tdp);
    EXPECT_EQ(count("<=") + count(">"), with_tdp);
    EXPECT_EQ(count("=") + count("!="), with_tdp);
    EXPECT_EQ(count("<=") - count("<"), count("="));
    EXPECT_GE(count("="), 1u);  // the A100
  }
  for (const ZooEntry* entry : filtered("memory_capacity >= 100 GB"))
    EXPECT_GE(*entry->number("memory_capacity"), 100e9);
  ASSERT_EQ(filtered("id=cloud.h100").size(), 1u);
  for (const ZooEntry* entry : filtered("jetson"))
    EXPECT_TRUE(holds(entry->id, "Jetson")) << entry->id;
  EXPECT_EQ(filtered("jetson").size(), 3u);
}

TEST(ZooSelect, SortsEitherWayAndLeavesTheSilentLast) {
  for (const bool down : {false, true}) {
    ZooRows rows = book().of_kind(hardware());
    ASSERT_TRUE(sort_rows(rows, hardware(), down ? "unit_cost:desc" : "unit_cost"));
    ASSERT_EQ(rows.size(), book().of_kind(hardware()).size());
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const auto before = rows[i - 1]->number("unit_cost"), after = rows[i]->number("unit_cost");
      EXPECT_TRUE(before || !after) << rows[i]->id;
      if (before && after) {
        EXPECT_TRUE(down ? *before >= *after : *before <= *after) << rows[i]->id;
      }
    }
  }
  const auto columns = shown_columns(hardware(), "clock:desc", {"die_area>1 mm^2", "text"});
  EXPECT_EQ(std::count(columns.begin(), columns.end(), "clock"), 1);
  EXPECT_EQ(std::count(columns.begin(), columns.end(), "die_area"), 1);
  EXPECT_EQ(columns.size(), hardware().columns.size() + 2);
}

TEST(TextTable, AlignsByCharactersAndLeavesOutEmptyColumns) {
  TextTable table({"a", "empty", "n"}, {false, false, true});
  table.add({"x", "", "10 \u00b5s"});
  table.add({"yyy", "", "5 s"});
  EXPECT_EQ(table.text(), "a        n\nx    10 \u00b5s\nyyy    5 s\n");
  EXPECT_EQ(csv_line({"a", "b,c", "d\"e"}), "a,\"b,c\",\"d\"\"e\"\n");
}

}  // namespace
}  // namespace fleetsim
