#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "analytic/exact/carbon.h"
#include "tests/workloads/loads_cases.h"

namespace fleetsim::loads {
namespace {

constexpr double kilowatt_hour = 1000 * 1.25 * 3600;  // J of the facility in an hour

Job only_job(const LoadsConfig& config) {
  Lived lived = live(config, {}, Instant{} + config.horizon);
  EXPECT_EQ(lived.as_decided.jobs.size(), 1u);
  return lived.as_decided.jobs[0];
}

// e.shift: of a thousand random days no policy gets below the sorted hours, and CLEANEST is there.
TEST(LoadPlans, NoPolicyBeatsTheSortedHoursOfRandomDays) {
  Stream stream = Chance{.seed = 7}.stream("test.days");
  int strict = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::vector<double> carbon = random_series(stream, 24);
    const auto needs = 1 + static_cast<std::int64_t>(stream() % 24);
    const auto form = analytic::shift_optimum(carbon, needs);
    ASSERT_TRUE(form);
    const double best = form->best * static_cast<double>(needs) * kilowatt_hour;
    for (const Policy policy : {Policy::at_once, Policy::cleanest, Policy::cheapest,
                                Policy::threshold, Policy::forecast}) {
      const LoadsConfig config{.loads = {load_of(policy, 1, needs, 24)},
                               .sites = sites_of({carbon}, {random_series(stream, 24)}),
                               .horizon = 2 * day};
      const Lived lived = live(config, {}, Instant{} + config.horizon);
      const Job& job = lived.as_decided.jobs[0];
      ASSERT_TRUE(job.in_time());
      EXPECT_NEAR(*lived.least[0].carbon, best, 1e-12 * best);
      EXPECT_GE(job.carbon, best * (1 - 1e-12));
      if (policy == Policy::cleanest) {
        EXPECT_NEAR(job.carbon, best, 1e-12 * best);
      }
      if (policy == Policy::cheapest) {
        EXPECT_NEAR(job.cost, *lived.least[0].cost, 1e-12 * job.cost);
      }
      if (policy == Policy::at_once) {
        EXPECT_NEAR(job.carbon, form->at_once / form->best * best, 1e-12 * job.carbon);
      }
      strict += job.carbon > best * (1 + 1e-9);
    }
  }
  EXPECT_GT(strict, 2000);  // the bound is no identity
}

TEST(LoadPlans, NoPolicyBeatsTheBestHoursOfThreePlaces) {
  Stream stream = Chance{.seed = 11}.stream("test.places");
  int moved = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto needs = 1 + static_cast<std::int64_t>(stream() % 24);
    const Sites sites =
        sites_of({random_series(stream, 24), random_series(stream, 24), random_series(stream, 24)});
    for (const Policy policy : {Policy::at_once, Policy::cleanest, Policy::cheapest,
                                Policy::threshold, Policy::forecast, Policy::follow_sun}) {
      const LoadsConfig config{
          .loads = {load_of(policy, 3, needs, 24)}, .sites = sites, .horizon = day};
      const Lived lived = live(config, {}, Instant{} + day);
      const Job& job = lived.as_decided.jobs[0];
      ASSERT_TRUE(job.in_time());
      EXPECT_GE(job.carbon, *lived.least[0].carbon * (1 - 1e-12));
      if (policy == Policy::cleanest) {
        EXPECT_NEAR(job.carbon, *lived.least[0].carbon, 1e-12 * job.carbon);
      }
      moved += job.moves > 0;
    }
  }
  EXPECT_GT(moved, 1000);
}

// By trying every way to spend the hours: at a place, or waiting.
class EveryWay {
 public:
  EveryWay(const std::vector<std::vector<double>>& carbon, int needs, bool pausable)
      : carbon_(carbon),
        pausable_(pausable) {
    go(0, needs, -1, false, 0);
  }
  double best = 1e300;

