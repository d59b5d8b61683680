#include "traces/sweep_hdf5.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/sample_results.h"
#include "tests/support/temporary_folder.h"
#include "traces/hdf5_file.h"

namespace fleetsim {
namespace {

using testing_support::TemporaryFolder;

SweepResults sample_sweep() {
  const Results run = testing_support::sample_results();
  SweepResults r{.version = run.version,
                 .build_id = run.build_id,
                 .scenario = run.scenario,
                 .scenario_text = run.scenario_text,
                 .resolved_text = run.resolved_text,
                 .plan = "--vary a.b=1 min,2 h\n--vary c=X,Y\n",
                 .seed = run.seed,
                 .planned = 4,
                 .fields = {{"a.b", true, "s"}, {"c", false, ""}}};
  r.points = {{0, {"1 min", "X"}, run.metrics}, {3, {"2 h", "Y"}, {run.metrics[1]}}};
  r.points[1].metrics[0].weights = {1, 0, 2.5, 7};
  return r;
}

bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

TEST(SweepHdf5, WhatIsWrittenIsReadBackToTheBit) {
  const TemporaryFolder folder;
  const SweepResults written = sample_sweep();
  ASSERT_TRUE(write_sweep_hdf5(written, folder / "s.h5"));
  const Result<SweepResults> read = read_sweep(folder / "s.h5");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->version, written.version);
  EXPECT_EQ(read->resolved_text, written.resolved_text);
  EXPECT_EQ(read->plan, written.plan);
  EXPECT_EQ(read->seed, written.seed);
  EXPECT_EQ(read->planned, 4u);
  ASSERT_EQ(read->points.size(), 2u);
  for (std::size_t p = 0; p < 2; ++p) {
    EXPECT_EQ(read->points[p].number, written.points[p].number);
    ASSERT_EQ(read->points[p].metrics.size(), written.points[p].metrics.size());
    for (std::size_t i = 0; i < read->points[p].metrics.size(); ++i) {
      const MetricResult& a = read->points[p].metrics[i];
      const MetricResult& b = written.points[p].metrics[i];
      EXPECT_EQ(a.spec.name, b.spec.name);
      EXPECT_EQ(a.spec.unit, b.spec.unit);
      EXPECT_TRUE(same(a.estimate.mean, b.estimate.mean));
      EXPECT_TRUE(same(a.estimate.low, b.estimate.low));
      EXPECT_TRUE(same(a.estimate.high, b.estimate.high));
      EXPECT_EQ(a.values, b.values);
      EXPECT_EQ(a.weights, b.weights);
      EXPECT_EQ(a.closed_form, b.closed_form);
      EXPECT_EQ(a.formula, b.formula);
      EXPECT_EQ(a.agrees, b.agrees);
      EXPECT_EQ(a.note, b.note);
      ASSERT_EQ(a.rivals.size(), b.rivals.size());
      for (std::size_t r = 0; r < a.rivals.size(); ++r) {
        EXPECT_EQ(a.rivals[r].formula, b.rivals[r].formula);
        EXPECT_EQ(a.rivals[r].value, b.rivals[r].value);
      }
    }
  }
}

TEST(SweepHdf5, PointsAreATableOfNumbersAndWords) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_sweep_hdf5(sample_sweep(), folder / "s.h5"));
  const Result<Hdf5Reader> file = Hdf5Reader::open(folder / "s.h5");
  ASSERT_TRUE(file);
  EXPECT_EQ(*file->number_field("/points", "point"), (std::vector<double>{0, 3}));
  EXPECT_EQ(*file->number_field("/points", "a.b"), (std::vector<double>{60, 7200}));
  EXPECT_EQ(*file->text_field("/points", "c"), (std::vector<std::string>{"X", "Y"}));
  EXPECT_EQ(*file->number_field("/metrics", "point"), (std::vector<double>{0, 0, 0, 3}));
  EXPECT_FALSE(file->number_field("/points", "c"));
  EXPECT_FALSE(file->verdict_field("/metrics", "mean"));
  EXPECT_FALSE(file->number_field("/metrics", "nothing"));
}

TEST(SweepHdf5, EqualSweepsMakeEqualBytesAndNoPointsMakeAFile) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_sweep_hdf5(sample_sweep(), folder / "a.h5"));
  ASSERT_TRUE(write_sweep_hdf5(sample_sweep(), folder / "b.h5"));
  EXPECT_EQ(testing_support::read_bytes(folder / "a.h5"),
            testing_support::read_bytes(folder / "b.h5"));
  SweepResults none = sample_sweep();
  none.points.clear();
  ASSERT_TRUE(write_sweep_hdf5(none, folder / "none.h5"));
  const Result<SweepResults> read = read_sweep(folder / "none.h5");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(read->points.empty());
}

TEST(SweepHdf5, OtherFilesAreRefused) {
  const TemporaryFolder folder;
  EXPECT_FALSE(read_sweep(folder / "none.h5"));
  testing_support::write_bytes(folder / "text.h5", "no HDF5");
  EXPECT_FALSE(read_sweep(folder / "text.h5"));
  SweepResults beyond = sample_sweep();
  beyond.planned = 3;
  ASSERT_TRUE(write_sweep_hdf5(beyond, folder / "beyond.h5"));
  EXPECT_FALSE(read_sweep(folder / "beyond.h5"));
  SweepResults disordered = sample_sweep();
  std::swap(disordered.points[0], disordered.points[1]);
  ASSERT_TRUE(write_sweep_hdf5(disordered, folder / "disordered.h5"));
  EXPECT_FALSE(read_sweep(folder / "disordered.h5"));
}

}  // namespace
}  // namespace fleetsim
