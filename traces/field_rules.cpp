#include "traces/field_rules.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/node.h"

namespace fleetsim {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::size_t longest_name = 64;

bool is_name(const std::string& text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (text.empty() || text.size() > longest_name || !letter(text[0])) return false;
  for (const char c : text)
    if (!letter(c) && c != '-' && c != '_') return false;
  return true;
}

class Rules {
 public:
  Rules(const Schema& schema, const Provenance& provenance)
      : schema_(schema),
        provenance_(provenance) {}

  Status message(const Message& message, const std::string& path, const std::string& inherited) {
    const auto* type = message.GetDescriptor();
    const Reflection* read = message.GetReflection();
    if (auto missing = required(message, path); !missing) return missing;
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      const std::string unit = schema_.unit_of(*field, inherited);
      const bool list = field->is_repeated();
      const int count = list ? read->FieldSize(message, field) : read->HasField(message, field);
      for (int k = 0; k < count; ++k) {
        const std::string at = list ? path_below(path, field->name(), static_cast<std::size_t>(k))
                                    : path_below(path, field->name());
        if (auto bad = value(message, *field, list ? k : -1, at, unit); !bad) return bad;
      }
    }
    return Done{};
  }

 private:
  Status required(const Message& message, const std::string& path) {
    const auto* type = message.GetDescriptor();
    const Reflection* read = message.GetReflection();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      const Facts& facts = schema_.facts(*field);
      const bool there = field->is_repeated() ? read->FieldSize(message, field) > 0
                                              : read->HasField(message, field);
      if (facts.required && !there)
        return provenance_.error(
            path, "the field \"" + field->name() + "\" is missing (" + facts.help + ")");
    }
    for (int i = 0; i < type->oneof_decl_count(); ++i) {
      const auto* oneof = type->oneof_decl(i);
      if (!schema_.required(*oneof) || read->HasOneof(message, oneof)) continue;
      std::vector<std::string> names;
      for (int k = 0; k < oneof->field_count(); ++k) names.push_back(oneof->field(k)->name());
      return provenance_.error(path, "the choice of " + oneof->name() +
                                         " is missing; expected one of: " + joined(names));
    }
    return Done{};
  }

  // One value of a field; `index` is -1 unless the field is a list.
  Status value(const Message& message, const FieldDescriptor& field, int index,
               const std::string& path, const std::string& unit) {
    const Reflection* read = message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return this->message(index < 0 ? read->GetMessage(message, &field)
                                       : read->GetRepeatedMessage(message, &field, index),
                             path, unit);
      case FieldDescriptor::CPPTYPE_STRING:
        return text(field,
                    index < 0 ? read->GetString(message, &field)
                              : read->GetRepeatedString(message, &field, index),
                    path, unit);
      case FieldDescriptor::CPPTYPE_DOUBLE: {
        const double number = index < 0 ? read->GetDouble(message, &field)
                                        : read->GetRepeatedDouble(message, &field, index);
        return limits(field, number, format_number(number, 6), path, unit);
      }
      case FieldDescriptor::CPPTYPE_UINT32: {
        const auto number = index < 0 ? read->GetUInt32(message, &field)
                                      : read->GetRepeatedUInt32(message, &field, index);
        return limits(field, number, std::to_string(number), path, unit);
      }
      default:
        return Done{};  // any value of the type will do
    }
  }

  Status text(const FieldDescriptor& field, const std::string& text, const std::string& path,
              const std::string& unit) {
    const Facts& facts = schema_.facts(field);
    if (!is_utf8(text))
      return provenance_.error(path, "found " + in_quotes(text) + "; expected text in UTF-8");
    if (facts.names && !is_name(text))
      return provenance_.error(path, "found " + in_quotes(text) +
                                         "; expected a name of at most 64 letters, digits, - and "
                                         "_, beginning with a letter or digit");
    if (unit.empty()) return Done{};
    for (const std::string& word : facts.words)
      if (text == word) return Done{};
    const auto quantity = parse_in(text, unit);
    if (!quantity) {
      std::string words;
      for (const std::string& word : facts.words) words += " (or \"" + word + "\")";
      words += did_you_mean(text, facts.words);
      return provenance_.error(path, quantity.error().message + words);
    }
    return limits(field, *quantity, in_quotes(text), path, unit);
  }

  // A limit of the schema: a plain number, or a quantity in the field's unit.
  static double limit(const std::string& text, const std::string& unit) {
    double number = 0;
    const char* end = text.data() + text.size();
    if (std::from_chars(text.data(), end, number).ptr == end) return number;
    const auto quantity = parse_in(text, unit);
    check(bool(quantity), "the limits of the schema are quantities of their field");
    return *quantity;
  }

  Status limits(const FieldDescriptor& field, double number, const std::string& shown,
                const std::string& path, const std::string& unit) {
    const Facts& facts = schema_.facts(field);
    const bool above = !facts.above || number > limit(*facts.above, unit);
    const bool at_least = !facts.at_least || number >= limit(*facts.at_least, unit);
    const bool at_most = !facts.at_most || number <= limit(*facts.at_most, unit);
    if (std::isfinite(number) && above && at_least && at_most) return Done{};
    const std::string expected =
        std::isfinite(number) ? "a value " + schema_.limits(field) : "a finite number";
    return provenance_.error(path, "found " + shown + "; expected " + expected);
  }

  const Schema& schema_;
  const Provenance& provenance_;
};

// The default of one field becomes its value.
void set_default(Message& message, const FieldDescriptor& field) {
  const Reflection* write = message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return write->SetString(&message, &field, field.default_value_string());
    case FieldDescriptor::CPPTYPE_ENUM:
      return write->SetEnum(&message, &field, field.default_value_enum());
    case FieldDescriptor::CPPTYPE_BOOL:
      return write->SetBool(&message, &field, field.default_value_bool());
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return write->SetDouble(&message, &field, field.default_value_double());
    case FieldDescriptor::CPPTYPE_UINT32:
      return write->SetUInt32(&message, &field, field.default_value_uint32());
    case FieldDescriptor::CPPTYPE_UINT64:
      return write->SetUInt64(&message, &field, field.default_value_uint64());
    default:
      check(false, "the schema keeps to strings, enumerations, bool, double, uint32 and uint64");
  }
}

}  // namespace

Status check_fields(const Message& scenario, const Schema& schema, const Provenance& provenance) {
  return Rules(schema, provenance).message(scenario, "", "");
}

void fill_defaults(Message& message) {
  const Reflection* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->is_repeated()) {
      if (!field->message_type()) continue;
      for (int k = 0; k < reflection->FieldSize(message, field); ++k)
        fill_defaults(*reflection->MutableRepeatedMessage(&message, field, k));
    } else if (reflection->HasField(message, field)) {
      if (field->message_type()) fill_defaults(*reflection->MutableMessage(&message, field));
    } else if (field->has_default_value()) {
      set_default(message, *field);
    }
  }
}

}  // namespace fleetsim
