#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/result.h"
#include "traces/hdf5_file.h"

namespace fleetsim {

// What the files of a run and of a sweep have in common: where their numbers come from, and how
// they get to the disk and back.

// Attributes of the root: version, build_id, scenario, scenario_text, resolved_scenario.
template <class AnyResults>
void put_origin(Hdf5Image& image, const AnyResults& results) {
  image.attribute("/", "version", results.version);
  image.attribute("/", "build_id", results.build_id);
  image.attribute("/", "scenario", results.scenario);
  image.attribute("/", "scenario_text", results.scenario_text);
  image.attribute("/", "resolved_scenario", results.resolved_text);
}

// The file is whole or not there.
Status write_image(Hdf5Image& image, const std::string& path);

// Fills the places with the attributes of the root of those names.
Status read_texts(const Hdf5Reader& file,
                  const std::vector<std::pair<const char*, std::string*>>& places);
Status read_counts(const Hdf5Reader& file,
                   const std::vector<std::pair<const char*, std::uint64_t*>>& places);

// A metric's /replications and, where there are any, its /weights; `below` is what follows those.
Status read_values(const Hdf5Reader& file, const std::string& below, std::vector<double>& values,
                   std::vector<double>& weights);

}  // namespace fleetsim
