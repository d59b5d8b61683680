#pragma once
#include <string>

#include "sim/result.h"
#include "traces/sweep_results.h"

namespace fleetsim {

// A sweep as an HDF5 file, readable by h5py and pandas without help:
//
//   / attributes               version, build_id, scenario, scenario_text, resolved_scenario (of
//                              the first point), seed, points (planned), partial, plan
//   /points                    a row a point that is done: its number and the values of what was
//                              varied, as numbers or texts; attributes "unit of PATH"
//   /metrics                   as in the file of a run, with the point's number in front
//   /replications/POINT/NAME   a metric's values, one a replication; attribute unit
//   /weights/POINT/NAME        where a value is a mean over things: of how many
//
// Equal sweeps make equal bytes. The file is whole or not there.
Status write_sweep_hdf5(const SweepResults& results, const std::string& path);

// What the file keeps: of `points` all but the wide intervals and the values of the fields; of the
// rest version, resolved_text, plan, seed and planned. Another file is an error that names it.
Result<SweepResults> read_sweep(const std::string& path);

}  // namespace fleetsim
