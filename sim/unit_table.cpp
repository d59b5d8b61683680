#include "sim/unit_table.h"

#include <cstdint>
#include <numeric>
#include <utility>

namespace fleetsim {
namespace {

// Which prefixes a word takes.
enum Prefixes : unsigned { none = 0, small = 1, large = 2, binary = 4 };

struct Prefix {
  std::string_view word;
  double numerator, denominator;
  Prefixes group;
};

constexpr Prefix prefixes[] = {
    {"p", 1, 1e12, small},     {"n", 1, 1e9, small},      {"u", 1, 1e6, small},
    {"\u00b5", 1, 1e6, small},  // the micro sign
    {"\u03bc", 1, 1e6, small},  // the Greek letter
    {"m", 1, 1e3, small},      {"k", 1e3, 1, large},      {"M", 1e6, 1, large},
    {"G", 1e9, 1, large},      {"T", 1e12, 1, large},     {"P", 1e15, 1, large},
    {"E", 1e18, 1, large},     {"Z", 1e21, 1, large},     {"Ki", 0x1p10, 1, binary},
    {"Mi", 0x1p20, 1, binary}, {"Gi", 0x1p30, 1, binary}, {"Ti", 0x1p40, 1, binary},
    {"Pi", 0x1p50, 1, binary}, {"Ei", 0x1p60, 1, binary},
};

struct Row {
  std::string_view word;
  double numerator, denominator;
  Dimension dimension;
  unsigned takes;
};

constexpr Dimension per_second(Dimension::Base base) {
  return times(power_of(base), power_of(Dimension::second), -1);
}

constexpr Dimension volt = times(per_second(Dimension::joule), power_of(Dimension::ampere), -1);

constexpr Row rows[] = {
    {"s", 1, 1, power_of(Dimension::second), small},
    {"sec", 1, 1, power_of(Dimension::second), none},
    {"second", 1, 1, power_of(Dimension::second), none},
    {"seconds", 1, 1, power_of(Dimension::second), none},
    {"min", 60, 1, power_of(Dimension::second), none},
    {"minute", 60, 1, power_of(Dimension::second), none},
    {"minutes", 60, 1, power_of(Dimension::second), none},
    {"h", 3600, 1, power_of(Dimension::second), none},
    {"hr", 3600, 1, power_of(Dimension::second), none},
    {"hour", 3600, 1, power_of(Dimension::second), none},
    {"hours", 3600, 1, power_of(Dimension::second), none},
    {"d", 86400, 1, power_of(Dimension::second), none},
    {"day", 86400, 1, power_of(Dimension::second), none},
    {"days", 86400, 1, power_of(Dimension::second), none},
    {"wk", 604800, 1, power_of(Dimension::second), none},
    {"week", 604800, 1, power_of(Dimension::second), none},
    {"weeks", 604800, 1, power_of(Dimension::second), none},
    {"yr", 31536000, 1, power_of(Dimension::second), none},  // of 365 days
    {"year", 31536000, 1, power_of(Dimension::second), none},
    {"years", 31536000, 1, power_of(Dimension::second), none},
    {"Hz", 1, 1, power_of(Dimension::second, -1), large},
    {"IOPS", 1, 1, power_of(Dimension::second, -1), large},

    {"mo", 2628000, 1, power_of(Dimension::second), none},  // a twelfth of that year
    {"month", 2628000, 1, power_of(Dimension::second), none},
    {"months", 2628000, 1, power_of(Dimension::second), none},

    {"B", 1, 1, power_of(Dimension::byte), large | binary},
    {"KB", 1000, 1, power_of(Dimension::byte), none},
    {"byte", 1, 1, power_of(Dimension::byte), none},
    {"bytes", 1, 1, power_of(Dimension::byte), none},
    {"b", 1, 8, power_of(Dimension::byte), large | binary},
    {"bit", 1, 8, power_of(Dimension::byte), large},
    {"bits", 1, 8, power_of(Dimension::byte), none},
    {"bps", 1, 8, per_second(Dimension::byte), large},

    {"FLOP", 1, 1, power_of(Dimension::flop), large},
    {"FLOPs", 1, 1, power_of(Dimension::flop), large},
    {"KFLOP", 1000, 1, power_of(Dimension::flop), none},
    {"KFLOPs", 1000, 1, power_of(Dimension::flop), none},
    {"flop", 1, 1, power_of(Dimension::flop), none},
    {"flops", 1, 1, power_of(Dimension::flop), none},
    {"op", 1, 1, power_of(Dimension::flop), none},
    {"ops", 1, 1, power_of(Dimension::flop), none},
    {"FLOPS", 1, 1, per_second(Dimension::flop), large},
    {"OPS", 1, 1, per_second(Dimension::flop), large},
    {"KOPS", 1000, 1, per_second(Dimension::flop), none},
    {"MIPS", 1e6, 1, per_second(Dimension::flop), none},

    {"J", 1, 1, power_of(Dimension::joule), small | large},
    {"joule", 1, 1, power_of(Dimension::joule), none},
    {"joules", 1, 1, power_of(Dimension::joule), none},
    {"W", 1, 1, per_second(Dimension::joule), small | large},
    {"watt", 1, 1, per_second(Dimension::joule), none},
    {"watts", 1, 1, per_second(Dimension::joule), none},
    {"Wh", 3600, 1, power_of(Dimension::joule), small | large},

    {"g", 1, 1000, power_of(Dimension::kilogram), small | large},
    {"t", 1000, 1, power_of(Dimension::kilogram), large},
    {"tonne", 1000, 1, power_of(Dimension::kilogram), none},
    {"tonnes", 1000, 1, power_of(Dimension::kilogram), none},

    {"$", 1, 1, power_of(Dimension::dollar), large},
    {"USD", 1, 1, power_of(Dimension::dollar), large},
    {"dollar", 1, 1, power_of(Dimension::dollar), none},
    {"dollars", 1, 1, power_of(Dimension::dollar), none},

    {"m", 1, 1, power_of(Dimension::metre), small},
    {"cm", 1, 100, power_of(Dimension::metre), none},
    {"km", 1000, 1, power_of(Dimension::metre), none},
    {"N", 1, 1, times(power_of(Dimension::joule), power_of(Dimension::metre), -1), none},
    {"A", 1, 1, power_of(Dimension::ampere), small},
    {"C", 1, 1, times(power_of(Dimension::ampere), power_of(Dimension::second)), none},
    {"V", 1, 1, volt, small},
    {"ohm", 1, 1, times(volt, power_of(Dimension::ampere), -1), none},
    {"K", 1, 1, power_of(Dimension::kelvin), none},
    {"L", 1, 1, power_of(Dimension::litre), small | large},
    {"litre", 1, 1, power_of(Dimension::litre), none},
    {"litres", 1, 1, power_of(Dimension::litre), none},
    {"liter", 1, 1, power_of(Dimension::litre), none},
    {"liters", 1, 1, power_of(Dimension::litre), none},
    {"m3", 1000, 1, power_of(Dimension::litre), none},

    {"token", 1, 1, power_of(Dimension::token), large},
    {"tokens", 1, 1, power_of(Dimension::token), large},
    {"Btoken", 1e9, 1, power_of(Dimension::token), none},  // as people say "300B tokens"
    {"Btokens", 1e9, 1, power_of(Dimension::token), none},
    {"tok", 1, 1, power_of(Dimension::token), large},

    {"1", 1, 1, {}, none},
    {"%", 1, 100, {}, none},
    {"percent", 1, 100, {}, none},
    {"ppm", 1, 1e6, {}, none},
    {"count", 1, 1, {}, none},
    {"param", 1, 1, {}, large},
    {"Bparam", 1e9, 1, {}, none},  // as people say "70B parameters"
    {"Bparams", 1e9, 1, {}, none},
    {"params", 1, 1, {}, large},
    {"parameter", 1, 1, {}, none},
    {"parameters", 1, 1, {}, none},
    {"cycles", 1, 1, {}, none},
    {"samples", 1, 1, {}, none},
    {"customers", 1, 1, {}, none},
    {"requests", 1, 1, {}, none},
    {"jobs", 1, 1, {}, none},
};

Unit reduced(Unit unit) {
  constexpr double limit = 0x1p63;  // above it the terms are no longer whole for an integer type
  if (unit.numerator >= limit || unit.denominator >= limit) return unit;
  const auto common = static_cast<double>(std::gcd(static_cast<std::uint64_t>(unit.numerator),
                                                   static_cast<std::uint64_t>(unit.denominator)));
  unit.numerator /= common, unit.denominator /= common;
  return unit;
}

}  // namespace

Unit times(const Unit& a, const Unit& b, int exponent) {
  Unit product = a;
  product.dimension = times(a.dimension, b.dimension, exponent);
  for (int i = 0; i < (exponent < 0 ? -exponent : exponent); ++i) {
    product.numerator *= exponent < 0 ? b.denominator : b.numerator;
    product.denominator *= exponent < 0 ? b.numerator : b.denominator;
    product = reduced(product);
  }
  return product;
}

std::optional<Unit> find_unit(std::string_view word) {
  for (const Row& row : rows)
    if (row.word == word) return Unit{row.numerator, row.denominator, row.dimension};
  for (const Prefix& prefix : prefixes) {
    if (!word.starts_with(prefix.word)) continue;
    for (const Row& row : rows)
      if ((row.takes & prefix.group) != 0 && row.word == word.substr(prefix.word.size()))
        return times(Unit{row.numerator, row.denominator, row.dimension},
                     Unit{prefix.numerator, prefix.denominator, {}});
  }
  return std::nullopt;
}

bool takes_large_prefix(std::string_view word) {
  for (const Row& row : rows)
    if (row.word == word) return (row.takes & large) != 0;
  return false;
}

std::vector<std::string> unit_words() {
  std::vector<std::string> words;
  for (const Row& row : rows) words.emplace_back(row.word);
  for (const Row& row : rows)
    for (const Prefix& prefix : prefixes)
      if ((row.takes & prefix.group) != 0)
        words.push_back(std::string(prefix.word) + std::string(row.word));
  return words;
}

}  // namespace fleetsim
