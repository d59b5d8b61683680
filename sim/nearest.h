#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fleetsim {

// How many single changes (a letter put in, taken out, replaced, or swapped with its neighbour)
// turn one word into the other, capitals being small ones. Optimal string alignment (Damerau 1964).
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate that was probably meant; none when all are further off than a third of its letters.
// Of two equally near the first is taken.
std::optional<std::string> nearest(std::string_view wanted,
                                   std::span<const std::string> candidates);

// The end of a message: `; did you mean "x"?`, or nothing.
std::string did_you_mean(std::string_view wanted, std::span<const std::string> candidates);

}  // namespace fleetsim
