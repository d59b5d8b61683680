#include "sim/dimension.h"

#include <string_view>

namespace fleetsim {
namespace {

struct Kind {
  Dimension dimension;
  std::string_view name;
  std::string_view example;  // empty: none that would help
};

constexpr Dimension ratio(Dimension::Base over, Dimension::Base under) {
  return times(power_of(over), power_of(under), -1);
}

constexpr Dimension resistance =
    times(ratio(Dimension::joule, Dimension::second), power_of(Dimension::ampere, -2));

// What scenarios name. The example is one that the reader may well have meant.
constexpr Kind kinds[] = {
    {{}, "a number", "0.25\" or \"25 %"},
    {power_of(Dimension::second), "a time", "30 min"},
    {power_of(Dimension::second, -1), "a rate", "600 /s"},
    {power_of(Dimension::byte), "an amount of data", "80 GB"},
    {ratio(Dimension::byte, Dimension::second), "a data rate", "400 Gb/s"},
    {power_of(Dimension::flop), "an amount of work", "2 PFLOP"},
    {ratio(Dimension::flop, Dimension::second), "a speed of computing", "989 TFLOP/s"},
    {ratio(Dimension::flop, Dimension::joule), "an efficiency of computing", "50 GFLOP/J"},
    {ratio(Dimension::flop, Dimension::byte), "an arithmetic intensity", "300 FLOP/B"},
    {power_of(Dimension::joule), "an energy", "2 kWh"},
    {ratio(Dimension::joule, Dimension::second), "a power", "700 W"},
    {ratio(Dimension::joule, Dimension::byte), "an energy of data", "5 pJ/b"},
    {ratio(Dimension::joule, Dimension::flop), "an energy of work", "1 pJ/FLOP"},
    {power_of(Dimension::kilogram), "a mass", "150 kg"},
    {ratio(Dimension::kilogram, Dimension::joule), "a carbon intensity", "820 g/kWh"},
    {power_of(Dimension::dollar), "an amount of money", "30000 $"},
    {ratio(Dimension::dollar, Dimension::second), "a price of time", "2 $/h"},
    {ratio(Dimension::dollar, Dimension::byte), "a price of data", "0.02 $/GB"},
    {ratio(Dimension::dollar, Dimension::joule), "a price of energy", "0.12 $/kWh"},
    {times(ratio(Dimension::dollar, Dimension::joule), power_of(Dimension::second)),
     "a price of power", "15 $/kW"},
    {ratio(Dimension::dollar, Dimension::token), "a price of tokens", "3 $/Mtok"},
    {ratio(Dimension::dollar, Dimension::kilogram), "a price of carbon", "80 $/t"},
    {power_of(Dimension::metre), "a length", "30 km"},
    {power_of(Dimension::metre, 2), "an area", "814 mm^2"},
    {ratio(Dimension::metre, Dimension::second), "a speed", "200000 km/s"},
    {power_of(Dimension::kelvin), "a temperature", "300 K"},
    {power_of(Dimension::litre), "a volume", "500 L"},
    {ratio(Dimension::litre, Dimension::joule), "a use of water", "1.8 L/kWh"},
    {power_of(Dimension::token), "a number of tokens", "512 tokens"},
    {ratio(Dimension::token, Dimension::second), "a rate of tokens", "50 tokens/s"},
    {ratio(Dimension::second, Dimension::token), "a time of tokens", "50 ms/token"},
    {ratio(Dimension::byte, Dimension::token), "a size of tokens", "320 kB/token"},
    {power_of(Dimension::ampere), "an electric current", "12 A"},
    {resistance, "an electric resistance", "0.45 ohm"},
    {times(power_of(Dimension::kilogram), power_of(Dimension::metre, 2)), "a moment of inertia",
     "2e-5 kg*m^2"},
    {times(power_of(Dimension::metre), power_of(Dimension::second, -2)), "an acceleration",
     "9.8 m/s^2"},
};

constexpr std::string_view symbols[Dimension::bases] = {"s", "B", "FLOP", "J",     "kg", "$",
                                                        "m", "K", "L",    "token", "A"};

// "kg*m/s^2": first what is multiplied, then what divides.
std::string spelled(const Dimension& dimension) {
  std::string text;
  const auto put = [&](std::size_t base, int exponent, char sign) {
    if (!text.empty() || sign == '/') text += sign;
    text += symbols[base];
    if (exponent != 1) (text += '^') += std::to_string(exponent);
  };
  for (std::size_t i = 0; i < Dimension::bases; ++i)
    if (dimension.exponent[i] > 0) put(i, dimension.exponent[i], '*');
  if (text.empty()) text += '1';
  for (std::size_t i = 0; i < Dimension::bases; ++i)
    if (dimension.exponent[i] < 0) put(i, -dimension.exponent[i], '/');
  return text;
}

const Kind* find(const Dimension& dimension) {
  for (const Kind& kind : kinds)
    if (kind.dimension == dimension) return &kind;
  return nullptr;
}

}  // namespace

std::string kind_of(const Dimension& dimension) {
  const Kind* kind = find(dimension);
  if (kind) return std::string(kind->name);
  std::string text = "a quantity in ";
  return text += spelled(dimension);
}

std::string described(const Dimension& dimension) {
  const Kind* kind = find(dimension);
  if (!kind) return kind_of(dimension);
  std::string text(kind->name);
  text += " such as \"";
  text += kind->example;
  return text += '"';
}

}  // namespace fleetsim
