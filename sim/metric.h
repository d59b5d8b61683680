#pragma once
#include <optional>
#include <string>
#include <vector>

namespace fleetsim {

// A number that a run reports: its public name (CONTRACT: lower-case words joined by dots) and
// unit.
struct MetricSpec {
  std::string name;
  std::string unit;  // "s", "1", "count", "1/s", ...
};

// The closed form that predicts a metric, or why there is none.
struct Prediction {
  std::string metric;
  std::optional<double>
      value;            // empty: no formula applies, and `note` says which assumption is broken
  std::string formula;  // the id of theory, such as "q.mmc"; empty without a value
  std::string note;
};

// What a person should know about a metric beyond its value: a formula that fails here, and by how
// much.
struct Finding {
  std::string metric;
  std::string text;
};

}  // namespace fleetsim
