#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/result.h"
#include "sim/results.h"

namespace fleetsim {

// A run as the HDF5 file that CONTRACT promises, readable by h5py and pandas without help:
//
//   / attributes         version, build_id, scenario, scenario_text, resolved_scenario, seed,
//                        replications, partial, events, simulated_s, warm_up_s
//   /metrics             a row a metric: name, unit, mean, ci_low, ci_high, closed_form, formula,
//                        agrees, note; NaN where a number is missing; attribute ci_level
//   /findings            a row a finding: metric, text
//   /replications/NAME   a metric's values, one a replication; attribute unit
//   /weights/NAME        where a value is a mean over things: of how many, one a replication
//   /series/NAME         rows of t and value; attributes unit and t_unit
//   /TABLE/COLUMN        chunked and compressed, attribute unit; the group has rows_total
//
// The wall clock is left out: equal runs make equal bytes. The file is whole or not there.
Status write_results_hdf5(const Results& results, const std::string& path);

// What a run needs to know of an earlier one to go on from it.
struct SavedReplications {
  struct Metric {
    std::string name;
    std::vector<double> values;   // one a replication, in their order
    std::vector<double> weights;  // as many, or none
  };
  std::string version, build_id;
  std::string resolved_text;
  std::uint64_t seed = 1;
  std::uint64_t replications = 0;
  std::uint64_t events = 0;
  std::vector<Metric> metrics;
  Table sketches;  // only a run that was interrupted leaves them; else without columns
};

// Reads a file that write_results_hdf5 made; anything else is an error that names it.
Result<SavedReplications> read_replications(const std::string& path);

}  // namespace fleetsim
