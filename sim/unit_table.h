#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/dimension.h"

namespace fleetsim {

// One of a unit is numerator / denominator of the base unit of its dimension. Both are whole
// numbers, so that a conversion rounds once: 3 ms is 3 / 1000 s, the double nearest to 0.003.
struct Unit {
  double numerator = 1, denominator = 1;
  Dimension dimension;
};

// a * b^exponent, in lowest terms.
Unit times(const Unit& a, const Unit& b, int exponent = 1);

// A single word of the table, prefix included: "ms", "GiB", "kWh", "$".
std::optional<Unit> find_unit(std::string_view word);

// Whether `word` may have a metric prefix for large amounts: "B" and "W" may, "min" may not.
bool takes_large_prefix(std::string_view word);

// Every word that find_unit knows, for suggestions.
std::vector<std::string> unit_words();

}  // namespace fleetsim
