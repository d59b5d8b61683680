#include "tools/case_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytic/name.h"
#include "sim/unit_text.h"
#include "tools/figures.h"

namespace fleetsim {
namespace {

using analytic::InputSpec;
using analytic::Value;

// Words that mean the same in names.
constexpr std::pair<std::string_view, std::string_view> synonyms[] = {
    {"bw", "bandwidth"}, {"lat", "latency"},
    {"num", "n"},        {"devices", "gpus"},
    {"ranks", "gpus"},   {"accelerators", "gpus"},
    {"msg", "message"},  {"utilisation", "utilization"},
};

// The units that endings of names say.
constexpr std::pair<std::string_view, std::string_view> unit_endings[] = {
    {"_usd", "USD"},        {"_kwh", "kWh"},     {"_kg", "kg"},     {"_gb", "GB"},
    {"_gib", "GiB"},        {"_mb", "MB"},       {"_tb", "TB"},     {"_bytes", "B"},
    {"_gbs", "GB/s"},       {"_days", "day"},    {"_hours", "h"},   {"_h", "h"},
    {"_min", "min"},        {"_minutes", "min"}, {"_seconds", "s"}, {"_s", "s"},
    {"_ms", "ms"},          {"_us", "us"},       {"_ns", "ns"},     {"_hz", "1/s"},
    {"_tflops", "TFLOP/s"}, {"_gbps", "Gbit/s"},
};

std::vector<std::string> words_of(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    return c == '-' ? '_' : c;
  });
  std::vector<std::string> words = parts_of(lower, "_");
  for (std::string& word : words)
    for (const auto& [said, meant] : synonyms)
      if (word == said) word = meant;
  return words;
}

std::string_view unit_said_by(std::string_view name) {
  for (const auto& [ending, unit] : unit_endings)
    if (name.size() > ending.size() && name.ends_with(ending)) return unit;
  return "";
}

std::string_view without_unit(std::string_view name) {
  const std::string_view stem = stem_of(name);
  if (stem.size() < name.size() || unit_said_by(name).empty()) return stem;
  return name.substr(0, name.rfind('_'));
}

}  // namespace

std::vector<std::string> parts_of(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + separator.size());
  }
}

std::optional<std::size_t> words_left_out(std::string_view shorter, std::string_view longer) {
  const std::vector<std::string> few = words_of(shorter), many = words_of(longer);
  std::size_t at = 0;
  for (const std::string& word : few) {
    while (at < many.size() && !(word.size() > 1 ? many[at].starts_with(word) : many[at] == word))
      ++at;
    if (at++ == many.size()) return std::nullopt;
  }
  constexpr std::size_t far = 16;
  const std::size_t left_out = many.size() - few.size();
  return many[0].starts_with(few[0]) ? left_out : far + left_out;
}

const InputSpec* meant_input(const analytic::Solver& solver, std::string_view name) {
  if (name == "electricity") name = "kwh_price";
  if (const InputSpec* spec = analytic::find_input(solver, name)) return spec;
  for (const InputSpec& spec : solver.inputs)
    if (stem_of(spec.name) == without_unit(name)) return &spec;
  const InputSpec* nearest = nullptr;
  std::size_t least = 0;
  for (const InputSpec& spec : solver.inputs)
    for (const std::string_view own : {spec.name, spec.alias}) {
      const auto left_out = own.empty() ? std::nullopt : words_left_out(without_unit(name), own);
      if (!left_out || (nearest != nullptr && *left_out >= least)) continue;
      nearest = &spec;
      least = *left_out;
    }
  return nearest;
}

Value in_unit_of_name(const Value& value, std::string_view name, const InputSpec& spec) {
  const std::string_view said = unit_said_by(name);
  const double* number = value.as_number();
  if (number == nullptr || said.empty() || said == unit_said_by(spec.name)) return value;
  const Result<Unit> own = parse_unit(spec.unit), other = parse_unit(said);
  if (!own || !other || own->dimension != other->dimension) return value;
  return fmt::format("{} {}", *number, said);
}

}  // namespace fleetsim
