#include "tools/zoo_select.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "analytic/name.h"
#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"

namespace fleetsim {
namespace {

constexpr std::string_view descending = ":desc";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool holds_text(const ZooEntry& entry, std::string_view wanted) {
  const std::string part = lower(wanted);
  const auto holds = [&](std::string_view text) { return lower(text).find(part) != part.npos; };
  if (holds(entry.path) || holds(entry.id) || holds(entry.name)) return true;
  return std::any_of(entry.cells.begin(), entry.cells.end(), [&](const ZooCell& cell) {
    return cell.value.as_text() != nullptr && holds(cell.value.text());
  });
}

// A column: a field of the kind, or what every entry has.
struct Column {
  std::string name;
  const ZooField* field = nullptr;  // null: the identifier or the name

  bool is_words() const {
    return field == nullptr || field->holds == Holds::text || field->holds == Holds::row;
  }
  std::string words(const ZooEntry& entry) const {
    if (field != nullptr) return entry.text(name);
    return name == "id" ? entry.id : entry.name;
  }
};

Result<Column> column_named(const ZooKind& kind, std::string_view name) {
  std::vector<std::string> names = {"id", "name"};
  for (const std::string& word : names)
    if (analytic::same_name(word, name)) return Column{word, nullptr};
  for (const ZooField& field : kind.fields) {
    if (analytic::same_name(field.name, name)) return Column{std::string(field.name), &field};
    names.emplace_back(field.name);
  }
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) hint = fmt::format("; there are {}", fmt::join(names, ", "));
  return Error{fmt::format("{} have no column {}{}", kind.title, in_quotes(name), hint)};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "tdp<=400 W" in its parts.
struct Comparison {
  std::string_view column, sign, value;
};

std::optional<Comparison> comparison_of(std::string_view filter) {
  const auto at = filter.find_first_of("<>=!");
  if (at == filter.npos) return std::nullopt;
  const bool two = at + 1 < filter.size() && filter[at + 1] == '=';
  if (filter[at] == '!' && !two) return std::nullopt;
  const std::size_t length = two ? 2 : 1;
  return Comparison{trimmed(filter.substr(0, at)), filter.substr(at, length),
                    trimmed(filter.substr(at + length))};
}

template <class T>
bool compare(const T& a, std::string_view sign, const T& b) {
  if (sign == ">=") return a >= b;
  if (sign == "<=") return a <= b;
  if (sign == ">") return a > b;
  if (sign == "<") return a < b;
  return (a == b) == (sign != "!=");
}

// Whether a number is as asked for. Equal counts what is equal in all of twelve digits: 0.9 and 90
// %.
bool compare_numbers(double a, std::string_view sign, double b) {
  if (format_number(a, 12) == format_number(b, 12)) a = b;
  return compare(a, sign, b);
}

}  // namespace

Status filter_rows(ZooRows& rows, const ZooKind& kind, const std::string& filter) {
  const std::optional<Comparison> asked = comparison_of(filter);
  if (!asked) {
    std::erase_if(rows, [&](const ZooEntry* entry) { return !holds_text(*entry, filter); });
    return Done{};
  }
  const Result<Column> column = column_named(kind, asked->column);
  if (!column) return Error{in_quotes(filter) + ": " + column.error().message};
  if (column->is_words()) {
    const std::string wanted = lower(asked->value);
    std::erase_if(rows, [&](const ZooEntry* entry) {
      const std::string words = lower(column->words(*entry));
      return words.empty() || !compare(words, asked->sign, wanted);
    });
    return Done{};
  }
  const bool any_unit = column->field->holds == Holds::figure;
  const Result<Measure> wanted = parse_measure(asked->value);
  if (!any_unit)
    if (const auto same = parse_in(asked->value, column->field->unit); !same)
      return Error{in_quotes(filter) + ": " + same.error().message};
  if (!wanted) return Error{in_quotes(filter) + ": " + wanted.error().message};
  std::erase_if(rows, [&](const ZooEntry* entry) {
    const ZooCell* cell = entry->find(column->name);
    if (cell == nullptr) return true;
    if (any_unit && parse_measure(cell->written)->dimension != wanted->dimension) return true;
    return !compare_numbers(std::get<double>(cell->value.is), asked->sign, wanted->value);
  });
  return Done{};
}

Status sort_rows(ZooRows& rows, const ZooKind& kind, const std::string& sort) {
  std::string_view name = sort;
  const bool down = name.ends_with(descending);
  if (down) name.remove_suffix(descending.size());
  const Result<Column> column = column_named(kind, name);
  if (!column) return column.error();
  const auto says_nothing = [&](const ZooEntry* entry) {
    return column->is_words() ? column->words(*entry).empty()
                              : entry->find(column->name) == nullptr;
  };
  const auto before = [&](const ZooEntry* a, const ZooEntry* b) {
    if (says_nothing(a) || says_nothing(b)) return !says_nothing(a) && says_nothing(b);
    if (down) std::swap(a, b);
    if (column->is_words()) return lower(column->words(*a)) < lower(column->words(*b));
    return *a->number(column->name) < *b->number(column->name);
  };
  std::stable_sort(rows.begin(), rows.end(), before);
  return Done{};
}

std::vector<std::string> shown_columns(const ZooKind& kind, const std::string& sort,
                                       const std::vector<std::string>& filters) {
  std::vector<std::string> columns(kind.columns.begin(), kind.columns.end());
  std::vector<std::string> asked = {sort.substr(0, sort.find(descending))};
  for (const std::string& filter : filters)
    if (const auto comparison = comparison_of(filter)) asked.emplace_back(comparison->column);
  for (const std::string& name : asked) {
    if (name.empty()) continue;
    const Result<Column> column = column_named(kind, name);
    if (!column || column->name == "id") continue;
    if (std::find(columns.begin(), columns.end(), column->name) == columns.end())
      columns.push_back(column->name);
  }
  return columns;
}

}  // namespace fleetsim
