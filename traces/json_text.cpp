#include "traces/json_text.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include "sim/printable.h"

namespace fleetsim {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::size_t deepest = 64;  // as in text format

struct Token {
  enum class Kind { symbol, string, word, end, broken };  // a word: a number, true, false or null
  Kind kind = Kind::end;
  std::string_view text;  // of a string: with its quotes
  ShownPlace place;
};

// Cuts JSON (RFC 8259) into tokens.
class Tokens {
 public:
  explicit Tokens(std::string_view json) : rest_(json) {}

  Token next() {
    skip_spaces();
    if (rest_.empty()) return {Token::Kind::end, {}, place_};
    if (rest_[0] == '"') return string();
    if (std::string_view("{}[]:,").find(rest_[0]) != std::string_view::npos)
      return take(Token::Kind::symbol, 1);
    std::size_t length = 0;
    while (length < rest_.size() && is_word(rest_[length])) ++length;
    return length == 0 ? take(Token::Kind::broken, 1) : take(Token::Kind::word, length);
  }

 private:
  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '+' || c == '.';
  }

  void skip_spaces() {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_[0]) != std::string_view::npos)
      take(Token::Kind::symbol, 1);
  }

  Token string() {
    std::size_t length = 1;
    while (length < rest_.size() && rest_[length] != '"') {
      if (static_cast<unsigned char>(rest_[length]) < 0x20)
        return take(Token::Kind::broken, length);
      length += rest_[length] == '\\' ? std::size_t{2} : std::size_t{1};
    }
    if (length >= rest_.size()) return take(Token::Kind::broken, rest_.size());
    return take(Token::Kind::string, length + 1);
  }

  Token take(Token::Kind kind, std::size_t length) {
    const Token token{kind, rest_.substr(0, length), place_};
    for (const char c : token.text) {
      if (c == '\n')
        ++place_.line, place_.column = 1;
      else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80)
        ++place_.column;
    }
    rest_.remove_prefix(length);
    return token;
  }

  std::string_view rest_;
  ShownPlace place_;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Numbers as RFC 8259 has them: "-1.5e3", but not "010", "1." or "+1".
bool is_number(std::string_view text) {
  const auto digits = [&] {
    std::size_t count = 0;
    while (!text.empty() && is_digit(text[0])) text.remove_prefix(1), ++count;
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

// JSON's escapes are text format's own, but for \/.
std::string without_escaped_slashes(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '/') ++i;
    result += text[i];
    if (text[i] == '\\' && i + 1 < text.size()) result += text[++i];
  }
  return result;
}

// A whole number may be written 20.0 or 2e1; text format wants 20.
std::string as_integer(std::string_view text) {
  constexpr double limit = 0x1p53;
  double value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value).ptr;
  const bool whole = end == text.data() + text.size() && std::trunc(value) == value &&
                     std::fabs(value) <= limit && text.find_first_of(".eE") != text.npos;
  return whole ? std::to_string(static_cast<long long>(value)) : std::string(text);
}

std::string scalar(const Token& token, const FieldDescriptor* field) {
  const bool number = field && (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE ||
                                field->cpp_type() == FieldDescriptor::CPPTYPE_UINT32 ||
                                field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64);
  const bool integer = number && field->cpp_type() != FieldDescriptor::CPPTYPE_DOUBLE;
  if (token.kind == Token::Kind::word)
    return integer ? as_integer(token.text) : std::string(token.text);
  const std::string_view content = token.text.substr(1, token.text.size() - 2);
  if (number && is_number(content)) return integer ? as_integer(content) : std::string(content);
  if (number && content == "NaN") return "nan";
  if (number && content == "Infinity") return "inf";
  if (number && content == "-Infinity") return "-inf";
  const bool plain = !content.empty() && !is_digit(content[0]) &&
                     content.find_first_not_of(
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "abcdefghijklmnopqrstuvwxyz0123456789_") == content.npos;
  if (field && field->enum_type() && plain) return std::string(content);
  return without_escaped_slashes(token.text);
}

bool is_identifier(std::string_view text) {
  return !text.empty() && !is_digit(text[0]) &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
             "abcdefghijklmnopqrstuvwxyz0123456789_") == text.npos;
}

// A machine with a stack of open brackets instead of recursion: depth costs memory only, and
// little.
class Respelling {
 public:
  Respelling(const std::string& json, const Descriptor& root) : tokens_(json), root_(root) {}

