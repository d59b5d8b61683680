#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "analytic/solver.h"
#include "sim/result.h"

namespace fleetsim {

// Arguments and answers of solvers between JSON and analytic::Value.

using Json = nlohmann::ordered_json;

// The whole of a text; an error says what is wrong where, with `source` before it.
Result<Json> parse_json(const std::string& text, const std::string& source);
Result<Json> read_json_file(const std::string& path);

analytic::Value value_of(const Json& json);

// A whole number is written as one. What is no number (JSON has no infinity) becomes null.
Json json_of(const analytic::Value& value);

// An answer's quantity: {"value": 0.071, "unit": "s"}.
Json json_of(const analytic::Shown& shown);

// As text that JSON readers accept, bytes that are no UTF-8 replaced.
std::string dumped(const Json& json);

}  // namespace fleetsim
