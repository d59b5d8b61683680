#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "analytic/value.h"

namespace fleetsim {

// Arguments as people write them into lists of cases, made fit to be read as arguments.

// "default 0.5", "default (US Average)", "not stated", "defaults": nothing is asked for.
bool leaves_default(std::string_view text);

// The text without what only explains it: what stands in parentheses, what stands before " = ",
// "per chip", the kind of topology behind a bandwidth. A product or quotient of quantities is
// worked out: "32 workers x 850 img/s x 150 KB", "256 x 500 KB / 13.97 ms".
std::string plain_text(std::string_view text);

// The same for all texts in a value.
analytic::Value plain_value(const analytic::Value& value);

// "2 x 10000 h": so many of those. Nothing when the text says no such thing.
struct Repeated {
  double count = 0;
  std::string each;
};
std::optional<Repeated> repeated(std::string_view text);

}  // namespace fleetsim
