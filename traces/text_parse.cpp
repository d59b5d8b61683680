#include "traces/text_parse.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "traces/node.h"

namespace fleetsim {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr int deepest = 64;  // messages within messages; the schema needs fewer than ten

// Keeps what protobuf says first.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (!message_.empty()) return;
    place_ = {std::max(line, 0), std::max(column, 0)};
    message_ = message;
  }
  bool any() const { return !message_.empty(); }
  TextPlace place() const { return place_; }
  const std::string& message() const { return message_; }

 private:
  TextPlace place_;
  std::string message_;
};

// The last value whose name comes before the error: what protobuf was reading then.
struct Around {
  TextValue last;
  bool any = false;
};

Around around(const std::string& text, const Descriptor& root, TextPlace place) {
  Around found;
  walk_text(text, root, [&](const TextValue& value) {
    if (value.name >= place) return false;
    found.last = value, found.any = true;
    return true;
  });
  return found;
}

// Says one of protobuf's complaints in our words.
class Rewording {
 public:
  Rewording(const std::string& text, const Schema& schema, std::string path, const Descriptor& root,
            const FirstError& error)
      : schema_(schema),
        path_(std::move(path)),
        error_(error),
        around_(around(text, root, error.place())),
        token_(token_at(text, error.place())) {
    if (around_.any) value_token_ = token_at(text, around_.last.value);
    if (around_.any) name_token_ = token_at(text, around_.last.name);
  }

  Complaint complaint() const {
    if (starts("Message type") && says("has no field named")) return unknown_field();
    if (starts("Extension")) return at_error("extensions are not used in scenarios");
    if (says("is specified multiple times"))
      return {around_.last.name, where() + "given twice; expected it once"};
    if (says("is specified along with")) return two_of_a_choice();
    if (starts("Unknown enumeration value") || starts("Invalid value for boolean"))
      return wrong_value(around_.last.value, value_token_);
    if (starts("Integer out of range")) return wrong_value(error_.place(), token_);
    if (says("recursion limit"))
      return at_error("nested more than " + std::to_string(deepest) + " deep");
    if (starts("Expected \"")) return wrong_symbol();
    if (starts("Expected identifier, got")) return no_name();
    if (starts("Expected ") && says(", got: ")) return wrong_value(error_.place(), token_);
    if (starts("Unexpected end of string"))
      return at_error("the text ends inside of quotes; expected a closing quote");
    if (starts("Invalid control characters") || starts("Interpreting non ascii"))
      return at_error("found a byte that is not text; expected a field name, a value or a brace");
    return at_error(printable(error_.message(), 300));
  }

 private:
  bool starts(const char* with) const { return error_.message().starts_with(with); }
  bool says(const char* what) const { return error_.message().find(what) != std::string::npos; }

  static std::string shown(const std::string& token) {
    if (token.empty()) return "the end of the text";
    const bool has_quotes = token[0] == '"' || token[0] == '\'';
    return has_quotes ? printable(token) : in_quotes(token);
  }
  Complaint at_error(std::string what) const { return {error_.place(), std::move(what)}; }
  std::string where() const {
    return around_.any ? path_below(path_, around_.last.path) + ": " : "";
  }

  ResolvedField resolved() const { return schema_.resolve(path_below(path_, around_.last.path)); }

  Complaint unknown_field() const {
    const TextValue& value = around_.last;
    const auto names = field_names(*value.parent);
    const auto dot = value.path.rfind('.');
    const std::string inside =
        path_below(path_, dot == std::string::npos ? "" : value.path.substr(0, dot));
    const std::string suggestion = did_you_mean(name_token_, names);
    return {value.name,
            "unknown field " + in_quotes(name_token_) + (inside.empty() ? "" : " in " + inside) +
                (suggestion.empty() ? "; expected one of: " + joined(names) : suggestion)};
  }

  Complaint two_of_a_choice() const {
    const auto* oneof = around_.last.field ? around_.last.field->containing_oneof() : nullptr;
    if (!oneof) return at_error(printable(error_.message(), 300));
    std::vector<std::string> names;
    for (int i = 0; i < oneof->field_count(); ++i) names.push_back(oneof->field(i)->name());
    return {around_.last.name, where() + "found a second " + oneof->name() +
                                   "; expected only one of: " + joined(names)};
  }

  Complaint wrong_value(TextPlace place, const std::string& token) const {
    const std::string what = shown(token);
    const auto [field, unit] = resolved();
    if (!field) return {place, where() + "found " + what + "; expected a value"};
    std::string suggestion;
    if (field->enum_type()) suggestion = did_you_mean(token, value_names(*field->enum_type()));
    return {place, where() + "found " + what + "; expected " + schema_.expected(*field, unit) +
                       suggestion};
  }

  Complaint wrong_symbol() const {
    const auto first = error_.message().find('"');
    const std::string symbol = error_.message().substr(first + 1, 1);
    if (around_.any && symbol == "{") return wrong_value(error_.place(), token_);
    const std::string after =
        around_.any && symbol == ":" ? " after " + in_quotes(name_token_) : "";
    return at_error("found " + shown(token_) + "; expected \"" + symbol + '"' + after);
  }

  Complaint no_name() const {
    if (token_.empty())
      return at_error("the text ends too early; expected \"}\" to close the message around " +
                      (around_.any ? in_quotes(path_below(path_, around_.last.path)) : "it"));
    return at_error("found " + shown(token_) + "; expected the name of a field");
  }

  const Schema& schema_;
  std::string path_;
  const FirstError& error_;
  Around around_;
  std::string token_;        // at the error
  std::string value_token_;  // of the last value
  std::string name_token_;   // of its field
};

}  // namespace

std::optional<Complaint> parse_text(const std::string& text, const Schema& schema,
                                    const std::string& path, google::protobuf::Message& message) {
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(deepest);
  parser.AllowPartialMessage(true);
  if (parser.ParseFromString(text, &message) && !error.any()) return std::nullopt;
  if (!error.any()) return Complaint{{}, "not a scenario"};
  return Rewording(text, schema, path, *message.GetDescriptor(), error).complaint();
}

}  // namespace fleetsim
