#include <gtest/gtest.h>

#include "tests/traces/scenario_texts.h"
#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

using testing_support::ScenarioText;

const std::string two_stations =
    "station { name: \"second\" service { weibull { shape: 2 mean: \"3 s\" } } }\n"
    "router { name: \"split\" policy: PROBABILITIES to: [\"server\", \"exit\"] probability: [0.5, "
    "0.5] }";

Result<LoadedScenario> load(const std::vector<std::string>& sets) {
  return load_scenario_text(ScenarioText{.queueing = two_stations}.text(), "x.textproto", sets);
}

struct Case {
  std::vector<std::string> sets;
  std::string message;
};

TEST(ScenarioSettings, ErrorsNameTheOption) {
  const Case cases[] = {
      {{"run.horizon=1 kg"},
       "--set run.horizon=1 kg: run.horizon: \"1 kg\" is a mass; expected a time such as \"30 "
       "min\""},
      {{"run.replicatoins=3"},
       "--set run.replicatoins=3: unknown field \"replicatoins\" in run; did you mean "
       "\"replications\"?"},
      {{"rnu.seed=3"}, "unknown field \"rnu\"; did you mean \"run\"?"},
      {{"run.replications=-3"},
       "--set run.replications=-3: run.replications: found \"-3\"; expected a whole number"},
      {{"run.replications=0"},
       "--set run.replications=0: run.replications: found 0; expected a value at least 1"},
      {{"run.replications="}, "run.replications: found the end of the text;"},
      {{"run.replications=1 seed: 2"}, "expected one value"},
      {{"run.replications"}, "expected PATH=VALUE"},
      {{"=3"}, "expected PATH=VALUE"},
      {{""}, "expected PATH=VALUE"},
      {{".=3"}, "unknown field \"\""},
      {{"run.=3"}, "unknown field \"\" in run"},
      {{"run.seed.x=3"}, "run.seed has no fields of its own"},
      {{"run[0].seed=3"}, "run is no list"},
      {{"queueing.station[2].servers=3"},
       "found queueing.station[2]; expected queueing.station[0] to [1]"},
      {{"queueing.source[1].priority=3"},
       "found queueing.source[1]; expected queueing.source[0], the only one"},
      {{"queueing.station[-1].servers=3"},
       "\"station[-1]\" is no element; expected an index such as station[0]"},
      {{"queueing.station[x].servers=3"}, "is no element"},
      {{"queueing.station[0.servers=3"}, "is no element"},
      {{"queueing.station[99999999999999999999].servers=3"}, "is no element"},
      {{"queueing.station.servers=3"},
       "queueing.station is a list; expected an index such as queueing.station[0]"},
      {{"queueing.station[0].discipline=SPRT"}, "did you mean \"SRPT\"?"},
      {{"queueing.station[0].service=3 s"},
       "expected the fields of queueing.station[0].service in braces: {...}"},
      {{"queueing.station[1].service={weibul{}}"},
       "--set queueing.station[1].service={weibul{}}: unknown field \"weibul\" in "
       "queueing.station[1].service; did you mean \"weibull\"?"},
      {{"queueing.station[1].service={weibull{shape: 0}}"},
       "queueing.station[1].service.weibull.shape: found 0; expected a value above 0"},
      {{"queueing.station[1]={name: \"second\" service{constant{value: \"1 kg\"}}}"},
       "queueing.station[1].service.constant.value: \"1 kg\" is a mass"},
      {{"queueing.router[0].probability=0.5"},
       "expected the whole list as [...], or an element as queueing.router[0].probability[0]"},
      {{"queueing.router[0].probability[0]=0.6"}, "the probabilities sum to 1.1"},
      {{"queueing.router[0].to[1]=exti"},
       "--set queueing.router[0].to[1]=exti: queueing.router[0].to[1]: found \"exti\"; expected "
       "the name of a station or router, or \"exit\"; did you mean \"exit\"?"},
      {{"queueing.source[0].to=sever", "run.seed=2"},
       "--set queueing.source[0].to=sever: queueing.source[0].to: found \"sever\""},
      {{"run.horizon=1 d", "run.horizon=1 kg"}, "--set run.horizon=1 kg: "},
      {{"run.seed=1\n2"}, "--set run.seed=1\\n2: "},
  };
  for (const Case& c : cases) {
    const auto loaded = load(c.sets);
    ASSERT_FALSE(loaded) << c.message;
    EXPECT_NE(loaded.error().message.find(c.message), std::string::npos)
        << "says: " << loaded.error().message << "\nnot:  " << c.message;
    EXPECT_EQ(loaded.error().message.find('\n'), std::string::npos);
  }
}

