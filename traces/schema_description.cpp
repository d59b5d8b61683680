#include "traces/schema_description.h"

#include "sim/check.h"
#include "sim/unit_text.h"
#include "traces/node.h"
#include "traces/schema.h"

namespace fleetsim {
namespace {

using google::protobuf::FieldDescriptor;

std::string type_of(const FieldDescriptor& field, const std::string& unit) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "message";
    case FieldDescriptor::CPPTYPE_ENUM:
      return "choice";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "flag";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return "number";
    case FieldDescriptor::CPPTYPE_STRING:
      return unit.empty() ? "text" : "quantity";
    default:
      return "count";
  }
}

std::string default_of(const FieldDescriptor& field) {
  if (!field.has_default_value()) return "";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return field.default_value_enum()->name();
    case FieldDescriptor::CPPTYPE_STRING:
      return field.default_value_string();
    case FieldDescriptor::CPPTYPE_BOOL:
      return field.default_value_bool() ? "true" : "false";
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(field.default_value_uint32());
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(field.default_value_uint64());
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return format_number(field.default_value_double(), 9);
    default:
      check(false, "defaults of the schema are texts, choices, flags, counts or numbers");
      return "";
  }
}

// The schema is a tree of finite depth: no message holds itself.
void describe(const Schema& schema, const google::protobuf::Descriptor& type,
              const std::string& path, const std::string& inherited,
              std::vector<FieldDescription>& all) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const Facts& facts = schema.facts(field);
    const std::string unit = schema.unit_of(field, inherited);
    FieldDescription about{
        .path = path_below(path, field.name()) + (field.is_repeated() ? "[]" : ""),
        .type = type_of(field, unit),
        .unit = unit,
        .default_value = default_of(field),
        .range = field.enum_type() ? joined(value_names(*field.enum_type())) : schema.limits(field),
        .help = facts.help,
        .required = facts.required};
    all.push_back(about);
    if (field.message_type()) describe(schema, *field.message_type(), about.path, unit, all);
  }
}

}  // namespace

std::vector<FieldDescription> describe_schema() {
  const Schema schema;
  std::vector<FieldDescription> all;
  describe(schema, schema.scenario(), "", "", all);
  return all;
}

}  // namespace fleetsim
