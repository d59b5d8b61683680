#include "traces/results_csv.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>

#include "tests/support/sample_results.h"

namespace fleetsim {
namespace {

using testing_support::sample_results;
using Rows = std::vector<std::vector<std::string>>;

// A reader of RFC 4180 as its grammar says: what any other program would see.
Rows read_csv(const std::string& csv) {
  Rows rows(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const bool doubled = quoted && csv[i] == '"' && i + 1 < csv.size() && csv[i + 1] == '"';
    if (doubled) {
      rows.back().back() += csv[++i];
    } else if (csv[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && csv[i] == ',') {
      rows.back().emplace_back();
    } else if (!quoted && csv[i] == '\n') {
      rows.push_back({""});
    } else {
      rows.back().back() += csv[i];
    }
  }
  rows.pop_back();  // what follows the last line's end
  return rows;
}

void expect_same_bits(const std::string& cell, double number) {
  char* end = nullptr;
  const double read = std::strtod(cell.c_str(), &end);
  EXPECT_EQ(*end, '\0') << cell;
  EXPECT_EQ(std::bit_cast<std::uint64_t>(read), std::bit_cast<std::uint64_t>(number)) << cell;
}

TEST(ResultsCsv, EachMetricIsARow) {
  const Results r = sample_results();
  const Rows rows = read_csv(results_csv(r));
  ASSERT_EQ(rows.size(), 1 + r.metrics.size());
  EXPECT_EQ(rows[0], (std::vector<std::string>{"metric", "unit", "mean", "ci_low", "ci_high",
                                               "closed_form", "formula", "agrees", "note"}));
  for (std::size_t i = 0; i < 2; ++i) {
    const MetricResult& m = r.metrics[i];
    const std::vector<std::string>& row = rows[i + 1];
    ASSERT_EQ(row.size(), 9u);
    EXPECT_EQ(row[0], m.spec.name);
    EXPECT_EQ(row[1], m.spec.unit);
    expect_same_bits(row[2], m.estimate.mean);
    expect_same_bits(row[3], m.estimate.low);
    expect_same_bits(row[4], m.estimate.high);
    expect_same_bits(row[5], *m.closed_form);
    EXPECT_EQ(row[6], m.formula);
    EXPECT_EQ(row[7], *m.agrees ? "true" : "false");
    EXPECT_EQ(row[8], m.note);
  }
}

TEST(ResultsCsv, WhatIsMissingIsEmpty) {
  const Results r = sample_results();
  EXPECT_EQ(read_csv(results_csv(r))[3], (std::vector<std::string>{"queue.length", "1", "", "", "",
                                                                   "", "", "", r.metrics[2].note}));
}

TEST(ResultsCsv, OnlyCellsThatNeedItAreQuoted) {
  Results r;
  r.metrics = {{.spec = {"a.b", "s"}, .estimate = {.mean = 0.1}, .note = "say \"no\""},
               {.spec = {"a.c", "s"}, .estimate = {.mean = 2}, .note = "one, two"},
               {.spec = {"a.d", "s"}, .estimate = {.mean = 3}, .note = "plain words"}};
  const std::string csv = results_csv(r);
  EXPECT_EQ(csv.substr(csv.find('\n') + 1),
            "a.b,s,0.1,0,0,,,,\"say \"\"no\"\"\"\n"
            "a.c,s,2,0,0,,,,\"one, two\"\n"
            "a.d,s,3,0,0,,,,plain words\n");
}

}  // namespace
}  // namespace fleetsim
