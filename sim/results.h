#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/interval.h"
#include "sim/metric.h"

namespace fleetsim {

// A finished run as plain data: whatever prints or writes results starts here and knows no more.

// The level of every interval in results: a number that tools rely on, so no setting changes it.
inline constexpr double result_level = 0.95;

// Where a closed form counts as confirmed: the interval of this level holds it. Wider than what is
// printed, because a table has a dozen metrics and each may be unlucky.
inline constexpr double agreement_level = 0.999;

// What another formula gives for a metric, one that does not hold exactly here (see Rival).
struct RivalValue {
  std::string formula{};
  double value = 0;
};

// One metric over all replications, beside its closed form.
struct MetricResult {
  MetricSpec spec{};
  Estimate estimate{};            // unbounded where one replication tells nothing of the spread
  Estimate wide{};                // the same at agreement_level: what verdicts go by
  std::vector<double> values{};   // one a replication, in their order
  std::vector<double> weights{};  // of the values (see pooled_terms); empty where all count alike
  std::optional<double> closed_form{};
  std::string formula{};         // id of the closed form; empty without one
  std::optional<bool> agrees{};  // empty without a closed form
  std::string note{};            // the assumption that is broken, where one is
  std::vector<RivalValue> rivals{};
};

// How something went over simulated time; t is in seconds and never falls.
struct Series {
  std::string name{};
  std::string unit{};  // of the values
  std::vector<double> t{}, value{};
};

// One property of many things, such as the wait of each request.
struct TableColumn {
  std::string name{};
  std::string unit{};
  std::variant<std::vector<double>, std::vector<std::int64_t>> values{};
};

// Things row by row, such as "requests". All columns have one length: the rows that were kept.
struct Table {
  std::string name{};
  std::vector<TableColumn> columns{};
  std::uint64_t rows_total = 0;  // how many there were; at least those kept
};

struct Results {
  std::string version{};   // of the program
  std::string build_id{};  // says which sources, not which machine
  std::string scenario{};  // its name
  std::string scenario_text{}, resolved_text{};
  std::uint64_t seed = 1;
  std::uint32_t replications = 0;  // done, which a partial run may have fewer of than asked for
  bool partial = false;
  std::uint64_t events = 0;
  double wall_s = 0;       // the only field that differs from run to run
  double simulated_s = 0;  // of one replication, warm-up included
  double warm_up_s = 0;
  std::vector<MetricResult> metrics{};
  std::vector<Finding> findings{};
  std::vector<Series> series{};
  std::vector<Table> tables{};
};

}  // namespace fleetsim
