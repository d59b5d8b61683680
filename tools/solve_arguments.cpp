#include "tools/solve_arguments.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/printable.h"
#include "tools/json_value.h"

namespace fleetsim {
namespace {

using analytic::Fields;
using analytic::Value;
using analytic::Values;

bool names_argument(const std::string& word) {
  return word.size() > 2 && word.starts_with("--");
}

void add(Fields& fields, const std::string& name, Value value) {
  const auto known =
      std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; });
  if (known == fields.end()) {
    fields.emplace_back(name, std::move(value));
    return;
  }
  Values list =
      known->second.as_list() != nullptr ? known->second.list() : Values{std::move(known->second)};
  list.push_back(std::move(value));
  known->second = std::move(list);
}

}  // namespace

Result<Value> parse_value(const std::string& text) {
  if (text.starts_with("{") || text.starts_with("[")) {
    const Result<Json> json = parse_json(text, in_quotes(text));
    if (!json) return json.error();
    return value_of(*json);
  }
  if (text.find(',') == std::string::npos) return Value(text);
  Values list;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    list.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return Value(std::move(list));
}

Result<Fields> parse_arguments(const std::vector<std::string>& words) {
  Fields fields;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!names_argument(words[i]))
      return Error{"found " + in_quotes(words[i]) +
                   "; expected the name of an argument, such as --batch_size"};
    std::string name = words[i].substr(2);
    std::string text;
    if (const auto equals = name.find('='); equals != std::string::npos) {
      text = name.substr(equals + 1);
      name.erase(equals);
    } else if (i + 1 < words.size() && !names_argument(words[i + 1])) {
      text = words[++i];
    } else {
      add(fields, name, true);
      continue;
    }
    const Result<Value> value = parse_value(text);
    if (!value) return Error{"--" + name + ": " + value.error().message};
    add(fields, name, *value);
  }
  return fields;
}

}  // namespace fleetsim
