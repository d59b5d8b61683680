#include "traces/located_json.h"

#include <gtest/gtest.h>

namespace fleetsim {
namespace {

TEST(LocatedJson, KnowsTheLineOfEverything) {
  const auto file =
      parse_located_json("{\n \"a\": [1,\n  {\"b\": \"x\"\n }],\n \"c\":\n null}\n", "f.json");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->place("/a"), "f.json:2");
  EXPECT_EQ(file->place("/a/0"), "f.json:2");
  EXPECT_EQ(file->place("/a/1"), "f.json:3");
  EXPECT_EQ(file->place("/a/1/b"), "f.json:3");
  EXPECT_EQ(file->place("/c"), "f.json:6");
  EXPECT_EQ(file->place("/a/1/no/such"), "f.json:3");  // what holds it
  EXPECT_EQ(file->place(""), "f.json:1");
}

TEST(LocatedJson, ReadsValuesInTheirOrder) {
  const auto file =
      parse_located_json(R"({"z": -2, "a": [true, null, 1.5, "\u00b5s"], "o": {}})", "f");
  ASSERT_TRUE(file) << file.error().message;
  const auto& fields = std::get<analytic::Fields>(file->value.is);
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].first, "z");
  EXPECT_EQ(std::get<double>(fields[0].second.is), -2);
  const auto& list = std::get<analytic::Values>(fields[1].second.is);
  ASSERT_EQ(list.size(), 4u);
  EXPECT_TRUE(std::get<bool>(list[0].is));
  EXPECT_TRUE(list[1].empty());
  EXPECT_EQ(std::get<double>(list[2].is), 1.5);
  EXPECT_EQ(std::get<std::string>(list[3].is), "\u00b5s");
  EXPECT_TRUE(std::get<analytic::Fields>(fields[2].second.is).empty());
}

struct Broken {
  const char *text, *message;
};
const Broken broken[] = {
    {"", "f:1: no JSON"},
    {"{\n\"a\": 1,\n}", "f:3: no JSON"},
    {"{\"a\": 1\n\"b\": 2}", "f:2: no JSON"},
    {"[1, 2", "f:1: no JSON"},
    {"{} {}", "f:1: no JSON"},
    {"{\"a\": 1,\n \"a\": 2}", "f:2: the key \"a\" stands twice"},
    {"{\"a\": 1e999}", "f:1: no JSON"},
    {"{\"a\": \x01}", "f:1: no JSON"},
};

TEST(LocatedJson, NamesTheLineOfWhatIsWrong) {
  for (const Broken& c : broken) {
    const auto file = parse_located_json(c.text, "f");
    ASSERT_FALSE(file) << c.text;
    EXPECT_EQ(file.error().message.find(c.message), 0u) << file.error().message;
    EXPECT_EQ(file.error().message.find('\n'), std::string::npos);
  }
  const auto deep = parse_located_json(std::string(100'000, '['), "f");
  ASSERT_FALSE(deep);
  EXPECT_NE(deep.error().message.find("deeper than 64"), std::string::npos);
}

}  // namespace
}  // namespace fleetsim
