#include "tools/answer_print.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/unit_text.h"
#include "tools/json_value.h"
#include "tools/text_table.h"

namespace fleetsim {
namespace {

using analytic::Answer;
using analytic::Shown;
using analytic::Solver;

constexpr int digits = 4;

// The unit from which a person's unit is chosen, for each dimension that has one.
constexpr std::string_view plain_units[] = {"s",  "B", "B/s", "FLOP",  "FLOP/s", "J",     "W",
                                            "kg", "$", "L",   "$/kWh", "FLOP/B", "g/kWh", "1"};

std::string readable_number(double value, std::string_view unit) {
  const Result<Unit> given = parse_unit(unit);
  if (!given || !std::isfinite(value)) return format_number(value, digits);
  const bool whole = value == std::floor(value) && std::fabs(value) < 1e7;
  if (given->dimension == Dimension{} && given->numerator == given->denominator)
    return whole ? fmt::format("{:.0f}", value) : format_number(value, digits);
  const bool money = given->dimension == power_of(Dimension::dollar);
  if (money && std::fabs(value) < 1e6) return fmt::format("{:.{}f} $", value, whole ? 0 : 2);
  if (unit == "%") return format_number(value, digits) + " %";
  for (const std::string_view plain : plain_units) {
    const Result<Unit> base = parse_unit(plain);
    if (!base || base->dimension != given->dimension) continue;
    const Unit ratio = times(*given, *base, -1);
    return format_measure(value * ratio.numerator / ratio.denominator, plain, digits);
  }
  return format_number(value, digits) + " " + std::string(unit);
}

// Objects of a list, one a line; anything else on the line itself.
std::string readable_value(const analytic::Value& value, std::string_view unit) {
  if (value.empty()) return "none";
  if (const bool* flag = value.as_bool()) return *flag ? "yes" : "no";
  if (const double* number = value.as_number()) return readable_number(*number, unit);
  if (const std::string* text = value.as_text()) return text->empty() ? "-" : *text;
  std::string out;
  if (const analytic::Values* list = value.as_list())
    for (const analytic::Value& item : *list)
      out += (out.empty()                   ? ""
              : item.as_fields() != nullptr ? "; "
                                            : ", ") +
             readable_value(item, unit);
  if (const analytic::Fields* fields = value.as_fields())
    for (const auto& [name, item] : *fields)
      out += (out.empty() ? "" : " ") + name + "=" + readable_value(item, "1");
  return out.empty() ? "none" : out;
}

std::size_t columns(const std::string& text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u ? 1 : 0;
  return count;
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width > columns(text) ? width - columns(text) : 0, ' ');
}

std::string_view help_of(const Solver& solver, const std::string& output) {
  for (const analytic::OutputSpec& spec : solver.outputs)
    if (spec.name == output) return spec.help;
  return "";
}

std::string table(const Solver& solver, const std::vector<Shown>& rows, bool with_help) {
  std::size_t names = 0, values = 0;
  for (const Shown& row : rows) {
    names = std::max(names, columns(row.name));
    values = std::max(values, std::min<std::size_t>(columns(readable(row)), 24));
  }
  std::string out;
  for (const Shown& row : rows) {
    std::string line = "  " + padded(row.name, names + 2) + padded(readable(row), values) + "  ";
    if (with_help) line += help_of(solver, row.name);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string csv_value(const analytic::Value& value) {
  if (const std::string* text = value.as_text()) return *text;
  if (const double* number = value.as_number()) return fmt::format("{}", *number);
  return json_of(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What JSON cannot say of a number is said in words.
std::vector<std::string> notes_of(const Answer& answer) {
  std::vector<std::string> notes = answer.notes;
  for (const Shown& row : answer.outputs) {
    const double* number = row.value.as_number();
    if (number != nullptr && !std::isfinite(*number))
      notes.push_back(row.name + (std::isnan(*number) ? " is undefined" : " is infinite"));
  }
  return notes;
}

}  // namespace

std::string readable(const Shown& shown) {
  return readable_value(shown.value, shown.unit);
}

std::string answer_text(const Solver& solver, const Answer& answer) {
  std::string out = fmt::format("{}: {}\n\n", solver.name, solver.title);
  out += "inputs\n" + table(solver, answer.inputs, false) + "\n";
  out += "outputs\n" + table(solver, answer.outputs, true);
  if (!answer.notes.empty()) out += "\nnotes\n";
  for (const std::string& note : answer.notes) out += "  " + note + "\n";
  return out;
}

std::string answer_json(const Solver& solver, const Answer& answer) {
  Json json;
  json["solver"] = solver.name;
  Json& inputs = json["inputs"] = Json::object();
  for (const Shown& input : answer.inputs) {
    const bool dimensional = input.value.as_number() != nullptr && !input.unit.empty() &&
                             input.unit != "1" && input.unit != "count";
    inputs[input.name] = dimensional ? json_of(input) : json_of(input.value);
  }
  Json& outputs = json["outputs"] = Json::object();
  for (const Shown& output : answer.outputs) outputs[output.name] = json_of(output);
  if (!answer.feasible && !outputs.contains("feasible"))
    outputs["feasible"] = {{"value", false}, {"unit", ""}};
  json["notes"] = notes_of(answer);
  return dumped(json);
}

std::string answer_csv(const Answer& answer) {
  std::string out = "name,value,unit\n";
  for (const Shown& row : answer.outputs)
    out += csv_line({row.name, csv_value(row.value), row.unit});
  return out;
}

}  // namespace fleetsim
