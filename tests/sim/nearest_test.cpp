#include "sim/nearest.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim/printable.h"

namespace fleetsim {
namespace {

TEST(EditDistance, CountsSingleChanges) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("seed", "seed"), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("replicatoins", "replications"), 1u);  // one swap
  EXPECT_EQ(edit_distance("FCFS", "fcfs"), 0u);
  EXPECT_EQ(edit_distance("FCSF", "fcfs"), 1u);
  EXPECT_EQ(edit_distance("ca", "abc"), 3u);  // no letter is changed twice
}

TEST(EditDistance, IsSymmetricAndKeepsTheTriangle) {
  const std::vector<std::string> words = {"",      "room",  "rooms", "morse", "server",
                                          "sever", "serve", "verse", "exit",  "exti"};
  for (const auto& a : words)
    for (const auto& b : words) {
      EXPECT_EQ(edit_distance(a, b), edit_distance(b, a));
      EXPECT_EQ(edit_distance(a, b) == 0, a == b);
      EXPECT_LE(edit_distance(a, b), std::max(a.size(), b.size()));
    }
}

TEST(Nearest, SuggestsOnlyWhatIsNear) {
  const std::vector<std::string> names = {"name", "servers", "discipline", "service", "room", "to"};
  EXPECT_EQ(nearest("sevrers", names), "servers");
  EXPECT_EQ(nearest("servce", names), "service");
  EXPECT_EQ(nearest("Discipline", names), "discipline");
  EXPECT_EQ(nearest("rom", names), "room");
  EXPECT_EQ(nearest("bogus", names), std::nullopt);
  EXPECT_EQ(nearest("", names), std::nullopt);
  EXPECT_EQ(nearest("xy", names), std::nullopt);  // as far from "to" as can be
  EXPECT_EQ(nearest(std::string(1'000'000, 'n'), names), std::nullopt);
  EXPECT_EQ(nearest("name", std::vector<std::string>{}), std::nullopt);
}

TEST(Nearest, OfTwoEquallyNearTakesTheFirst) {
  EXPECT_EQ(nearest("gb", std::vector<std::string>{"GB", "Gb"}), "GB");
  EXPECT_EQ(nearest("gb", std::vector<std::string>{"Gb", "GB"}), "Gb");
}

TEST(Nearest, EndsAMessage) {
  const std::vector<std::string> names = {"horizon"};
  EXPECT_EQ(did_you_mean("horzion", names), "; did you mean \"horizon\"?");
  EXPECT_EQ(did_you_mean("seed", names), "");
}

TEST(Printable, KeepsOneLineOfText) {
  EXPECT_EQ(in_quotes("30 \u00b5s"), "\"30 \u00b5s\"");
  EXPECT_EQ(printable("a\nb\tc\r\x1b[31m\x7f"), "a\\nb\\tc\\r\\x1b[31m\\x7f");
  EXPECT_EQ(printable(std::string_view("\0x", 2)), "\\x00x");
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");           // no UTF-8
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");           // a control character of Latin-1
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // half of a surrogate pair
  EXPECT_EQ(printable(std::string(100, 'x'), 10), "xxxxxxxxxx...");
}

TEST(Printable, KnowsUtf8) {
  EXPECT_TRUE(is_utf8("caf\u00e9 \u20ac \U0001F600"));
  for (const char* broken : {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80",
                             "\xf5\x80\x80\x80", "\xf4\x90\x80\x80", "\xed\xbf\xbf", "ab\xc3"})
    EXPECT_FALSE(is_utf8(broken));
}

}  // namespace
}  // namespace fleetsim
