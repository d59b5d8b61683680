#pragma once
#include <array>
#include <cstddef>
#include <string>

namespace fleetsim {

// What kind of thing a quantity is: the exponents of the units that it is built from. Energy, money
// and volume are bases of their own, for scenarios say J, $ and L and never their product in SI.
struct Dimension {
  enum Base : std::size_t {
    second,
    byte,
    flop,
    joule,
    kilogram,
    dollar,
    metre,
    kelvin,
    litre,
    token,
    ampere,
    bases  // how many there are
  };
  std::array<int, bases> exponent{};  // all zero: a plain number

  friend constexpr bool operator==(const Dimension&, const Dimension&) = default;
};

// The dimension of `base` to the power `exponent`.
constexpr Dimension power_of(Dimension::Base base, int exponent = 1) {
  Dimension dimension;
  dimension.exponent[base] = exponent;
  return dimension;
}

// The dimension of a * b^exponent: a product for 1, a quotient for -1.
constexpr Dimension times(Dimension a, const Dimension& b, int exponent = 1) {
  for (std::size_t i = 0; i < Dimension::bases; ++i) a.exponent[i] += exponent * b.exponent[i];
  return a;
}

// For messages: "a time", "a price of energy"; what has no name is "a quantity in kg/s^2".
std::string kind_of(const Dimension& dimension);

// The same with an example that can be copied: `a time such as "30 min"`.
std::string described(const Dimension& dimension);

}  // namespace fleetsim
