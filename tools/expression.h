#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace fleetsim {

// Arithmetic as text: "opex_energy / tco", "(1 - scaling_efficiency) * 720", "f(a, 2)". Operators
// + - * / with the usual precedence, parentheses, numbers, names of letters, digits, _ and dots.
struct ExpressionNames {
  std::function<Result<double>(std::string_view name)> value;
  std::function<Result<double>(std::string_view name, std::span<const double> arguments)> call;
};

// The functions floor, ceil, min and max are known everywhere. An error says what is wrong where.
Result<double> evaluate(std::string_view text, const ExpressionNames& names);

}  // namespace fleetsim
