#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/metric.h"
#include "sim/quantile_sketch.h"
#include "sim/record.h"
#include "sim/results.h"
#include "sim/stream.h"
#include "sim/units.h"

namespace fleetsim {

// What every simulated thing has in common, so that warm-up, replications, intervals, verdicts,
// validation and sweeps are written once.

// One metric of one window of one replication. NaN where nothing was observed.
struct Measured {
  MetricSpec metric;
  double value = 0;
  double weight = 1;  // of a mean over customers: their number (see pooled_terms)
};

// What was observed of a quantity, from which the metrics named after it with a quantile at the end
// are told: of "queue.wait", "queue.wait.p99".
struct Distribution {
  std::string name;
  QuantileSketch nanoseconds;
};

// An input as it turned out in one replication, and its true mean: tells how lucky the replication
// was (see controlled_mean).
struct ControlValue {
  double value = 0;
  double known_mean = 0;
};

// How one replication is watched. The time from warm_up to end is cut into `windows` of equal
// length, each measured for itself; the load, into `bins` from 0 to end.
struct Plan {
  Duration warm_up{};
  Duration end{};
  std::uint32_t windows = 1;
  std::uint32_t bins = 0;
  std::size_t keep_visits = 0;  // rows of tables; of the first things that end after the warm-up
};

// What one replication showed.
struct Observation {
  std::vector<std::vector<Measured>> windows;            // the same metrics in each
  std::vector<std::vector<Distribution>> distributions;  // by window
  std::vector<ControlValue> controls;                    // of the last window
  std::vector<double> load;  // mean number of things in the system, by bin: shows the warm-up
  std::vector<Series> series;
  std::vector<Table> tables;
  std::vector<Finding> findings;  // told of the first replication only
  std::uint64_t events = 0;
};

// What theory says: for each metric, in their order, the closed form that predicts it, or a note
// that says which assumption is broken; and the formulas that people would use though they don't
// hold exactly.
struct Twin {
  std::vector<Prediction> predictions;
  std::vector<Rival> rivals;
};

// A system that can be simulated. Never changes: one serves all replications on all threads.
class Model {
 public:
  virtual ~Model() = default;
  virtual std::vector<MetricSpec> metrics() const = 0;  // known before anything has run
  // A pure function of its arguments; a sink, if any, is told what happens.
  virtual Observation simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const = 0;
  virtual Twin twin() const = 0;
  // What else a reader should know, for the price of a few replications like this one.
  virtual std::vector<Finding> outlook(const Chance&, const Plan&) const { return {}; }
  // Whether what is watched may be over before the horizon, so that a run has no like parts.
  virtual bool ends() const { return false; }
};

}  // namespace fleetsim
