#include "tools/zoo_print.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/unit_text.h"
#include "tools/json_value.h"
#include "tools/text_table.h"

namespace fleetsim {
namespace {

using analytic::Value;

// The number of a cell in the unit that it is shown in.
double in_unit(const ZooCell& cell) {
  const Unit unit = *parse_unit(cell.unit);
  return std::get<double>(cell.value.is) * unit.denominator / unit.numerator;
}

// A figure in the unit of its source, unless a person reads another multiple of it more easily.
std::string readable(const ZooCell& cell) {
  constexpr int digits = 6;
  if (cell.value.as_number() == nullptr || cell.field->name == "release_year") return cell.written;
  const double number = in_unit(cell);
  if (cell.unit == "1") return format_number(number, 8);
  if (cell.unit == "$" && std::fabs(number) < 1e6) return format_number(number, digits) + " $";
  const auto space = cell.written.find(' ');
  const std::string unit = space == cell.written.npos ? "1" : cell.written.substr(space + 1);
  const Result<double> multiple = parse_in(cell.written, unit);
  const double size = multiple ? std::fabs(*multiple) : 0;
  if (number == 0 || (size >= 1e-3 && size < 1e5))
    return format_number(multiple ? *multiple : 0, digits) + ' ' + unit;
  return format_measure(number, cell.unit, 4);
}

std::string shown(const ZooEntry& entry, const std::string& column) {
  if (column == "name") return entry.name;
  if (column == "note") return entry.remark("note");
  const ZooCell* cell = entry.find(column);
  return cell != nullptr ? readable(*cell) : std::string();
}

bool holds_number(const ZooKind& kind, const std::string& column) {
  for (const ZooField& field : kind.fields)
    if (field.name == column) return field.holds != Holds::text && field.holds != Holds::row;
  return false;
}

std::string corrected_by(const Zoo& zoo, const ZooEntry& entry) {
  for (const ZooEntry& other : zoo.entries())
    if (other.kind == entry.kind && other.remark("corrects") == entry.id) return other.id;
  return {};
}

// What follows from an entry's figures and is often asked for with them.
std::vector<std::pair<std::string, std::string>> derived(const Zoo& zoo, const ZooEntry& entry) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto add = [&](const char* what, double value, const char* unit) {
    out.emplace_back(what, format_measure(value, unit, 6));
  };
  if (entry.kind->name == "hardware") {
    const auto device = zoo.device(entry.id);
    if (device && device->device_link)
      add("device link, one way", device->device_link->bandwidth, "B/s");
    if (device)
      add("ridge point at peak_flops", device->peak_flops / device->memory_bandwidth, "FLOP/B");
  } else if (entry.kind->name == "clusters") {
    if (const auto fleet = zoo.fleet(entry.id))
      add("accelerators", static_cast<double>(fleet->accelerators()), "1");
  } else if (entry.kind->name == "models") {
    const auto model = zoo.model(entry.id);
    if (model && model->parameters) add("weights at fp16", 2 * *model->parameters, "B");
  }
  return out;
}

// The words of a remark that may be an object of words: its source above all.
std::string joined(const Value& value) {
  if (value.as_text() != nullptr) return value.text();
  if (value.as_number() != nullptr) return format_number(value.number(), 8);
  if (value.empty()) return "none";
  if (value.as_fields() == nullptr) return {};
  std::string out;
  for (const auto& [name, part] : value.fields()) {
    const bool is_plain = name == "kind" || name == "ref" || name == "url" || name == "prov_key";
    out += out.empty() ? "" : ", ";
    out += (is_plain ? "" : name + " ") + joined(part);
  }
  return out;
}

std::string old_values(const Value& remark) {
  std::string out;
  if (remark.as_list() == nullptr) return out;
  for (const Value& old : remark.list()) {
    const auto said = [&](std::string_view name) {
      if (old.as_fields() != nullptr)
        for (const auto& [field, value] : old.fields())
          if (field == name) return joined(value);
      return std::string();
    };
    out += fmt::format("\n    {}: {} ({})", said("field"), said("value"), said("version"));
  }
  return out;
}

// How the book writes a figure, where that is not the figure itself.
std::string as_written(const ZooEntry& entry, const ZooCell& cell) {
  for (const auto& [name, value] : entry.remarks)
    if (name == "as_written" && value.as_fields() != nullptr)
      for (const auto& [field, text] : value.fields())
        if (field == cell.field->name && text.as_text() != nullptr) return text.text();
  return cell.written;
}

std::string entry_text(const Zoo& zoo, const ZooEntry& entry) {
  std::string out = entry.path;
  if (!entry.name.empty()) out += ": " + entry.name;
  for (const std::string& alias : entry.aliases) out += fmt::format(" (also {})", alias);
  if (!entry.base.empty())
    out += fmt::format("\nwith the figures of {} where it says nothing else", entry.base);
  if (const std::string better = corrected_by(zoo, entry); !better.empty())
    out += fmt::format("\nthe book's figures; {} has those of the primary source", better);
  out += "\n\n";
  TextTable table({"figure", "value", "as written", "from"}, {false, true, false, false});
  for (const ZooCell& cell : entry.cells) {
    const bool inherited = cell.from != entry.id;
    const bool as_in_table = cell.value.as_number() == nullptr || cell.unit == "1" ||
                             cell.unit == "$" || cell.unit == "param";
    const std::string value =
        as_in_table ? readable(cell) : format_measure(in_unit(cell), cell.unit, 6);
    table.add({std::string(cell.field->name), value, as_written(entry, cell),
               inherited ? cell.from : ""});
  }
  for (const auto& [what, value] : derived(zoo, entry)) table.add({what, value, "derived", ""});
  out += table.text();
  for (const auto& [name, value] : entry.remarks) {
    if (name == "as_written") continue;
    out += fmt::format("\n{}:{}", name,
                       name == "old_values" ? old_values(value) : ' ' + joined(value));
  }
  return out += entry.remarks.empty() ? "" : "\n";
}

Json entry_json(const ZooEntry& entry) {
  Json json = {{"kind", entry.kind->name}, {"id", entry.id}, {"path", entry.path}};
  if (!entry.name.empty()) json["name"] = entry.name;
  if (!entry.base.empty()) json["base"] = entry.base;
  if (!entry.aliases.empty()) json["aliases"] = entry.aliases;
  Json& figures = json["figures"] = Json::object();
  for (const ZooCell& cell : entry.cells) {
    Json& figure = figures[std::string(cell.field->name)];
    if (cell.value.as_number() == nullptr) {
      figure = json_of(cell.value);
      continue;
    }
    figure = {{"value", json_of(Value(in_unit(cell)))},
              {"unit", cell.unit},
              {"as_written", as_written(entry, cell)}};
    if (cell.from != entry.id) figure["from"] = cell.from;
  }
  for (const auto& [name, value] : entry.remarks)
    if (name != "as_written") json[name] = json_of(value);
  return json;
}

// A number as short as it can be while it reads back as itself.
std::string plain(const ZooCell& cell) {
  return cell.value.as_number() != nullptr ? fmt::format("{}", in_unit(cell)) : cell.written;
}

std::string table_csv(const ZooKind& kind, const ZooRows& rows) {
  const bool has_notes = kind.fields.empty();
  std::vector<std::string> header = {"id", "name"};
  for (const ZooField& field : kind.fields) {
    const bool fixed = field.unit != "1" && field.holds != Holds::row;
    header.push_back(fixed ? fmt::format("{} [{}]", field.name, field.unit)
                           : std::string(field.name));
    if (field.holds == Holds::figure) header.push_back("unit");
  }
  if (has_notes) header.push_back("note");
  std::string out = csv_line(header);
  for (const ZooEntry* entry : rows) {
    std::vector<std::string> cells = {entry->id, entry->name};
    for (const ZooField& field : kind.fields) {
      const ZooCell* cell = entry->find(field.name);
      cells.push_back(cell != nullptr ? plain(*cell) : "");
      if (field.holds == Holds::figure) cells.push_back(cell != nullptr ? cell->unit : "");
    }
    if (has_notes) cells.push_back(entry->remark("note"));
    out += csv_line(cells);
  }
  return out;
}

std::string table_text(const Zoo& zoo, const ZooKind& kind, const ZooRows& rows,
                       const std::vector<std::string>& columns) {
  std::vector<std::string> header = {"id"};
  std::vector<bool> right = {false};
  for (const std::string& column : columns) {
    header.push_back(column);
    right.push_back(holds_number(kind, column));
  }
  TextTable table(header, right);
  std::string starred;
  for (const ZooEntry* entry : rows) {
    const std::string better = corrected_by(zoo, *entry);
    std::vector<std::string> cells = {entry->id + (better.empty() ? "" : "*")};
    for (const std::string& column : columns) cells.push_back(shown(*entry, column));
    table.add(std::move(cells));
    if (!better.empty())
      starred += fmt::format("* {}: a primary source differs, see {}\n", entry->id, better);
  }
  return table.text() + (starred.empty() ? "" : "\n" + starred);
}

}  // namespace

