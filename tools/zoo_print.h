#pragma once
#include <string>
#include <vector>

#include "tools/commands.h"
#include "tools/zoo_select.h"

namespace fleetsim {

// The catalogue as text for a person, as JSON, or as CSV.

// How many entries there are of each kind.
std::string zoo_kinds_text(const Zoo& zoo, Format format);

// A table of entries. Text shows `columns`, a star at what another entry corrects; JSON and CSV
// hold every figure, in the unit of its column.
std::string zoo_table_text(const Zoo& zoo, const ZooKind& kind, const ZooRows& rows,
                           const std::vector<std::string>& columns, Format format);

// All that is known of one entry: every figure with its unit, as written and from where; what
// follows from the figures; source, confidence, notes, older values.
std::string zoo_entry_text(const Zoo& zoo, const ZooEntry& entry, Format format);

}  // namespace fleetsim
