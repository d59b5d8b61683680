#pragma once
#include <cmath>
#include <limits>

#include "sim/results.h"

namespace fleetsim::testing_support {

// A run with one of everything that a result can hold, and numbers that lose bits easily.
inline Results sample_results() {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Results r;
  r.version = "0.1.0";
  r.build_id = "0.1.0 0123abcd";
  r.scenario = "mm1";
  r.scenario_text = "name: \"mm1\"  # λ = 0.9\n";
  r.resolved_text = std::string(100'000, 'x');  // more than an HDF5 attribute holds in place
  r.seed = 18'446'744'073'709'551'615u;
  r.replications = 4;
  r.events = 9'007'199'254'740'993u;  // 2^53 + 1: no double
  r.wall_s = 0.42;
  r.simulated_s = 2'000'000;
  r.warm_up_s = 1.0 / 3;
  r.metrics = {
      {.spec = {"queue.sojourn.mean", "s"},
       .estimate = {.mean = 0.1 + 0.2, .low = 9.9, .high = 10.1},
       .values = {0.1, std::nextafter(0.1, 1), 1e-310, -0.0},
       .closed_form = 10,
       .formula = "q.mm1",
       .agrees = true},
      {.spec = {"queue.wait.p99", "s"},
       .estimate = {.mean = 1.7976931348623157e308, .low = -1e-5, .high = 123456.78901234567},
       .values = {1, 2, 3, infinity},
       .closed_form = 46.05,
       .formula = "q.mm1",
       .agrees = false,
       .rivals = {{"q.gg1.kingman", 0.1 + 0.2}, {"first order", -1e-310}}},
      {.spec = {"queue.length", "1"},
       .estimate = {.mean = std::numeric_limits<double>::quiet_NaN(),
                    .low = -infinity,
                    .high = infinity},
       .values = {},
       .note = "no closed form: \"impatience\", and\nretrial"},
  };
  r.findings = {{.metric = "queue.wait.p99", .text = "Kingman's bound is 3% above"}};
  r.series = {{.name = "queue.length", .unit = "1", .t = {0, 0.5, 2}, .value = {0, 1, 0.25}}};
  Table requests{.name = "requests", .columns = {}, .rows_total = 1'000'000};
  std::vector<double> wait;
  std::vector<std::int64_t> station;
  for (int i = 0; i < 40'000; ++i) {
    wait.push_back(std::sqrt(i));
    station.push_back(i % 3 - 1);
  }
  requests.columns = {{.name = "wait", .unit = "s", .values = wait},
                      {.name = "station", .unit = "1", .values = station}};
  r.tables = {requests};
  return r;
}

}  // namespace fleetsim::testing_support
