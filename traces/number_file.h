#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/result.h"

namespace fleetsim {

// The heading of a column, "at (ms)": a name and perhaps a unit.
struct Heading {
  std::string name, unit;
};
Heading heading_of(std::string_view text);

// Columns of numbers in a CSV file: cells split by commas, blank lines and # comments left out. A
// header names the columns and their units, "at (ms), weight"; then cells are plain numbers. A cell
// may also bring its own unit, "12 ms", and must where the header has none.
struct ColumnRequest {
  std::string name;
  std::string unit;      // that the answer is in
  bool required = true;  // else its answer is empty when the file has no such column
};

// One answer a request. A file with one column needs no header, and its column needs no name.
// Errors name file:line:column.
Result<std::vector<std::vector<double>>> read_columns(const std::string& path,
                                                      std::span<const ColumnRequest> requests);

}  // namespace fleetsim
