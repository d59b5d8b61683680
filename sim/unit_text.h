#pragma once
#include <string>
#include <string_view>

#include "sim/dimension.h"
#include "sim/result.h"
#include "sim/unit_table.h"

namespace fleetsim {

// Quantities as people write them: a number, then a unit. A unit is words joined by * and /, each
// with an optional power ("g/kWh", "mm^2", "/s"); GB is 1e9, GiB is 2^30, b is a bit, B a byte.
// Nothing here asks the locale.

// A quantity in the base units of its dimension: seconds, bytes, kilograms, ...
struct Measure {
  double value = 0;
  Dimension dimension;
};

Result<Unit> parse_unit(std::string_view text);

// What `text` says; an error names what was found, what was expected and the nearest unit.
Result<Measure> parse_measure(std::string_view text);

// The same as a multiple of `unit`, when the dimension agrees: parse_in("30 min", "s") is 1800.
// REQUIRES: `unit` is one.
Result<double> parse_in(std::string_view text, std::string_view unit);

// What is expected where a quantity in `unit` belongs: `a time such as "30 min"`. REQUIRES: as
// above.
std::string expected_in(std::string_view unit);

// A unit in which a person reads such a value with ease, and how many of `unit` it holds. A mean
// and its half-width are shown in the unit that is chosen for the mean.
struct ReadableUnit {
  std::string name;  // empty for plain numbers
  double size = 1;
};
ReadableUnit readable_unit(double value, std::string_view unit, int digits = 3);

// A plain number with that many significant digits, without an exponent where it can be helped.
std::string format_number(double value, int digits);

// "46.9 h", "1.06 t", "400 Gb/s": `value`, given in `unit`, in its readable unit.
std::string format_measure(double value, std::string_view unit, int digits = 3);

}  // namespace fleetsim