 private:
  void go(std::size_t h, int left, int at, bool running, double spent) {
    if (left == 0) {
      best = std::min(best, spent);
      return;
    }
    if (h == carbon_[0].size()) return;
    for (int place = 0; place < static_cast<int>(carbon_.size()); ++place) {
      const bool goes_on = running && at == place;
      if (at >= 0 && !goes_on && !pausable_) continue;
      go(h + 1, left - 1, place, true, spent + carbon_[static_cast<std::size_t>(place)][h]);
    }
    go(h + 1, left, at, false, spent);
  }

  const std::vector<std::vector<double>>& carbon_;
  bool pausable_;
};

TEST(LoadPlans, AreTheBestOfAllWaysWithFreePauses) {
  Stream stream = Chance{.seed = 8}.stream("test.ways");
  for (int i = 0; i < 300; ++i) {
    const std::size_t places = 1 + stream() % 2;
    const int needs = 1 + static_cast<int>(stream() % 5);
    std::vector<std::vector<double>> carbon;
    for (std::size_t p = 0; p < places; ++p) carbon.push_back(random_series(stream, 6));
    for (const bool pausable : {false, true}) {
      LoadConfig load = load_of(Policy::cleanest, static_cast<std::uint32_t>(places), needs, 6);
      load.pausable = pausable;
      const LoadsConfig config{.loads = {load}, .sites = sites_of(carbon), .horizon = day};
      const Lived lived = live(config, {}, Instant{} + day);
      const double best = EveryWay(carbon, needs, pausable).best * kilowatt_hour;
      EXPECT_NEAR(lived.as_decided.jobs[0].carbon, best, 1e-12 * best);
      EXPECT_NEAR(*lived.least[0].carbon, best, 1e-12 * best);
    }
  }
}

// With costs a plan pays for its pauses: never more than without a break, never late.
TEST(LoadPlans, PayForPauses) {
  Stream stream = Chance{.seed = 9}.stream("test.pauses");
  int paused = 0, together = 0;
  for (int i = 0; i < 500; ++i) {
    LoadConfig load = load_of(Policy::cleanest, 2, 5, 24);
    load.pause = Duration{static_cast<std::int64_t>(stream() % 3'600'000'000'000u)};
    for (Move& move : load.moves) move.time = 900_s;
    const LoadsConfig config{
        .loads = {load},
        .sites = sites_of({random_series(stream, 24), random_series(stream, 24)}),
        .horizon = day};
    const Job job = only_job(config);
    LoadsConfig plain = config;
    plain.loads[0].pausable = false;
    const Job unbroken = only_job(plain);
    EXPECT_TRUE(job.in_time());
    EXPECT_LE(job.carbon, unbroken.carbon * (1 + 1e-12));
    EXPECT_NEAR(job.it, 1000 * seconds(job.needs + job.pauses * load.pause), 1e-6);
    paused += job.pauses > 0;
    together += job.pauses == 0;
  }
  EXPECT_GT(paused, 50);
  EXPECT_GT(together, 50);
}

// A clock that ticks by the hour asks: run now, and where? Everything is a whole number of hours.
struct Ticks {
  std::vector<std::vector<double>> carbon;
  std::int64_t arrival = 0, needs = 0, deadline = 0;
  double at(std::size_t place, std::int64_t h) const {
    const auto period = static_cast<std::int64_t>(carbon[place].size());
    return carbon[place][static_cast<std::size_t>((h % period + period) % period)];
  }

  double threshold() const {
    double spent = 0;
    std::int64_t left = needs;
    for (std::int64_t h = arrival; left > 0; ++h) {
      double mean = 0;
      for (std::int64_t back = 1; back <= 24; ++back) mean += at(0, h - back) / 24;
      if (at(0, h) > mean && h + left < arrival + deadline) continue;
      spent += at(0, h);
      --left;
    }
    return spent;
  }

  double follow_sun() const {
    double spent = 0;
    for (std::int64_t h = arrival; h < arrival + needs; ++h) {
      double least = at(0, h);
      for (std::size_t place = 1; place < carbon.size(); ++place)
        least = std::min(least, at(place, h));
      spent += least;
    }
    return spent;
  }

