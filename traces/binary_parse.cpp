#include "traces/binary_parse.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/unknown_field_set.h>

#include "traces/node.h"
#include "traces/schema.h"

namespace fleetsim {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int deepest = 64;  // messages within messages, as in text

Error unknown(const google::protobuf::UnknownField& field, const Message& message,
              const std::string& path, const Provenance& provenance) {
  const FieldDescriptor* known = message.GetDescriptor()->FindFieldByNumber(field.number());
  if (!known)
    return provenance.error(path, "unknown field number " + std::to_string(field.number()));
  const std::string at = path_below(path, known->name());
  if (known->enum_type() && field.type() == google::protobuf::UnknownField::TYPE_VARINT)
    return provenance.error(at,
                            "found the value " + std::to_string(field.varint()) +
                                "; expected one of: " + joined(value_names(*known->enum_type())));
  return provenance.error(at, "not a value of type " + std::string(known->type_name()));
}

// The schema is a tree of finite depth, and so is what was read by it.
Status all_known(const Message& message, const std::string& path, const Provenance& provenance) {
  const auto* read = message.GetReflection();
  const auto& strangers = read->GetUnknownFields(message);
  if (!strangers.empty()) return unknown(strangers.field(0), message, path, provenance);
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (!field->message_type()) continue;
    const bool list = field->is_repeated();
    const int count = list ? read->FieldSize(message, field) : read->HasField(message, field);
    for (int k = 0; k < count; ++k) {
      const Message& inner =
          list ? read->GetRepeatedMessage(message, field, k) : read->GetMessage(message, field);
      const std::string at = list ? path_below(path, field->name(), static_cast<std::size_t>(k))
                                  : path_below(path, field->name());
      if (auto bad = all_known(inner, at, provenance); !bad) return bad;
    }
  }
  return Done{};
}

}  // namespace

Status parse_binary(const std::string& bytes, const Provenance& provenance, Message& message) {
  const google::protobuf::LogSilencer we_say_it_ourselves;
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  input.SetRecursionLimit(deepest);
  if (!message.ParsePartialFromCodedStream(&input) || !input.ConsumedEntireMessage())
    return provenance.error("",
                            "not a binary scenario, or cut off; expected the wire format of "
                            "fleetsim.Scenario");
  return all_known(message, "", provenance);
}

}  // namespace fleetsim