  JsonText result() {
    advance();
    if (!is("{")) return fail("a JSON scenario begins with \"{\"");
    open_.push_back({&root_, nullptr, false});
    advance();
    while (!open_.empty() && !out_.complaint) open_.back().list ? element() : member();
    if (!out_.complaint && token_.kind != Token::Kind::end) return fail("the end of the file");
    return std::move(out_);
  }

 private:
  struct Open {
    const Descriptor* type = nullptr;        // of the object, or of the elements of the list
    const FieldDescriptor* field = nullptr;  // whose list it is
    bool list = false;
    bool fresh = true;  // nothing has been read in it yet
  };

  bool is(std::string_view symbol) const {
    return token_.kind == Token::Kind::symbol && token_.text == symbol;
  }
  void advance() { token_ = tokens_.next(); }

  void put(std::string_view text) { put(text, token_.place); }
  void put(std::string_view text, ShownPlace place) {
    (out_.text += text) += '\n';
    out_.origin.push_back(place);
  }

  JsonText fail(const std::string& expected) {
    const bool cut = token_.kind == Token::Kind::broken && token_.text.starts_with('"');
    const bool text = token_.kind == Token::Kind::string || cut;
    const std::string found = token_.kind == Token::Kind::end ? "the end of the file"
                              : text                          ? printable(token_.text)
                                                              : in_quotes(token_.text);
    out_.complaint = Complaint{
        {static_cast<int>(out_.origin.size()), 0},
        "found " + found + "; expected " + (cut ? "a closing quote in the same line" : expected)};
    out_.origin.push_back(token_.place);
    return out_;
  }

  // One `"name": value` of an object, or its end.
  void member() {
    Open& top = open_.back();
    if (is("}") && top.fresh) return close("}");
    if (token_.kind != Token::Kind::string) {
      fail(top.fresh ? "a field name in quotes, or \"}\"" : "a field name in quotes");
      return;
    }
    const Token name = token_;
    const std::string_view content = name.text.substr(1, name.text.size() - 2);
    if (!is_identifier(content)) {
      fail("the name of a field");
      return;
    }
    const FieldDescriptor* field = find(top.type, std::string(content));
    advance();
    if (!is(":")) {
      fail("\":\"");
      return;
    }
    advance();
    top.fresh = false;
    if (token_.kind == Token::Kind::word && token_.text == "null") {
      advance();
      return separator("}");
    }
    put(field ? std::string_view(field->name()) : content, name.place);
    put(":", name.place);
    value(field, is("["), "}");
  }

  void element() {
    Open& top = open_.back();
    if (is("]") && top.fresh) return close("]");
    top.fresh = false;
    value(top.field, false, "]");
  }

  void value(const FieldDescriptor* field, bool list_allowed, std::string_view closing) {
    if (is("{") || (is("[") && list_allowed)) {
      if (open_.size() >= deepest) {
        fail("no more than 64 levels of braces");
        return;
      }
      put(token_.text);
      open_.push_back({field ? field->message_type() : nullptr, field, is("[")});
      return advance();
    }
    const bool literal =
        token_.kind == Token::Kind::word &&
        (token_.text == "true" || token_.text == "false" || is_number(token_.text));
    if (!literal && token_.kind != Token::Kind::string) {
      fail("a value");
      return;
    }
    put(scalar(token_, field));
    advance();
    separator(closing);
  }

  // What comes behind a value: a comma and more, or the end of what is open.
  void separator(std::string_view closing) {
    if (is(",")) {
      if (open_.back().list) put(",");
      advance();
      if (is("}") || is("]")) fail("another value after the comma");
    } else if (is(closing)) {
      close(closing);
    } else {
      fail("\",\" or \"" + std::string(closing) + '"');
    }
  }

  void close(std::string_view closing) {
    open_.pop_back();
    if (open_.empty()) return advance();
    put(closing);
    advance();
    separator(open_.back().list ? "]" : "}");
  }

  static const FieldDescriptor* find(const Descriptor* type, const std::string& name) {
    if (!type) return nullptr;
    const FieldDescriptor* field = type->FindFieldByName(name);
    return field ? field : type->FindFieldByCamelcaseName(name);
  }

  Tokens tokens_;
  const Descriptor& root_;
  Token token_;
  std::vector<Open> open_;
  JsonText out_;
};

}  // namespace

JsonText text_of_json(const std::string& json, const Descriptor& root) {
  return Respelling(json, root).result();
}

}  // namespace fleetsim
