#include "analytic/bind.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "analytic/name.h"
#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"

namespace fleetsim::analytic {
namespace {

// What was found, in a word or two of a message.
std::string found(const Value& value) {
  if (value.empty()) return "nothing";
  if (const bool* flag = value.as_bool()) return *flag ? "true" : "false";
  if (const double* number = value.as_number()) return format_number(*number, 12);
  if (const std::string* text = value.as_text()) return in_quotes(*text);
  return value.as_list() != nullptr ? "a list" : "an object";
}

Error wrong(std::string_view name, const Value& value, std::string_view expected) {
  return Error{fmt::format("{}: found {}; expected {}", name, found(value), expected)};
}

Error about(std::string_view name, const Error& error) {
  return Error{fmt::format("{}: {}", name, error.message), error.kind};
}

// How many base units one of `unit` holds. Rows name units that exist: a test reads them all.
Unit unit_of(std::string_view unit) {
  const Result<Unit> parsed = parse_unit(unit);
  check(bool(parsed), "a unit named by a row is one");
  return *parsed;
}

std::string number_in(std::string_view unit) {
  if (unit_of(unit).dimension == Dimension{}) return expected_in(unit);
  return fmt::format("{}, or a number of {}", expected_in(unit), unit);
}

// A text that is nothing but a number is one.
std::optional<double> plain_number(std::string_view text) {
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// {"value": 0.5, "unit": "s"}: as answers are written, so that one may be an argument again.
std::optional<std::string> value_with_unit(const Value& value) {
  const Fields* fields = value.as_fields();
  if (fields == nullptr || fields->size() != 2 || (*fields)[0].first != "value" ||
      (*fields)[1].first != "unit")
    return std::nullopt;
  const double* number = (*fields)[0].second.as_number();
  const std::string* unit = (*fields)[1].second.as_text();
  if (number == nullptr || unit == nullptr) return std::nullopt;
  return fmt::format("{} {}", *number, *unit);
}

// Inputs that count tokens take them by name, too: seq_len of "2048 tokens". The book's unit system
// has them as plain counts.
std::string_view unit_in(std::string_view text, std::string_view name, std::string_view unit) {
  const bool counts =
      name.find("token") != name.npos || name.ends_with("_len") || name.ends_with("_length");
  const Result<Measure> said = parse_measure(text);
  const bool tokens = said && said->dimension == power_of(Dimension::token);
  return counts && tokens && unit_of(unit).dimension == Dimension{} ? "token" : unit;
}

// A number of `unit`, from a bare number or from text with a unit of the same kind.
Result<double> number_of(std::string_view name, std::string_view unit, const Value& value) {
  std::optional<double> number;
  if (value.as_number() != nullptr) number = value.number();
  const std::optional<std::string> object = value_with_unit(value);
  const std::string* text = object ? &*object : value.as_text();
  if (text != nullptr) number = plain_number(*text);
  if (text != nullptr && !number) {
    const Result<double> parsed = parse_in(*text, unit_in(*text, name, unit));
    if (!parsed) return about(name, parsed.error());
    number = *parsed;
  }
  if (!number || !std::isfinite(*number)) return wrong(name, value, number_in(unit));
  return *number;
}

Error unknown_argument(const Solver& solver, std::string_view name) {
  std::vector<std::string> names;
  for (const InputSpec& spec : solver.inputs) names.emplace_back(spec.name);
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) hint = fmt::format("; it takes {}", fmt::join(names, ", "));
  return Error{fmt::format("{} has no argument {}{}", solver.name, in_quotes(name), hint)};
}

Error missing_argument(const Solver& solver, const InputSpec& spec) {
  const bool plain = spec.unit.empty() || unit_of(spec.unit).dimension == Dimension{};
  const std::string such = plain ? "" : " (" + expected_in(spec.unit) + ")";
  return Error{fmt::format("{} needs {}: {}{}", solver.name, spec.name, spec.help, such)};
}

// A row of the catalogue as an argument: by its name, or as what was overridden.
template <class T>
Value name_of_row(const T& row) {
  return row.id.empty() ? row.name : row.id;
}

}  // namespace

template <>
Status Member<double>::read(double& member, std::string_view name, std::string_view unit,
                            const Value& value, const Lookup&) {
  const Result<double> number = number_of(name, unit, value);
  if (!number) return number.error();
  const Unit one = unit_of(unit);
  const double base = *number * one.numerator / one.denominator;
  if (!std::isfinite(base)) return wrong(name, value, number_in(unit));
  member = base;
  return Done{};
}

template <>
Value Member<double>::show(const double& member, std::string_view unit) {
  const Unit one = unit_of(unit);
  return member * one.denominator / one.numerator;
}

template <>
Status Member<std::int64_t>::read(std::int64_t& member, std::string_view name,
                                  std::string_view unit, const Value& value, const Lookup&) {
  constexpr double largest = 0x1p53;  // above it doubles skip whole numbers
  const Result<double> number = number_of(name, unit.empty() ? "1" : unit, value);
  if (!number) return number.error();
  if (*number != std::floor(*number)) return wrong(name, value, "a whole number");
  if (std::fabs(*number) > largest) return wrong(name, value, "a whole number up to 2^53");
  member = static_cast<std::int64_t>(*number);
  return Done{};
}

template <>
Value Member<std::int64_t>::show(const std::int64_t& member, std::string_view) {
  return member;
}

template <>
Status Member<bool>::read(bool& member, std::string_view name, std::string_view, const Value& value,
                          const Lookup&) {
  const std::string* text = value.as_text();
  if (const bool* flag = value.as_bool())
    member = *flag;
  else if (text != nullptr && (same_name(*text, "true") || same_name(*text, "false")))
    member = same_name(*text, "true");
  else
    return wrong(name, value, "true or false");
  return Done{};
}

template <>
Value Member<bool>::show(const bool& member, std::string_view) {
  return member;
}

template <>
Status Member<std::string>::read(std::string& member, std::string_view name, std::string_view,
                                 const Value& value, const Lookup&) {
  if (value.as_text() == nullptr) return wrong(name, value, "a word");
  member = value.text();
  return Done{};
}

template <>
Value Member<std::string>::show(const std::string& member, std::string_view) {
  return member;
}

template <>
Status Member<Precision>::read(Precision& member, std::string_view name, std::string_view,
                               const Value& value, const Lookup&) {
  const std::string* text = value.as_text();
  const std::optional<Precision> named = text != nullptr ? precision_named(*text) : std::nullopt;
  const std::vector<std::string> names(precision_names.begin(), precision_names.end());
  if (!named) return wrong(name, value, fmt::format("one of {}", fmt::join(names, ", ")));
  member = *named;
  return Done{};
}

template <>
Value Member<Precision>::show(const Precision& member, std::string_view) {
  return std::string(name_of(member));
}

template <>
Status Member<Value>::read(Value& member, std::string_view, std::string_view, const Value& value,
                           const Lookup&) {
  member = value;
  return Done{};
}

template <>
Value Member<Value>::show(const Value& member, std::string_view) {
  return member;
}

namespace {

// Rows of the catalogue: what the lookup finds, or its complaint under the argument's name.
template <class T>
Status read_row(T& member, std::string_view name, const Value& value, Result<T> row) {
  if (value.empty()) return wrong(name, value, "a name of the catalogue, or fields");
  if (!row) return about(name, row.error());
  member = *std::move(row);
  return Done{};
}

}  // namespace

template <>
Status Member<Device>::read(Device& member, std::string_view name, std::string_view,
                            const Value& value, const Lookup& lookup) {
  return read_row(member, name, value, lookup.device(value));
}
template <>
Status Member<Model>::read(Model& member, std::string_view name, std::string_view,
                           const Value& value, const Lookup& lookup) {
  return read_row(member, name, value, lookup.model(value));
}
template <>
Status Member<Node>::read(Node& member, std::string_view name, std::string_view, const Value& value,
                          const Lookup& lookup) {
  return read_row(member, name, value, lookup.node(value));
}
template <>
Status Member<Fabric>::read(Fabric& member, std::string_view name, std::string_view,
                            const Value& value, const Lookup& lookup) {
  return read_row(member, name, value, lookup.fabric(value));
}
template <>
Status Member<Fleet>::read(Fleet& member, std::string_view name, std::string_view,
                           const Value& value, const Lookup& lookup) {
  return read_row(member, name, value, lookup.fleet(value));
}
template <>
Status Member<Grid>::read(Grid& member, std::string_view name, std::string_view, const Value& value,
                          const Lookup& lookup) {
  return read_row(member, name, value, lookup.grid(value));
}
template <>
Status Member<Datacenter>::read(Datacenter& member, std::string_view name, std::string_view,
                                const Value& value, const Lookup& lookup) {
  return read_row(member, name, value, lookup.datacenter(value));
}

template <>
Value Member<Device>::show(const Device& member, std::string_view) {
  return name_of_row(member);
}
template <>
Value Member<Model>::show(const Model& member, std::string_view) {
  return name_of_row(member);
}
template <>
Value Member<Node>::show(const Node& member, std::string_view) {
  return name_of_row(member);
}
template <>
Value Member<Fabric>::show(const Fabric& member, std::string_view) {
  return name_of_row(member);
}
template <>
Value Member<Fleet>::show(const Fleet& member, std::string_view) {
  return name_of_row(member);
}
template <>
Value Member<Grid>::show(const Grid& member, std::string_view) {
  return name_of_row(member);
}
template <>
Value Member<Datacenter>::show(const Datacenter& member, std::string_view) {
  return name_of_row(member);
}

Status read_arguments(const Solver& solver, const Fields& arguments, const Lookup& lookup,
                      void* inputs) {
  std::vector<const InputSpec*> given;
  for (const auto& [name, value] : arguments) {
    const InputSpec* spec = find_input(solver, name);
    if (spec == nullptr) return unknown_argument(solver, name);
    if (std::find(given.begin(), given.end(), spec) != given.end())
      return Error{fmt::format("{} is given twice", spec->name)};
    if (const Status status = spec->read(inputs, *spec, value, lookup); !status) return status;
    given.push_back(spec);
  }
  for (const InputSpec& spec : solver.inputs)
    if (spec.required && std::find(given.begin(), given.end(), &spec) == given.end())
      return missing_argument(solver, spec);
  return Done{};
}

Answer show_answer(const Solver& solver, const void* inputs, const void* outputs) {
  Answer answer;
  for (const InputSpec& spec : solver.inputs)
    answer.inputs.push_back(
        {std::string(spec.name), std::string(spec.unit), spec.show(inputs, spec)});
  for (const OutputSpec& spec : solver.outputs) {
    Value value = spec.show(outputs, spec);
    if (value.empty()) continue;
    answer.outputs.push_back({std::string(spec.name), std::string(spec.unit), std::move(value)});
  }
  return answer;
}

}  // namespace fleetsim::analytic
