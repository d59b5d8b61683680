#include "sim/unit_text.h"

#include <charconv>
#include <cmath>

#include "sim/nearest.h"
#include "sim/printable.h"

namespace fleetsim {
namespace {

constexpr std::size_t longest_text = 100;  // of a quantity; more is a mistake, not a quantity

void skip_spaces(std::string_view& text) {
  while (!text.empty() && (text[0] == ' ' || text[0] == '\t')) text.remove_prefix(1);
}

std::string_view trimmed(std::string_view text) {
  skip_spaces(text);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes "^2", "^-1" or a raised digit off the front; 1 when there is no power, 0 when it is broken.
int take_power(std::string_view& text) {
  if (text.starts_with("\u00b2")) return text.remove_prefix(2), 2;
  if (text.starts_with("\u00b3")) return text.remove_prefix(2), 3;
  if (!text.starts_with("^")) return 1;
  text.remove_prefix(1);
  const bool negative = text.starts_with("-");
  if (negative) text.remove_prefix(1);
  if (text.empty() || !is_digit(text[0])) return 0;
  const int power = text[0] - '0';
  text.remove_prefix(1);
  return negative ? -power : power;
}

// Takes a word off the front: whatever comes before an operator, a power or a space.
std::string_view take_word(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && std::string_view("*/^ \t").find(text[length]) == text.npos) {
    const auto rest = text.substr(length);
    if (rest.starts_with("\u00b2") || rest.starts_with("\u00b3")) break;
    ++length;
  }
  const auto word = text.substr(0, length);
  text.remove_prefix(length);
  return word;
}

// "s2" is s^2 where no unit has that name itself.
std::optional<Unit> find_factor(std::string_view word) {
  if (const auto unit = find_unit(word)) return unit;
  if (word.size() < 2 || word.back() < '2' || word.back() > '3') return std::nullopt;
  const auto unit = find_unit(word.substr(0, word.size() - 1));
  if (!unit) return std::nullopt;
  return times(Unit{}, *unit, word.back() - '0');
}

// The number at the front of a quantity, and what follows it.
struct Split {
  double number = 0;
  std::string_view unit;
};

Result<Split> split(std::string_view text, const std::string& expected) {
  const auto whole = trimmed(text);
  if (whole.empty()) return Error{in_quotes(text) + " is empty; expected " + expected};
  if (whole.size() > longest_text)
    return Error{in_quotes(text) + " is too long; expected " + expected};
  auto rest = whole;
  if (rest[0] == '+' && rest.size() > 1 && rest[1] != '-') rest.remove_prefix(1);
  Split parts;
  const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), parts.number);
  if (problem == std::errc::invalid_argument)
    return Error{in_quotes(text) + " does not begin with a number; expected " + expected};
  if (problem == std::errc::result_out_of_range)
    return Error{in_quotes(text) + " is beyond the numbers from 1e-307 to 1e308; expected " +
                 expected};
  if (!std::isfinite(parts.number))
    return Error{in_quotes(text) + " is not a finite number; expected " + expected};
  parts.unit = trimmed(rest.substr(static_cast<std::size_t>(end - rest.data())));
  return parts;
}

Result<Measure> measure(std::string_view text, const std::string& expected, const Unit* wanted) {
  const auto parts = split(text, expected);
  if (!parts) return parts.error();
  const auto unit = parse_unit(parts->unit);
  if (!unit) return Error{in_quotes(text) + ": " + unit.error().message};
  if (wanted && unit->dimension != wanted->dimension) {
    const std::string found =
        parts->unit.empty() ? " has no unit" : " is " + kind_of(unit->dimension);
    return Error{in_quotes(text) + found + "; expected " + expected};
  }
  const Unit ratio = wanted ? times(*unit, *wanted, -1) : *unit;
  const double value = parts->number * ratio.numerator / ratio.denominator;
  if (!std::isfinite(value))
    return Error{in_quotes(text) + " is beyond the numbers up to 1e308; expected " + expected};
  return Measure{value, unit->dimension};
}

Unit known(std::string_view unit) {
  const auto parsed = parse_unit(unit);
  check(bool(parsed), "a unit named by the program is one");
  return *parsed;
}

// The units in which people read what is not a matter of metric prefixes; each from its own size
// on, or from `from` where a larger number of the unit before reads better.
struct Step {
  std::string_view name;
  double size, from;
};
constexpr Step times_of_people[] = {{"ns", 1e-9, 0},         {"\u00b5s", 1e-6, 1e-6},
                                    {"ms", 1e-3, 1e-3},      {"s", 1, 1},
                                    {"min", 60, 120},        {"h", 3600, 7200},
                                    {"d", 86400, 48 * 3600}, {"yr", 31536000, 2 * 31536000.}};
constexpr Step masses[] = {{"mg", 1e-6, 0}, {"g", 1e-3, 1e-3}, {"kg", 1, 1},
                           {"t", 1e3, 1e3}, {"kt", 1e6, 1e6},  {"Mt", 1e9, 1e9}};
