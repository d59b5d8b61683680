#pragma once
#include "analytic/catalogue.h"
#include "traces/zoo_entry.h"

namespace fleetsim {

// Entries that need no other entry, as the plain values that closed forms take. REQUIRES: the entry
// is of that kind and complete. An error is about a word that means nothing.

// A link's bandwidth becomes that of one direction: a "bidirectional_total" is halved.
Result<analytic::Device> device_of(const ZooEntry& entry);

// The family follows from the type; without one, from what is said of experts and layers.
Result<analytic::Model> model_of(const ZooEntry& entry);

Result<analytic::Fabric> fabric_of(const ZooEntry& entry);
Result<analytic::Grid> grid_of(const ZooEntry& entry);

// Without its grid, which is another entry.
Result<analytic::Location> location_of(const ZooEntry& entry);

}  // namespace fleetsim
