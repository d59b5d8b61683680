#include "traces/node.h"

#include "sim/check.h"
#include "sim/unit_text.h"

namespace fleetsim {

using google::protobuf::FieldDescriptor;

std::string path_below(const std::string& path, std::string_view name) {
  if (path.empty() || name.empty()) return path + std::string(name);
  return path + '.' + std::string(name);
}

std::string path_below(const std::string& path, std::string_view name, std::size_t index) {
  return path_below(path, name) + '[' + std::to_string(index) + ']';
}

std::string Node::path(std::string_view name) const {
  return path_below(path_, name);
}

std::string Node::path(std::string_view name, std::size_t index) const {
  return path_below(path_, name, index);
}

const FieldDescriptor* Node::field(const char* name) const {
  const FieldDescriptor* found = message_->GetDescriptor()->FindFieldByName(name);
  check(found != nullptr, "the schema has the field that is read");
  return found;
}

bool Node::has(const char* name) const {
  const FieldDescriptor* which = field(name);
  if (which->is_repeated()) return message_->GetReflection()->FieldSize(*message_, which) > 0;
  return message_->GetReflection()->HasField(*message_, which);
}

bool Node::departs(const char* name) const {
  const FieldDescriptor* which = field(name);
  if (which->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE)
    return number(name) != which->default_value_double();
  return count(name) != which->default_value_uint32();
}

std::string Node::text(const char* name) const {
  const FieldDescriptor* which = field(name);
  if (which->cpp_type() == FieldDescriptor::CPPTYPE_ENUM)
    return message_->GetReflection()->GetEnum(*message_, which)->name();
  return message_->GetReflection()->GetString(*message_, which);
}

double Node::number(const char* name) const {
  return message_->GetReflection()->GetDouble(*message_, field(name));
}

std::uint64_t Node::count(const char* name) const {
  const FieldDescriptor* which = field(name);
  if (which->cpp_type() == FieldDescriptor::CPPTYPE_UINT32)
    return message_->GetReflection()->GetUInt32(*message_, which);
  return message_->GetReflection()->GetUInt64(*message_, which);
}

bool Node::flag(const char* name) const {
  return message_->GetReflection()->GetBool(*message_, field(name));
}

double Node::in(const char* name, const std::string& unit) const {
  const auto value = parse_in(text(name), unit);
  check(bool(value), "quantities are checked before they are read");
  return *value;
}

Node Node::child(const char* name) const {
  return {message_->GetReflection()->GetMessage(*message_, field(name)), path(name)};
}

std::vector<std::string> Node::texts(const char* name) const {
  const FieldDescriptor* which = field(name);
  std::vector<std::string> all;
  for (int i = 0; i < message_->GetReflection()->FieldSize(*message_, which); ++i)
    all.push_back(message_->GetReflection()->GetRepeatedString(*message_, which, i));
  return all;
}

std::vector<double> Node::numbers(const char* name) const {
  const FieldDescriptor* which = field(name);
  std::vector<double> all;
  for (int i = 0; i < message_->GetReflection()->FieldSize(*message_, which); ++i)
    all.push_back(message_->GetReflection()->GetRepeatedDouble(*message_, which, i));
  return all;
}

std::vector<std::uint32_t> Node::counts(const char* name) const {
  const FieldDescriptor* which = field(name);
  std::vector<std::uint32_t> all;
  for (int i = 0; i < message_->GetReflection()->FieldSize(*message_, which); ++i)
    all.push_back(message_->GetReflection()->GetRepeatedUInt32(*message_, which, i));
  return all;
}

std::vector<Node> Node::children(const char* name) const {
  const FieldDescriptor* which = field(name);
  std::vector<Node> all;
  for (int i = 0; i < message_->GetReflection()->FieldSize(*message_, which); ++i)
    all.push_back({message_->GetReflection()->GetRepeatedMessage(*message_, which, i),
                   path(name, static_cast<std::size_t>(i))});
  return all;
}

std::string Node::chosen(const char* oneof) const {
  const auto* which = message_->GetDescriptor()->FindOneofByName(oneof);
  check(which != nullptr, "the schema has the choice that is read");
  const auto* set = message_->GetReflection()->GetOneofFieldDescriptor(*message_, which);
  return set ? set->name() : "";
}

std::vector<std::string> Node::present() const {
  std::vector<const FieldDescriptor*> fields;
  message_->GetReflection()->ListFields(*message_, &fields);
  std::vector<std::string> names;
  for (const FieldDescriptor* each : fields) names.push_back(each->name());
  return names;
}

}  // namespace fleetsim