constexpr Step energies[] = {
    {"J", 1, 0},           {"kJ", 1e3, 1e3},        {"MJ", 1e6, 1e6},       {"kWh", 3.6e6, 3.6e6},
    {"MWh", 3.6e9, 3.6e9}, {"GWh", 3.6e12, 3.6e12}, {"TWh", 3.6e15, 3.6e15}};
constexpr Step metric[] = {{"", 1, 0},        {"k", 1e3, 1e3},   {"M", 1e6, 1e6},  {"G", 1e9, 1e9},
                           {"T", 1e12, 1e12}, {"P", 1e15, 1e15}, {"E", 1e18, 1e18}};

template <std::size_t N>
const Step& step_for(double value, const Step (&steps)[N]) {
  const double size = value == 0 ? 1 : std::fabs(value);  // nothing is shown in the base unit
  std::size_t best = 0;
  for (std::size_t i = 1; i < N; ++i)
    if (size >= steps[i].from) best = i;
  return steps[best];
}

double rounded(double value, int digits) {
  if (value == 0 || !std::isfinite(value)) return value;
  char text[40];
  const auto end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, digits - 1).ptr;
  std::from_chars(text, end, value);
  return value;
}

}  // namespace

Result<Unit> parse_unit(std::string_view text) {
  Unit unit;
  auto rest = trimmed(text);
  if (rest.empty()) return unit;
  for (int exponent = 1; true;) {
    if (rest.starts_with("/")) exponent = -1, rest.remove_prefix(1), skip_spaces(rest);
    const auto word = take_word(rest);
    if (word.empty()) return Error{in_quotes(text) + " is no unit: a word is missing"};
    const auto factor = find_factor(word);
    if (!factor) return Error{"unknown unit " + in_quotes(word) + did_you_mean(word, unit_words())};
    const int power = take_power(rest);
    if (power == 0) return Error{in_quotes(text) + " is no unit: expected a power such as ^2"};
    unit = times(unit, *factor, exponent * power);
    skip_spaces(rest);
    if (rest.empty()) return unit;
    exponent = 1;
    if (rest[0] == '*')
      rest.remove_prefix(1), skip_spaces(rest);
    else if (rest[0] != '/')
      return Error{"found " + in_quotes(rest) + " after the unit " + in_quotes(word)};
  }
}

Result<Measure> parse_measure(std::string_view text) {
  return measure(text, "a quantity such as \"30 min\"", nullptr);
}

Result<double> parse_in(std::string_view text, std::string_view unit) {
  const Unit wanted = known(unit);
  const auto found = measure(text, described(wanted.dimension), &wanted);
  if (!found) return found.error();
  return found->value;
}

std::string expected_in(std::string_view unit) {
  return described(known(unit).dimension);
}

ReadableUnit readable_unit(double value, std::string_view unit, int digits) {
  value = rounded(value, digits);
  const auto stepped = [&](const auto& steps) {
    const Step& step = step_for(value, steps);
    return ReadableUnit{std::string(step.name), step.size};
  };
  if (unit == "s") return stepped(times_of_people);
  if (unit == "kg") return stepped(masses);
  if (unit == "J") return stepped(energies);
  if (unit == "1" || unit == "count") return {};
  std::string_view rest = unit;
  const auto word = take_word(rest);
  const std::string tail(rest);
  if (word == "1") return {tail, 1};
  const std::string shown = word == "USD" ? "$" : std::string(word);
  if (!takes_large_prefix(shown)) return {shown + tail, 1};
  const Step& step = step_for(value, metric);
  return {std::string(step.name) + shown + tail, step.size};
}

std::string format_number(double value, int digits) {
  if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  value = rounded(value, digits);
  if (value == 0) return "0";
  const double size = std::fabs(value);
  const int exponent = static_cast<int>(std::floor(std::log10(size) + 1e-12));
  char text[400];
  const bool plain = size < 1e9 && size >= 1e-4;
  const auto end = plain ? std::to_chars(text, text + sizeof text, value, std::chars_format::fixed,
                                         std::max(0, digits - 1 - exponent))
                         : std::to_chars(text, text + sizeof text, value,
                                         std::chars_format::scientific, digits - 1);
  std::string number(text, end.ptr);
  const auto mantissa = std::min(number.find('e'), number.size());
  if (number.find('.') == number.npos) return number;
  std::size_t keep = number.find_last_not_of('0', mantissa - 1) + 1;
  if (number[keep - 1] == '.') --keep;
  return number.erase(keep, mantissa - keep);
}

std::string format_measure(double value, std::string_view unit, int digits) {
  const ReadableUnit readable = readable_unit(value, unit, digits);
  const std::string number = format_number(value / readable.size, digits);
  return readable.name.empty() ? number : number + ' ' + readable.name;
}

}  // namespace fleetsim
