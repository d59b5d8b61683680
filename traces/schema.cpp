#include "traces/schema.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>

#include <algorithm>

#include "sim/check.h"
#include "sim/unit_text.h"
#include "traces/node.h"
#include "traces/schema_bytes.h"

namespace fleetsim {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;

// Options come as a generated message that doesn't know our extensions; read again as a dynamic one
// from the same pool, they do.
template <class Options>
std::unique_ptr<Message> reread(const Options& options,
                                const google::protobuf::DescriptorPool& pool,
                                google::protobuf::DynamicMessageFactory& factory) {
  const Descriptor* type = pool.FindMessageTypeByName(Options::descriptor()->full_name());
  check(type != nullptr, "the schema brings descriptor.proto");
  std::unique_ptr<Message> message(factory.GetPrototype(type)->New());
  const std::string bytes = options.SerializeAsString();
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  input.SetExtensionRegistry(&pool, &factory);
  check(message->ParsePartialFromCodedStream(&input), "options of the schema parse");
  return message;
}

// The extension `name` of `options`, if it is set.
const Message* extension(const Message& options, const google::protobuf::DescriptorPool& pool,
                         const char* name) {
  const FieldDescriptor* field = pool.FindExtensionByName(name);
  check(field != nullptr, "the schema brings options.proto");
  if (!options.GetReflection()->HasField(options, field)) return nullptr;
  return &options.GetReflection()->GetMessage(options, field);
}

Facts facts_from(const Message& message) {
  const Node node(message, "");
  const auto limit = [&](const char* name) {
    return node.has(name) ? std::optional(node.text(name)) : std::nullopt;
  };
  return {.help = node.text("help"),
          .unit = node.text("unit"),
          .above = limit("above"),
          .at_least = limit("at_least"),
          .at_most = limit("at_most"),
          .required = node.flag("required"),
          .names = node.flag("names"),
          .words = node.texts("word")};
}

std::string whole_number(const FieldDescriptor& field, const Facts& facts) {
  const bool wide = field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
  const std::string most = wide ? "18446744073709551615" : "4294967295";
  return "a whole number from " + facts.at_least.value_or("0") + " to " +
         facts.at_most.value_or(most);
}

}  // namespace

Schema::Schema() : factory_(&pool_) {
  google::protobuf::FileDescriptorSet files;
  check(files.ParseFromArray(schema_bytes, static_cast<int>(schema_size)),
        "the schema in the program parses");
  for (const auto& file : files.file())
    check(pool_.BuildFile(file) != nullptr, "the schema in the program is sound");
  scenario_ = pool_.FindMessageTypeByName("fleetsim.Scenario");
  check(scenario_ != nullptr, "the schema has a Scenario");
  collect(*scenario_);
}

void Schema::collect(const Descriptor& type) {
  for (int i = 0; i < type.oneof_decl_count(); ++i) {
    const OneofDescriptor* oneof = type.oneof_decl(i);
    const auto options = reread(oneof->options(), pool_, factory_);
    const Message* facts = extension(*options, pool_, "fleetsim.one");
    if (facts && Node(*facts, "").flag("required")) required_.insert(oneof);
  }
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (facts_.contains(field)) return;  // the type has been seen elsewhere
    const auto options = reread(field->options(), pool_, factory_);
    const Message* facts = extension(*options, pool_, "fleetsim.is");
    facts_[field] = facts ? facts_from(*facts) : Facts{};
    if (field->message_type()) collect(*field->message_type());
  }
}

std::unique_ptr<Message> Schema::empty_scenario() {
  return std::unique_ptr<Message>(factory_.GetPrototype(scenario_)->New());
}

const Facts& Schema::facts(const FieldDescriptor& field) const {
  return facts_.at(&field);
}

bool Schema::required(const OneofDescriptor& oneof) const {
  return required_.contains(&oneof);
}

std::string Schema::unit_of(const FieldDescriptor& field, const std::string& inherited) const {
  const std::string& unit = facts(field).unit;
  if (unit == "VALUE") return inherited;
  if (unit == "1/VALUE") return inverse_unit(inherited);
  return unit.empty() && field.message_type() ? inherited : unit;
}

ResolvedField Schema::resolve(std::string_view path) const {
  ResolvedField found;
  const Descriptor* type = scenario_;
  while (!path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    const auto name = path.substr(0, std::min(path.find('['), dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
    found.field = type ? type->FindFieldByName(std::string(name)) : nullptr;
    if (!found.field) return {};
    found.unit = unit_of(*found.field, found.unit);
    type = found.field->message_type();
  }
  return found;
}

std::string Schema::expected(const FieldDescriptor& field, const std::string& unit) const {
  const Facts& about = facts(field);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "\"{\" and the fields of " + field.name();
    case FieldDescriptor::CPPTYPE_ENUM:
      return "one of: " + joined(value_names(*field.enum_type()));
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_STRING: {
      if (unit.empty()) return "a text in quotes";
      std::string text;
      for (const std::string& word : about.words) text += '"' + word + "\" or ";
      return text + expected_in(unit);
    }
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return whole_number(field, about);
    default: {
      const std::string range = limits(field);
      return range.empty() ? "a number" : "a number " + range;
    }
  }
}

std::string Schema::limits(const FieldDescriptor& field) const {
  const Facts& about = facts(field);
  std::vector<std::string> parts;
  if (about.above) parts.push_back("above " + *about.above);
  if (about.at_least) parts.push_back("at least " + *about.at_least);
  if (about.at_most) parts.push_back("at most " + *about.at_most);
  return joined(parts);
}

std::vector<std::string> field_names(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

std::vector<std::string> value_names(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  return names;
}

std::string inverse_unit(const std::string& unit) {
  const auto slash = unit.find('/');
  if (slash == unit.npos) return "1/" + unit;
  return unit.substr(slash + 1) + '/' + unit.substr(0, slash);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string joined_by_and(const std::vector<std::string>& words) {
  if (words.size() < 2) return joined(words);
  return joined({words.begin(), words.end() - 1}) + " and " + words.back();
}

}  // namespace fleetsim
