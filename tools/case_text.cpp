#include "tools/case_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "sim/unit_text.h"

namespace fleetsim {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool begins_number(std::string_view text) {
  return !text.empty() && (text[0] == '.' || (text[0] >= '0' && text[0] <= '9'));
}

std::string without_parentheses(std::string_view text) {
  std::string out;
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (depth == 0) out += c;
    if (c == ')' && depth > 0) --depth;
  }
  return std::string(trimmed(out));
}

// A unit in which words that nobody measures by ("workers", "img") count as one.
Unit unit_of(std::string_view text) {
  Unit unit;
  int exponent = 1;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("*/"), text.size());
    if (const auto known = find_unit(trimmed(text.substr(0, end))))
      unit = times(unit, *known, exponent);
    exponent = end < text.size() && text[end] == '/' ? -1 : 1;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return unit;
}

// In base units, as text that can be read again.
std::string spelled(double value, const Dimension& dimension) {
  constexpr std::string_view symbols[] = {"s", "B", "FLOP", "J", "kg", "$", "m", "K", "L", "token"};
  std::string unit = "1";
  for (std::size_t i = 0; i < std::size(symbols); ++i)
    if (const int power = dimension.exponent[i]; power != 0)
      unit += fmt::format("{}{}^{}", power > 0 ? '*' : '/', symbols[i], std::abs(power));
  return unit == "1" ? fmt::format("{}", value) : fmt::format("{} {}", value, unit);
}

struct Term {
  std::string_view text;
  bool divides = false;
};

// The terms of a product, each beginning with a number; none when it is no product.
std::vector<Term> terms_of(std::string_view text) {
  std::vector<Term> terms;
  bool divides = false;
  while (true) {
    const std::size_t end = std::min({text.find(" x "), text.find(" / "), text.size()});
    const std::string_view term = trimmed(text.substr(0, end));
    if (!begins_number(term)) return {};
    terms.push_back({term, divides});
    if (end == text.size()) break;
    divides = text[end + 1] == '/';
    text.remove_prefix(end + 3);
  }
  return terms.size() > 1 ? terms : std::vector<Term>{};
}

std::optional<std::string> worked_out(std::string_view text) {
  double value = 1;
  Dimension dimension;
  const std::vector<Term> terms = terms_of(text);
  for (const Term& term : terms) {
    double number = 0;
    const char* const last = term.text.data() + term.text.size();
    const auto [end, problem] = std::from_chars(term.text.data(), last, number);
    if (problem != std::errc()) return std::nullopt;
    const Unit unit = unit_of(trimmed({end, static_cast<std::size_t>(last - end)}));
    const double base = number * unit.numerator / unit.denominator;
    value = term.divides ? value / base : value * base;
    dimension = times(dimension, unit.dimension, term.divides ? -1 : 1);
  }
  if (terms.empty()) return std::nullopt;
  return spelled(value, dimension);
}

// "400 Gbit/s fat-tree", "1.6 GB/s per chip": the words behind a quantity say no more of it.
std::string without_tail(std::string text) {
  if (!begins_number(text)) return text;
  const auto unit = text.find(' ');
  const auto tail = unit == text.npos ? text.npos : text.find(' ', unit + 1);
  if (tail == text.npos) return text;
  const std::string front = text.substr(0, tail);
  return parse_measure(front) && !parse_measure(text) ? front : text;
}

}  // namespace

bool leaves_default(std::string_view text) {
  text = trimmed(text);
  return text.starts_with("default") || text.starts_with("not stated");
}

std::string plain_text(std::string_view text) {
  // What another solver gave, as it was printed: the number is what the case goes on with.
  constexpr std::string_view printed = "(printed as ";
  if (const auto at = text.find(printed); at != text.npos && text.ends_with(")"))
    text = text.substr(at + printed.size(), text.size() - at - printed.size() - 1);
  std::string plain = without_parentheses(text);
  if (const auto equals = plain.find(" = "); equals != plain.npos) plain.erase(0, equals + 3);
  if (const std::optional<std::string> product = worked_out(plain)) return *product;
  return without_tail(plain);
}

analytic::Value plain_value(const analytic::Value& value) {
  if (const std::string* text = value.as_text()) return plain_text(*text);
  if (const analytic::Values* list = value.as_list()) {
    analytic::Values plain;
    for (const analytic::Value& item : *list) plain.push_back(plain_value(item));
    return plain;
  }
  const analytic::Fields* fields = value.as_fields();
  if (fields == nullptr) return value;
  analytic::Fields plain;
  for (const auto& [name, item] : *fields) {
    const std::string* text = item.as_text();
    if (text == nullptr || !leaves_default(*text)) plain.emplace_back(name, plain_value(item));
  }
  return plain;
}

std::optional<Repeated> repeated(std::string_view text) {
  const auto times_sign = text.find(" x ");
  if (times_sign == text.npos) return std::nullopt;
  const std::string_view count = trimmed(text.substr(0, times_sign));
  Repeated out;
  const auto [end, problem] = std::from_chars(count.data(), count.data() + count.size(), out.count);
  if (problem != std::errc() || end != count.data() + count.size()) return std::nullopt;
  out.each = trimmed(text.substr(times_sign + 3));
  return out;
}

}  // namespace fleetsim
