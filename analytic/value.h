#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fleetsim::analytic {

// An argument or an answer before it has a type: what the command line, JSON and Python can all
// say. A number may come as text with its unit ("30 min"); an object is a row of the catalogue, by
// name or as fields of its own. Fields keep their order.
struct Value;
using Values = std::vector<Value>;
using Fields = std::vector<std::pair<std::string, Value>>;

struct Value {
  std::variant<std::monostate, bool, double, std::string, Values, Fields> is{};

  Value() = default;
  Value(bool b) : is(b) {}
  Value(double d) : is(d) {}
  Value(int i) : is(static_cast<double>(i)) {}
  Value(std::int64_t i) : is(static_cast<double>(i)) {}
  Value(const char* s) : is(std::string(s)) {}
  Value(std::string s) : is(std::move(s)) {}
  Value(Values v) : is(std::move(v)) {}
  Value(Fields f) : is(std::move(f)) {}

  bool empty() const { return is.index() == 0; }
  const bool* as_bool() const { return std::get_if<bool>(&is); }
  const double* as_number() const { return std::get_if<double>(&is); }
  const std::string* as_text() const { return std::get_if<std::string>(&is); }
  const Values* as_list() const { return std::get_if<Values>(&is); }
  const Fields* as_fields() const { return std::get_if<Fields>(&is); }

  // The same where it is known to be one; REQUIRES that.
  bool flag() const { return std::get<bool>(is); }
  double number() const { return std::get<double>(is); }
  const std::string& text() const { return std::get<std::string>(is); }
  const Values& list() const { return std::get<Values>(is); }
  const Fields& fields() const { return std::get<Fields>(is); }
};

}  // namespace fleetsim::analytic
