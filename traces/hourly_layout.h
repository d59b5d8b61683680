#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "traces/csv_lines.h"
#include "traces/hourly_file.h"

namespace fleetsim {

// Which column of an hourly file holds what, as its headings and its first row tell.
struct HourlyLayout {
  std::size_t time = 0, value = 0;
  std::vector<std::size_t> zones;        // of a long file: columns with names of the row's zone
  std::optional<std::size_t> estimated;  // says true or false
  double factor = 1;                     // to SI
  bool utc = false;                      // the heading of the times says so
  std::string zone;                      // of a wide file: its heading
  CarbonKind kind = CarbonKind::not_said;
};

// What is wrong, and with the heading of which column, from 0.
struct LayoutComplaint {
  std::size_t column = 0;
  std::string what{};
};

// Fills `out`; empty where all is well.
std::optional<LayoutComplaint> read_layout(const std::vector<std::string>& headings,
                                           const std::vector<CsvCell>& first_row,
                                           const HourlyRequest& request, HourlyLayout& out);

// The names of a list for a message: the first few.
std::string some_of(const std::vector<std::string>& names);

}  // namespace fleetsim