  double forecast() const {
    std::vector<std::int64_t> hours(static_cast<std::size_t>(deadline));
    std::iota(hours.begin(), hours.end(), arrival);
    const auto guess = [&](std::int64_t h) { return at(0, h - 24 * ((h - arrival) / 24 + 1)); };
    std::stable_sort(hours.begin(), hours.end(),
                     [&](std::int64_t a, std::int64_t b) { return guess(a) < guess(b); });
    double spent = 0;
    for (std::int64_t i = 0; i < needs; ++i) spent += at(0, hours[static_cast<std::size_t>(i)]);
    return spent;
  }
};

TEST(LoadPolicies, DoWhatAClockByTheHourDoes) {
  Stream stream = Chance{.seed = 10}.stream("test.ticks");
  for (int i = 0; i < 500; ++i) {
    Ticks ticks;
    for (int place = 0; place < 3; ++place) ticks.carbon.push_back(random_series(stream, 100));
    ticks.arrival = static_cast<std::int64_t>(stream() % 60);
    ticks.needs = 1 + static_cast<std::int64_t>(stream() % 20);
    ticks.deadline = ticks.needs + static_cast<std::int64_t>(stream() % 40);
    const auto lived = [&](Policy policy, std::uint32_t places) {
      LoadConfig load = load_of(policy, places, ticks.needs, ticks.deadline);
      load.first = ticks.arrival * hour;
      const LoadsConfig config{
          .loads = {load}, .sites = sites_of(ticks.carbon), .horizon = 5 * day};
      const Job job = only_job(config);
      EXPECT_TRUE(job.in_time());
      return job.carbon / kilowatt_hour;
    };
    EXPECT_NEAR(lived(Policy::threshold, 1), ticks.threshold(), 1e-9);
    EXPECT_NEAR(lived(Policy::follow_sun, 3), ticks.follow_sun(), 1e-9);
    EXPECT_NEAR(lived(Policy::forecast, 1), ticks.forecast(), 1e-9);
  }
}

// At half the peak the clock is (0.2 / 0.7)^(1/3) of its own: work by the hour, power by the grid.
TEST(LoadPolicies, ACapFollowsTheGrid) {
  const LoadsConfig config{
      .loads = {load_of(Policy::capped, 1, 2, 48)}, .sites = sites_of({{1, 0}}), .horizon = day};
  const Job job = only_job(config);
  const double slowdown = std::cbrt(0.7 / 0.2);
  const double at_half = 3600, at_full = 3600;              // s in the first two hours
  const double left = 7200 - at_half / slowdown - at_full;  // s of work at full power
  EXPECT_NEAR(seconds(job.ended - Instant{}), 7200 + left * slowdown, 1e-6);
  EXPECT_NEAR(job.it, 500 * (at_half + left * slowdown) + 1000 * at_full, 1e-3);

  LoadsConfig hurried = config;
  hurried.loads[0].deadline = 2 * hour;
  const Job fast = only_job(hurried);
  EXPECT_EQ(fast.ended, at_hour(2));
  EXPECT_NEAR(fast.it, 7200e3, 1e-3);
}

// A move takes the time of its bytes and costs them; what gains too little stays.
TEST(LoadPolicies, MovesAreCounted) {
  LoadConfig load = load_of(Policy::follow_sun, 2, 4, 48);
  load.pause = 60_s;
  for (const std::size_t i : {1u, 2u}) load.moves[i] = {.time = 300_s, .price = 7};
  LoadsConfig config{.loads = {load}, .sites = sites_of({{1, 3}, {2, 2}}), .horizon = day};
  const Job job = only_job(config);
  EXPECT_EQ(job.moves, 4u);
  EXPECT_EQ(job.pauses, 4u);
  EXPECT_EQ(job.ended, at_hour(4) + (4 * 360_s));
  EXPECT_NEAR(job.cost, 4 * 7 + 1000 * 1.25 * (4 * 3600 + 4 * 60), 1e-3);
  config.loads[0].least_gain = 0.6;
  EXPECT_EQ(only_job(config).moves, 0u);
}

}  // namespace
}  // namespace fleetsim::loads
