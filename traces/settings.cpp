#include "traces/settings.h"

#include <charconv>
#include <memory>
#include <optional>
#include <string_view>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "traces/node.h"
#include "traces/text_parse.h"

namespace fleetsim {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// One step of a path: a field, perhaps an element of a list.
struct Segment {
  std::string name;
  std::optional<std::size_t> index;
};

Result<Segment> parse_segment(std::string_view text) {
  const auto bracket = text.find('[');
  if (bracket == text.npos) return Segment{std::string(text), std::nullopt};
  const auto digits = text.substr(bracket + 1);
  std::size_t index = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  const std::string_view rest = digits.substr(static_cast<std::size_t>(end - digits.data()));
  if (problem != std::errc{} || rest != "]")
    return Error{in_quotes(text) + " is no element; expected an index such as " +
                 printable(text.substr(0, bracket)) + "[0]"};
  return Segment{std::string(text.substr(0, bracket)), index};
}

// Where a path ends: a field of a message, or an element of it.
struct Target {
  Message* message = nullptr;
  const FieldDescriptor* field = nullptr;
  int index = -1;            // of an element
  std::string path;          // canonical, with the last field
  std::string message_path;  // of `message`
};

std::string inside(const std::string& path) {
  return path.empty() ? "" : " in " + path;
}

Result<Target> find_field(Message& message, const std::string& path, const Segment& segment) {
  const auto* type = message.GetDescriptor();
  const FieldDescriptor* field = type->FindFieldByName(segment.name);
  if (!field) {
    const auto names = field_names(*type);
    const std::string suggestion = did_you_mean(segment.name, names);
    return Error{"unknown field " + in_quotes(segment.name) + inside(path) +
                 (suggestion.empty() ? "; expected one of: " + joined(names) : suggestion)};
  }
  Target target{&message, field, -1, path_below(path, field->name()), path};
  if (!segment.index) return target;
  if (!field->is_repeated())
    return Error{target.path + " is no list; expected it without an index"};
  const auto count = static_cast<std::size_t>(message.GetReflection()->FieldSize(message, field));
  if (*segment.index >= count && count == 0)
    return Error{target.path + " is empty; expected the whole list as [...]"};
  if (*segment.index >= count)
    return Error{"found " + target.path + '[' + std::to_string(*segment.index) + "]; expected " +
                 target.path +
                 (count == 1 ? "[0], the only one" : "[0] to [" + std::to_string(count - 1) + ']')};
  target.index = static_cast<int>(*segment.index);
  target.path = path_below(path, field->name(), *segment.index);
  return target;
}

// The message that `target` stands for, made when it is not there.
Result<Message*> enter(const Target& target) {
  const Reflection* write = target.message->GetReflection();
  if (!target.field->message_type()) return Error{target.path + " has no fields of its own"};
  if (!target.field->is_repeated()) return write->MutableMessage(target.message, target.field);
  if (target.index >= 0)
    return write->MutableRepeatedMessage(target.message, target.field, target.index);
  return Error{target.path + " is a list; expected an index such as " + target.path + "[0]"};
}

Result<Target> find_target(Message& scenario, std::string_view path) {
  Message* message = &scenario;
  std::string so_far;
  while (true) {
    const auto dot = path.find('.');
    const auto segment = parse_segment(path.substr(0, dot));
    if (!segment) return segment.error();
    const auto target = find_field(*message, so_far, *segment);
    if (!target || dot == path.npos) return target;
    const auto next = enter(*target);
    if (!next) return next.error();
    message = *next;
    so_far = target->path;
    path.remove_prefix(dot + 1);
  }
}

// Replaces a whole message by what stands between the braces.
Status set_message(const Target& target, const std::string& value, const Schema& schema) {
  const auto first = value.find_first_not_of(" \t"), last = value.find_last_not_of(" \t");
  if (first == value.npos || first == last || value[first] != '{' || value[last] != '}')
    return Error{"found " + in_quotes(value) + "; expected the fields of " + target.path +
                 " in braces: {...}"};
  const auto message = enter(target);
  if (!message) return message.error();
  const std::unique_ptr<Message> parsed((*message)->New());
  const std::string text = value.substr(first + 1, last - first - 1);
  if (const auto complaint = parse_text(text, schema, target.path, *parsed))
    return Error{complaint->what};
  (*message)->GetReflection()->Swap(*message, parsed.get());
  return Done{};
}

// Sets a text as it is; quotes around all of it are the user's, not part of it.
Status set_text(const Target& target, std::string value) {
  const bool wrapped = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  if (wrapped) value = value.substr(1, value.size() - 2);
  const Reflection* write = target.message->GetReflection();
  if (target.index >= 0)
    write->SetRepeatedString(target.message, target.field, target.index, value);
  else
    write->SetString(target.message, target.field, value);
  return Done{};
}

// Moves what was read for one field into its place.
void put(const Target& target, Message& parsed) {
  Message& message = *target.message;
  const Reflection* write = message.GetReflection();
  if (target.index < 0) {
    write->ClearField(&message, target.field);
    return write->SwapFields(&message, &parsed, {target.field});
  }
  // The new element is the only one of `parsed`: it goes to the end of the list, changes places
  // with the old one, and the old one leaves.
  const std::unique_ptr<Message> list(message.New());
  write->SwapFields(list.get(), &message, {target.field});
  list->MergeFrom(parsed);
  write->SwapElements(list.get(), target.field, target.index,
                      write->FieldSize(*list, target.field) - 1);
  write->RemoveLast(list.get(), target.field);
  write->SwapFields(list.get(), &message, {target.field});
}

// Sets a number, a word, or a whole list.
Status set_parsed(const Target& target, const std::string& value, const Schema& schema) {
  const bool whole_list = target.field->is_repeated() && target.index < 0;
  const auto first = value.find_first_not_of(" \t");
  if (whole_list && (first == value.npos || value[first] != '['))
    return Error{"found " + in_quotes(value) +
                 "; expected the whole list as [...], or an element as " + target.path + "[0]"};
  const std::unique_ptr<Message> parsed(target.message->New());
  const std::string text = target.field->name() + ": " + value;
  if (const auto complaint = parse_text(text, schema, target.message_path, *parsed))
    return Error{complaint->what};
  std::vector<const FieldDescriptor*> fields;
  parsed->GetReflection()->ListFields(*parsed, &fields);
  const bool only_it = fields.empty() || (fields.size() == 1 && fields[0] == target.field);
  const bool one =
      fields.size() == 1 && (!target.field->is_repeated() ||
                             parsed->GetReflection()->FieldSize(*parsed, target.field) == 1);
  if (!only_it || (!whole_list && !one))
    return Error{"found " + in_quotes(value) + "; expected one value"};
  put(target, *parsed);
  return Done{};
}

Status set_value(const Target& target, const std::string& value, const Schema& schema) {
  const bool whole_list = target.field->is_repeated() && target.index < 0;
  if (!whole_list && target.field->message_type()) return set_message(target, value, schema);
  if (!whole_list && target.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
    return set_text(target, value);
  return set_parsed(target, value, schema);
}

}  // namespace

Status apply_setting(const std::string& option, const Schema& schema, Message& scenario,
                     Provenance& provenance) {
  const auto equals = option.find('=');
  if (equals == option.npos || equals == 0)
    return setting_error(option, "expected PATH=VALUE, such as run.horizon=\"30 d\"");
  const auto target = find_target(scenario, std::string_view(option).substr(0, equals));
  if (!target) return setting_error(option, target.error().message);
  const auto done = set_value(*target, option.substr(equals + 1), schema);
  if (!done) return setting_error(option, done.error().message);
  provenance.settings.push_back({target->path, option});
  return Done{};
}

}  // namespace fleetsim