std::string zoo_kinds_text(const Zoo& zoo, Format format) {
  TextTable table({"kind", "entries", "what"}, {false, true, false});
  std::string csv = csv_line({"kind", "entries", "what"});
  Json json = Json::array();
  for (const ZooKind& kind : zoo_kinds()) {
    const std::string count = std::to_string(zoo.of_kind(kind).size());
    const std::vector<std::string> cells = {std::string(kind.name), count, std::string(kind.title)};
    table.add(cells);
    csv += csv_line(cells);
    json.push_back(
        {{"kind", kind.name}, {"entries", zoo.of_kind(kind).size()}, {"what", kind.title}});
  }
  if (format == Format::json) return dumped(Json{{"kinds", json}});
  return format == Format::csv ? csv : table.text();
}

std::string zoo_table_text(const Zoo& zoo, const ZooKind& kind, const ZooRows& rows,
                           const std::vector<std::string>& columns, Format format) {
  if (format == Format::text) return table_text(zoo, kind, rows, columns);
  if (format == Format::csv) return table_csv(kind, rows);
  Json entries = Json::array();
  for (const ZooEntry* entry : rows) entries.push_back(entry_json(*entry));
  return dumped(Json{{"kind", kind.name}, {"entries", std::move(entries)}});
}

std::string zoo_entry_text(const Zoo& zoo, const ZooEntry& entry, Format format) {
  if (format == Format::text) return entry_text(zoo, entry);
  if (format == Format::json) return dumped(entry_json(entry));
  std::string out = csv_line({"figure", "value", "unit", "as_written", "from"});
  for (const ZooCell& cell : entry.cells)
    out += csv_line({std::string(cell.field->name), plain(cell), cell.unit, as_written(entry, cell),
                     cell.from});
  return out;
}

}  // namespace fleetsim
