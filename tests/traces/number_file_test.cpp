#include "traces/number_file.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace fleetsim {
namespace {

using testing_support::TemporaryFolder;
using testing_support::write_bytes;
using Columns = std::vector<std::vector<double>>;

class NumberFile : public ::testing::Test {
 protected:
  Result<Columns> read(const std::string& bytes) {
    write_bytes(path_, bytes);
    const ColumnRequest wanted[] = {{"value", "s", true}, {"weight", "1", false}};
    return read_columns(path_, wanted);
  }
  // The message, behind the name of the file.
  std::string error(const std::string& bytes) {
    const auto columns = read(bytes);
    if (columns) return "read";
    EXPECT_EQ(columns.error().message.find(path_ + ":"), 0u) << columns.error().message;
    return columns.error().message.substr(path_.size() + 1);
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "numbers.csv";
};

TEST_F(NumberFile, ReadsColumnsByNameAndUnit) {
  EXPECT_EQ(*read("value (ms), weight\n1, 2\n3, 4\n"), (Columns{{0.001, 0.003}, {2, 4}}));
  EXPECT_EQ(*read("weight,value [min]\n2,1\n"), (Columns{{60}, {2}}));
  EXPECT_EQ(*read("other,value (s),more\nx,1,y\n"), (Columns{{1}, {}}));
}

TEST_F(NumberFile, OneColumnNeedsNoName) {
  EXPECT_EQ(*read("1 s\n2 ms\n"), (Columns{{1, 0.002}, {}}));
  EXPECT_EQ(*read("duration (h)\n1\n"), (Columns{{3600}, {}}));
}

TEST_F(NumberFile, CellsMayBringTheirUnit) {
  EXPECT_EQ(*read("value (s)\n1\n2 min\n"), (Columns{{1, 120}, {}}));
  EXPECT_EQ(*read("value,weight\n1 s,25 %\n"), (Columns{{1}, {0.25}}));
}

TEST_F(NumberFile, LeavesOutBlankLinesAndComments) {
  EXPECT_EQ(*read("\xEF\xBB\xBF# made by hand\r\n\r\nvalue (s)\r\n 1 \r\n#2\r\n\"3\"\r\n"),
            (Columns{{1, 3}, {}}));
  EXPECT_EQ(*read("value (s)\n1"), (Columns{{1}, {}}));
}

TEST_F(NumberFile, ErrorsHaveTheirPlace) {
  EXPECT_EQ(error("value (s)\n1\n2 kg\n").find("3:1: \"2 kg\" is a mass; expected a time"), 0u);
  EXPECT_EQ(error("value,weight\n1,2\n"),
            "2:1: \"1\" has no unit; expected a time such as \"30 min\"; a header such as \"value "
            "(ms)\" gives all cells a unit");
  EXPECT_EQ(error("value (s), weight\n1, x\n").find("2:4: \"x\" does not begin with a number"), 0u);
  EXPECT_EQ(error("value (s), weight\n1\n"), "2:1: found 1 cells; expected 2 as in the first line");
  EXPECT_EQ(error("valeu (s), weight\n1,2\n"),
            "1:1: no column is called \"value\"; did you mean \"valeu\"?");
  EXPECT_EQ(error("1 s, 2\n"), "1:1: several columns; expected a header that names them");
  EXPECT_EQ(error("value (sce)\n1\n"), "1:1: unknown unit \"sce\"; did you mean \"sec\"?");
  EXPECT_EQ(error("value (s)\n-1\n"), "2:1: found \"-1 s\"; expected at least 0");
  EXPECT_EQ(error("value (s)\nnan\n").find("2:1: \"nan"), 0u);
  EXPECT_EQ(error("value (s)\n1e400\n").find("2:1: \"1e400"), 0u);
  EXPECT_EQ(error(""), " holds no numbers");
  EXPECT_EQ(error("value (s)\n"), " holds no numbers");
  EXPECT_EQ(error(std::string("\0\0", 2)).find("1:1: ") != 0, true);
}

TEST_F(NumberFile, NoBytesBreakIt) {
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes += static_cast<char>(i * 7);
  EXPECT_FALSE(read(bytes));
  EXPECT_FALSE(read(std::string(100'000, ',')));
  EXPECT_FALSE(read("(\n)\n"));
  EXPECT_FALSE(read("value )s(\n1\n"));
}

TEST_F(NumberFile, AMissingFileIsSaid) {
  const ColumnRequest wanted[] = {{"value", "s", true}};
  write_bytes(path_, "");
  const auto columns = read_columns(folder_ / "nubmers.csv", wanted);
  ASSERT_FALSE(columns);
  EXPECT_NE(columns.error().message.find("no such file; did you mean \"numbers.csv\"?"),
            std::string::npos);
}

}  // namespace
}  // namespace fleetsim