// What is wrong in the file is said of the file, also when something else is set.
TEST(ScenarioSettings, LeaveOtherPlacesAlone) {
  const std::vector<std::string> sets = {"run.seed=2"};
  const auto loaded =
      load_scenario_text(ScenarioText{.station = "servers: 0"}.text(), "x.textproto", sets);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message.find("x.textproto:8:10: queueing.station[0].servers: "), 0u);
}

TEST(ScenarioSettings, SetValuesOfEveryKind) {
  const auto loaded = load(
      {"run.horizon=2 h", "run.warm_up=\"10 min\"", "run.seed=18446744073709551615",
       "run.antithetic=true", "queueing.station[1].discipline=LCFS", "queueing.station[1].room=7",
       "queueing.router[0].probability[0]=0.25", "queueing.router[0].probability[1]=0.75",
       "queueing.source[0].service={constant{value:\"4 s\"}}",
       "queueing.source[0].interarrival.constant.value=5 s", "queueing.station[0].name=first",
       "queueing.source[0].to=first", "queueing.router[0].to=[\"first\", \"second\"]"});
  ASSERT_TRUE(loaded) << loaded.error().message;
  const Scenario& scenario = loaded->scenario;
  EXPECT_EQ(scenario.run.horizon, from_seconds(7200));
  EXPECT_EQ(scenario.run.warm_up, from_seconds(600));
  EXPECT_EQ(scenario.run.seed, UINT64_MAX);
  EXPECT_TRUE(scenario.run.antithetic);
  const auto& stations = scenario.queueing->stations;
  EXPECT_EQ(stations[0].name, "first");
  EXPECT_EQ(stations[1].discipline, queueing::Discipline::lcfs);
  EXPECT_EQ(stations[1].room, 7u);
  const auto& router = scenario.queueing->routers[0];
  EXPECT_EQ(router.probability, (std::vector<double>{0.25, 0.75}));
  EXPECT_EQ(router.to[1], (queueing::Target{queueing::Target::Kind::station, 1}));
  const auto& source = scenario.queueing->sources[0];
  EXPECT_EQ(source.service->mean(), 4);
  // The other arm of the choice is gone.
  const auto& law = std::get<queueing::Renewal>(source.arrivals).interarrival;
  EXPECT_EQ(law.name(), "constant");
  EXPECT_EQ(law.mean(), 5);
  EXPECT_EQ(loaded->resolved_text.find("exponential"), std::string::npos);
}

TEST(ScenarioSettings, MakeAMessageOnTheWay) {
  const auto loaded =
      load({"queueing.station[0].bulk.size=4", "queueing.station[0].bulk.mode=FULL"});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->scenario.queueing->stations[0].bulk->size, 4u);
  EXPECT_TRUE(loaded->scenario.queueing->stations[0].bulk->full_only);
}

TEST(ScenarioSettings, ReplaceAWholeListOrEmptyIt) {
  const auto loaded = load({"queueing.router=[]"});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_TRUE(loaded->scenario.queueing->routers.empty());
}

TEST(ScenarioSettings, TheLastOneCounts) {
  EXPECT_EQ(load({"run.seed=5", "run.seed=6"})->scenario.run.seed, 6u);
}

TEST(ScenarioSettings, AreInTheResolvedTextButNotInTheSource) {
  const auto loaded = load({"run.seed=77"});
  ASSERT_TRUE(loaded);
  EXPECT_NE(loaded->resolved_text.find("seed: 77"), std::string::npos);
  EXPECT_EQ(loaded->source_text.find("77"), std::string::npos);
}

}  // namespace
}  // namespace fleetsim
