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
  double rounding = 0;  // that whole nanoseconds may add up to, in the metric's unit
  double each = 0;      // of a mean over many, most of which may have none: of one that has any
};

// A formula that does not hold exactly here, but that people would use: kept beside the prediction,
// so that a run can say how far off it is and why.
struct Rival {
  std::string metric{};
  double value = 0;
  std::string formula{};     // the id of theory, such as "q.mm1" or "q.gg1.kingman"
  std::string assumption{};  // what is broken: "it assumes exponential services"
  bool bound = false;        // nothing is broken: the metric is at most this
};

// What a person should know about a metric beyond its value: a formula that fails here, and by how
// much.
struct Finding {
  std::string metric;
  std::string text;
};

}  // namespace fleetsim
