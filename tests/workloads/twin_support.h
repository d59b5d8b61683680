#pragma once
#include <cmath>
#include <string>

#include "tests/workloads/systems.h"
#include "workloads/queueing/twin.h"

// What the tests of recognisers share: each says what is known exactly of a system, and that near
// misses are told from it. The closed forms themselves are tested in tests/analytic, and against
// the simulation in twin_run_test.cpp.
namespace fleetsim::queueing {

inline const Prediction& about(const Twin& twin, const std::string& metric) {
  static const Prediction none;
  for (const Prediction& p : twin.predictions)
    if (p.metric == metric) return p;
  ADD_FAILURE() << "nothing about " << metric;
  return none;
}
inline void expect_exact(const Twin& twin, const std::string& metric, double value,
                         const std::string& formula) {
  const Prediction& p = about(twin, metric);
  ASSERT_TRUE(p.value) << metric << ": " << p.note;
  EXPECT_NEAR(*p.value, value, 1e-9 * std::abs(value)) << metric;
  EXPECT_EQ(p.formula, formula) << metric;
}
inline void expect_note(const Twin& twin, const std::string& metric, const std::string& words) {
  const Prediction& p = about(twin, metric);
  EXPECT_FALSE(p.value) << metric << " = " << *p.value << " by " << p.formula;
  EXPECT_NE(p.note.find(words), std::string::npos) << metric << ": " << p.note;
}
inline const Rival* rival(const Twin& twin, const std::string& metric, const std::string& formula) {
  for (const Rival& r : twin.rivals)
    if (r.metric == metric && r.formula == formula) return &r;
  return nullptr;
}
inline void expect_rival(const Twin& twin, const std::string& metric, const std::string& formula,
                         double value, const std::string& words) {
  const Rival* r = rival(twin, metric, formula);
  ASSERT_TRUE(r) << "no rival " << formula << " of " << metric;
  EXPECT_NEAR(r->value, value, 1e-9 * std::abs(value)) << formula;
  EXPECT_NE(r->assumption.find(words), std::string::npos) << r->assumption;
}

inline bool is_bound(const Twin& twin, const std::string& metric, const std::string& formula) {
  const Rival* r = rival(twin, metric, formula);
  return r != nullptr && r->bound;
}

inline Law gamma() {
  return *Law::gamma_mean_cv(0.8, 1.5);
}
inline QueueingConfig mm1() {
  return line(exponential(1), exponential(0.8));
}
inline QueueingConfig with(QueueingConfig config, Discipline discipline) {
  config.stations[0].discipline = discipline;
  return config;
}
inline QueueingConfig copies(QueueingConfig config, std::uint32_t n, RouterConfig::Policy policy,
                             std::uint32_t choices = 2) {
  config.stations[0].copies = n;
  config.sources[0].to = to_router();
  config.sources[0].arrivals = Renewal{exponential(1.0 / n)};
  config.routers = {router(policy, {to_station()})};
  config.routers[0].choices = choices;
  return config;
}

}  // namespace fleetsim::queueing
