#include "tools/expression.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include "sim/printable.h"

namespace fleetsim {
namespace {

constexpr int deepest = 100;  // parentheses within one another

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Recursive descent: sum -> product -> factor. After the first error everything is zero.
class Reader {
 public:
  Reader(std::string_view text, const ExpressionNames& names)
      : text_(text),
        rest_(text),
        names_(names) {}

  Result<double> all() {
    const double value = sum(0);
    if (!error_ && !rest_.empty()) fail("found " + in_quotes(rest_));
    if (error_) return *error_;
    return value;
  }

 private:
  double fail(const std::string& what) {
    if (!error_) error_ = Error{in_quotes(text_) + ": " + what};
    rest_ = {};
    return 0;
  }

  bool take(char c) {
    skip();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    skip();
    return true;
  }

  void skip() {
    while (!rest_.empty() && rest_[0] == ' ') rest_.remove_prefix(1);
  }

  double sum(int depth) {
    double value = product(depth);
    while (true) {
      if (take('+'))
        value += product(depth);
      else if (take('-'))
        value -= product(depth);
      else
        return value;
    }
  }

  double product(int depth) {
    double value = factor(depth);
    while (true) {
      if (take('*'))
        value *= factor(depth);
      else if (take('/'))
        value /= factor(depth);
      else
        return value;
    }
  }

  double factor(int depth) {
    if (depth > deepest) return fail("too many parentheses");
    if (take('-')) return -factor(depth + 1);
    if (take('(')) {
      const double value = sum(depth + 1);
      return take(')') ? value : fail("expected )");
    }
    if (rest_.empty()) return fail("expected a number or a name at the end");
    if (is_digit(rest_[0]) || rest_[0] == '.') return number();
    if (begins_name(rest_[0])) return name(depth);
    return fail("found " + in_quotes(rest_.substr(0, 1)));
  }

  double number() {
    double value = 0;
    const auto [end, problem] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (problem != std::errc()) return fail("found " + in_quotes(rest_));
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  double name(int depth) {
    std::size_t length = 0;
    while (length < rest_.size() &&
           (begins_name(rest_[length]) || is_digit(rest_[length]) || rest_[length] == '.'))
      ++length;
    const std::string_view word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (!take('(')) return accept(names_.value(word));
    std::vector<double> arguments;
    while (!error_ && !take(')')) {
      arguments.push_back(sum(depth + 1));
      if (!take(',') && (rest_.empty() || rest_[0] != ')')) fail("expected , or )");
    }
    return error_ ? 0 : accept(apply(word, arguments));
  }

  Result<double> apply(std::string_view word, std::span<const double> arguments) const {
    const std::size_t count = arguments.size();
    if (word == "floor" && count == 1) return std::floor(arguments[0]);
    if (word == "ceil" && count == 1) return std::ceil(arguments[0]);
    if (word == "min" && count == 2) return std::min(arguments[0], arguments[1]);
    if (word == "max" && count == 2) return std::max(arguments[0], arguments[1]);
    return names_.call(word, arguments);
  }

  double accept(const Result<double>& value) {
    return value ? *value : fail(value.error().message);
  }

  std::string_view text_, rest_;
  const ExpressionNames& names_;
  std::optional<Error> error_;
};

}  // namespace

Result<double> evaluate(std::string_view text, const ExpressionNames& names) {
  return Reader(text, names).all();
}

}  // namespace fleetsim
