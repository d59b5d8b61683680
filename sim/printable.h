#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace fleetsim {

// Text from outside, made fit for one line of a message: bytes that a terminal would act on, and
// those that are not UTF-8, become escapes such as \n and \x07; what exceeds `longest` bytes is cut
// and ends in "...".
std::string printable(std::string_view text, std::size_t longest = 60);

// The same between quotes.
std::string in_quotes(std::string_view text, std::size_t longest = 60);

// Whether all of it is well-formed UTF-8 (RFC 3629).
bool is_utf8(std::string_view text);

}  // namespace fleetsim
