#include "tools/json_value.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "traces/read_file.h"

namespace fleetsim {
namespace {

constexpr std::size_t largest_file = std::size_t{64} << 20;

// "at line 3, column 7: syntax error ..." out of the library's message.
std::string where(const std::string& what) {
  const auto begin = what.find("at line");
  if (begin != std::string::npos) return what.substr(begin);
  const auto end_of_tag = what.find("] ");
  return end_of_tag == std::string::npos ? what : what.substr(end_of_tag + 2);
}

Json number(double value) {
  constexpr double exact = 0x1p53;
  if (!std::isfinite(value)) return nullptr;
  if (value == std::floor(value) && std::fabs(value) <= exact)
    return static_cast<std::int64_t>(value);
  return value;
}

}  // namespace

Result<Json> parse_json(const std::string& text, const std::string& source) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& problem) {
    return Error{source + ": no JSON " + where(problem.what())};
  }
}

Result<Json> read_json_file(const std::string& path) {
  const Result<std::string> text = read_file(path, largest_file);
  if (!text) return text.error();
  return parse_json(*text, path);
}

analytic::Value value_of(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_array()) {
    analytic::Values list;
    for (const Json& item : json) list.push_back(value_of(item));
    return list;
  }
  if (!json.is_object()) return {};
  analytic::Fields fields;
  for (const auto& [name, item] : json.items()) fields.emplace_back(name, value_of(item));
  return fields;
}

Json json_of(const analytic::Value& value) {
  if (const bool* flag = value.as_bool()) return *flag;
  if (const double* figure = value.as_number()) return number(*figure);
  if (const std::string* text = value.as_text()) return *text;
  if (const analytic::Values* list = value.as_list()) {
    Json json = Json::array();
    for (const analytic::Value& item : *list) json.push_back(json_of(item));
    return json;
  }
  const analytic::Fields* fields = value.as_fields();
  if (fields == nullptr) return nullptr;
  Json json = Json::object();
  for (const auto& [name, item] : *fields) json[name] = json_of(item);
  return json;
}

Json json_of(const analytic::Shown& shown) {
  return {{"value", json_of(shown.value)}, {"unit", shown.unit}};
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace fleetsim
