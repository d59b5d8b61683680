#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/printable.h"
#include "sim/unit_text.h"
#include "tools/cases.h"

namespace fleetsim {
namespace {

std::string text_of(const Json& json, const char* field) {
  const auto found = json.find(field);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

Status read_number(const Json& json, const char* field, double& into) {
  const auto found = json.find(field);
  if (found == json.end() || found->is_null()) return Done{};
  if (!found->is_number()) return Error{fmt::format("{} is no number", field)};
  into = found->get<double>();
  return Done{};
}

Result<ExpectedFigure> read_expected(const std::string& name, const Json& json) {
  ExpectedFigure figure{.name = name};
  const Json object = json.is_object() ? json : Json{{"value", json}};
  if (!object.contains("value")) return Error{name + " has no value"};
  figure.value = value_of(object["value"]);
  figure.unit = text_of(object, "unit");
  figure.op = text_of(object, "op");
  for (const Status& status :
       {read_number(object, "rel_tol", figure.rel_tol),
        read_number(object, "abs_tol", figure.abs_tol), read_number(object, "upper", figure.upper)})
    if (!status) return Error{name + ": " + status.error().message};
  const std::string_view ops[] = {"", "=", "==", ">", "<", ">=", "<=", "between"};
  if (std::find(std::begin(ops), std::end(ops), figure.op) == std::end(ops))
    return Error{fmt::format("{}: no operator {}; there are > < >= <= == and between", name,
                             in_quotes(figure.op))};
  return figure;
}

Status read_contents(const Json& json, Case& test) {
  if (test.solver.empty()) return Error{"it has no solver"};
  const Json inputs = json.value("inputs", Json::object());
  const Json expected = json.value("expected", Json::object());
  if (!inputs.is_object()) return Error{"its inputs are no object"};
  if (!expected.is_object()) return Error{"its expected figures are no object"};
  test.inputs = value_of(inputs).fields();
  for (const auto& [name, figure] : expected.items()) {
    Result<ExpectedFigure> read = read_expected(name, figure);
    if (!read) return read.error();
    test.expected.push_back(*std::move(read));
  }
  return Done{};
}

Result<Case> read_case(const Json& json) {
  if (!json.is_object()) return Error{"is no object"};
  Case test{.id = text_of(json, "id"),
            .solver = text_of(json, "solver"),
            .generation = text_of(json, "generation")};
  if (test.id.empty()) return Error{"has no id"};
  if (const Status read = read_contents(json, test); !read) test.unreadable = read.error().message;
  return test;
}

// "same 180B": the fields that the nearest case before gave for that input.
void resolve_same(Case& test, const std::vector<Case>& before) {
  for (auto& [name, value] : test.inputs) {
    const std::string* text = value.as_text();
    if (text == nullptr || !text->starts_with("same ")) continue;
    for (auto earlier = before.rbegin(); earlier != before.rend(); ++earlier) {
      const auto found = std::find_if(earlier->inputs.begin(), earlier->inputs.end(),
                                      [&, &wanted = name](auto& f) {
                                        return f.first == wanted && f.second.as_fields() != nullptr;
                                      });
      if (found == earlier->inputs.end()) continue;
      value = analytic::Value(found->second.fields());
      break;
    }
  }
}

}  // namespace

Result<std::vector<Case>> read_cases(const std::string& path) {
  const Result<Json> json = read_json_file(path);
  if (!json) return json.error();
  const Json list = json->is_object() ? json->value("cases", Json()) : *json;
  if (!list.is_array()) return Error{path + ": expected a list of cases"};
  std::vector<Case> cases;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Result<Case> test = read_case(list[i]);
    if (!test)
      return Error{fmt::format("{}: case {} ({}) {}", path, i + 1,
                               list[i].is_object() ? text_of(list[i], "id") : "",
                               test.error().message)};
    resolve_same(*test, cases);
    cases.push_back(*std::move(test));
  }
  return cases;
}

}  // namespace fleetsim
