#include "traces/zoo_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"

namespace fleetsim {
namespace {

using analytic::Fields;
using analytic::Value;
using analytic::Values;

std::string found(const Value& value) {
  if (value.empty()) return "nothing";
  if (const bool* flag = value.as_bool()) return *flag ? "true" : "false";
  if (const double* number = value.as_number()) return fmt::format("{}", *number);
  if (const std::string* text = value.as_text()) return in_quotes(*text);
  return value.as_list() != nullptr ? "a list" : "an object";
}

Error wrong(const Value& value, std::string_view expected) {
  return Error{fmt::format("found {}; expected {}", found(value), expected)};
}

// "80 GiB", out of that text or {"value": 80, "unit": "GiB"}; for a bare number that number.
std::optional<std::string> quantity_text(const Value& value) {
  if (value.as_text() != nullptr) return value.text();
  if (value.as_number() != nullptr) return fmt::format("{}", value.number());
  const Fields* fields = value.as_fields();
  if (fields == nullptr || fields->size() != 2 || (*fields)[0].first != "value" ||
      (*fields)[1].first != "unit")
    return std::nullopt;
  const double* number = (*fields)[0].second.as_number();
  const std::string* unit = (*fields)[1].second.as_text();
  if (number == nullptr || unit == nullptr) return std::nullopt;
  return *unit == "1" ? fmt::format("{}", *number) : fmt::format("{} {}", *number, *unit);
}

// What is wrong with a quantity that has the right unit; or nothing.
std::string_view out_of_range(Holds holds, double value) {
  if (holds == Holds::amount && value < 0) return "at least 0";
  if (holds == Holds::positive && value <= 0) return "more than 0";
  if (holds == Holds::factor && value < 1) return "at least 1";
  if (holds != Holds::whole) return "";
  const bool is_whole = value >= 1 && value == std::floor(value) && value <= 0x1p53;
  return is_whole ? "" : "a whole number from 1 on";
}

// The unit in which a quantity is written: "GiB" of "80 GiB".
std::string written_unit(std::string_view text) {
  double number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const auto begin = text.find_first_not_of(' ');
  return begin == text.npos ? "1" : std::string(text.substr(begin));
}

Result<ZooCell> read_quantity(const ZooField& field, const Value& value) {
  const std::string expected = expected_in(field.unit);
  const std::optional<std::string> text = quantity_text(value);
  if (!text) return wrong(value, expected);
  if (field.holds != Holds::figure)
    if (const Result<double> same = parse_in(*text, field.unit); !same) return same.error();
  const Result<Measure> measure = parse_measure(*text);
  if (!measure) return measure.error();
  if (const std::string_view range = out_of_range(field.holds, measure->value); !range.empty())
    return wrong(value, range);
  const bool any_unit = field.holds == Holds::figure;
  return ZooCell{
      &field, measure->value, any_unit ? written_unit(*text) : std::string(field.unit), *text, {}};
}

Result<ZooCell> read_cell(const ZooField& field, const Value& value) {
  if (field.holds != Holds::text && field.holds != Holds::row) return read_quantity(field, value);
  const bool by_fields = field.holds == Holds::row && value.as_fields() != nullptr;
  if (value.as_text() == nullptr && !by_fields)
    return wrong(value, field.holds == Holds::row
                            ? fmt::format("the name of one of {}, or fields", field.unit)
                            : "a text");
  return ZooCell{&field, value, {}, by_fields ? "(fields)" : value.text(), {}};
}

const ZooField* find_field(const ZooKind& kind, std::string_view name) {
  for (const ZooField& field : kind.fields)
    if (field.name == name) return &field;
  return nullptr;
}

void put_cell(ZooEntry& entry, ZooCell cell) {
  for (ZooCell& old : entry.cells)
    if (old.field == cell.field) return void(old = std::move(cell));
  entry.cells.push_back(std::move(cell));
}

void erase_cell(ZooEntry& entry, const ZooField& field) {
  std::erase_if(entry.cells, [&](const ZooCell& cell) { return cell.field == &field; });
}

void put_remark(ZooEntry& entry, const std::string& name, const Value& value) {
  for (auto& [old, was] : entry.remarks)
    if (old == name) return void(was = value);
  entry.remarks.emplace_back(name, value);
}

Status read_text(std::string& text, const Value& value) {
  if (value.as_text() == nullptr) return wrong(value, "a text");
  text = value.text();
  return Done{};
}

Status read_aliases(ZooEntry& entry, const Value& value) {
  const Values* list = value.as_list();
  if (list == nullptr) return wrong(value, "a list of names");
  entry.aliases.clear();
  for (const Value& item : *list) {
    entry.aliases.emplace_back();
    if (const Status status = read_text(entry.aliases.back(), item); !status) return status;
  }
  return Done{};
}

Status read_field(ZooEntry& entry, const std::string& name, const Value& value) {
  if (name == "id") return read_text(entry.id, value);
  if (name == "path") return read_text(entry.path, value);
  if (name == "name") return read_text(entry.name, value);
  if (name == "base") return read_text(entry.base, value);
  if (name == "aliases") return read_aliases(entry, value);
  const auto remarks = zoo_remarks();
  if (std::find(remarks.begin(), remarks.end(), name) != remarks.end()) {
    put_remark(entry, name, value);
    return Done{};
  }
  const ZooField* field = find_field(*entry.kind, name);
  if (field == nullptr) return unknown_field(*entry.kind, name);
  if (value.empty()) {  // null: what the base says is not so
    erase_cell(entry, *field);
    return Done{};
  }
  Result<ZooCell> cell = read_cell(*field, value);
  if (!cell) return cell.error();
  cell->from = entry.id;
  put_cell(entry, *std::move(cell));
  return Done{};
}

}  // namespace

const ZooCell* ZooEntry::find(std::string_view field) const {
  for (const ZooCell& cell : cells)
    if (cell.field->name == field) return &cell;
  return nullptr;
}

std::optional<double> ZooEntry::number(std::string_view field) const {
  const ZooCell* cell = find(field);
  const double* value = cell != nullptr ? cell->value.as_number() : nullptr;
  if (value == nullptr) return std::nullopt;
  return *value;
}

std::optional<std::int64_t> ZooEntry::whole(std::string_view field) const {
  const std::optional<double> value = number(field);
  if (!value) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

std::string ZooEntry::text(std::string_view field) const {
  const ZooCell* cell = find(field);
  const std::string* value = cell != nullptr ? cell->value.as_text() : nullptr;
  return value != nullptr ? *value : std::string();
}

std::string ZooEntry::remark(std::string_view wanted) const {
  for (const auto& [said, value] : remarks)
    if (said == wanted && value.as_text() != nullptr) return value.text();
  return {};
}

Error unknown_field(const ZooKind& kind, std::string_view name) {
  std::vector<std::string> names = {"id", "name", "base"};
  for (const ZooField& field : kind.fields) names.emplace_back(field.name);
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) hint = fmt::format("; there are {}", fmt::join(names, ", "));
  return Error{fmt::format("{} have no field {}{}", kind.title, in_quotes(name), hint)};
}

Status read_fields(ZooEntry& entry, const Fields& fields, const FieldPlace& place) {
  for (const auto& [name, value] : fields)
    if (const Status status = read_field(entry, name, value); !status)
      return Error{place(name) + ": " + status.error().message};
  return Done{};
}

Status check_complete(const ZooEntry& entry) {
  for (const ZooField& field : entry.kind->fields) {
    if (!field.required || entry.find(field.name) != nullptr) continue;
    const std::string expected = field.holds == Holds::row
                                     ? fmt::format("the name of one of {}, or fields", field.unit)
                                     : expected_in(field.unit);
    return Error{fmt::format("{} needs {}: {}", entry.place, field.name, expected)};
  }
  return Done{};
}

}  // namespace fleetsim
