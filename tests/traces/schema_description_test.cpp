#include "traces/schema_description.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sim/unit_text.h"

namespace fleetsim {
namespace {

std::map<std::string, FieldDescription> by_path() {
  std::map<std::string, FieldDescription> fields;
  for (const FieldDescription& field : describe_schema()) fields[field.path] = field;
  return fields;
}

TEST(SchemaDescription, EveryFieldHasHelp) {
  const auto all = describe_schema();
  std::set<std::string> paths;
  for (const FieldDescription& field : all) {
    EXPECT_FALSE(field.help.empty()) << field.path;
    EXPECT_LE(field.help.size(), 100u) << field.path;
    EXPECT_TRUE(paths.insert(field.path).second) << field.path << " comes twice";
    EXPECT_TRUE(parse_unit(field.unit)) << field.path;
    EXPECT_TRUE(field.type != "quantity" || !field.unit.empty()) << field.path;
    EXPECT_TRUE(!field.required || field.default_value.empty()) << field.path;
  }
  EXPECT_GT(all.size(), 100u);
}

TEST(SchemaDescription, TellsTypeUnitDefaultAndRange) {
  const auto fields = by_path();
  const auto& horizon = fields.at("run.horizon");
  EXPECT_EQ(horizon.type, "quantity");
  EXPECT_EQ(horizon.unit, "s");
  EXPECT_EQ(horizon.range, "above 0 s, at most 100 yr");
  EXPECT_TRUE(horizon.required);
  EXPECT_EQ(fields.at("run.seed").default_value, "1");
  EXPECT_EQ(fields.at("run.warm_up").default_value, "auto");
  EXPECT_EQ(fields.at("run.antithetic").type, "flag");
  EXPECT_EQ(fields.at("queueing.station[].discipline").type, "choice");
  EXPECT_EQ(fields.at("queueing.station[].discipline").default_value, "FCFS");
  EXPECT_EQ(fields.at("queueing.station[].discipline").range,
            "FCFS, LCFS, LCFS_PREEMPTIVE, PS, SRPT, PRIORITY, PRIORITY_PREEMPTIVE");
  EXPECT_EQ(fields.at("queueing.router[].probability[]").type, "number");
}

// A distribution's values are in the unit of the field that holds it.
TEST(SchemaDescription, ValuesOfADistributionInheritTheirUnit) {
  const auto fields = by_path();
  const std::string service = "queueing.station[].service.";
  EXPECT_EQ(fields.at(service + "exponential.mean").unit, "s");
  EXPECT_EQ(fields.at(service + "exponential.rate").unit, "1/s");
  EXPECT_EQ(fields.at(service + "hyperexponential.branch[].mean").unit, "s");
  EXPECT_EQ(fields.at(service + "gamma.cv").unit, "");
}

}  // namespace
}  // namespace fleetsim
