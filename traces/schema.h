#pragma once
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fleetsim {

// What a field of the schema says about itself: the message Facts of options.proto.
struct Facts {
  std::string help;
  std::string unit;  // empty: no quantity
  std::optional<std::string> above, at_least, at_most;
  bool required = false;
  bool names = false;
  std::vector<std::string> words;
};

// A field that a path leads to.
struct ResolvedField {
  const google::protobuf::FieldDescriptor* field = nullptr;  // none: the path is wrong, or empty
  std::string unit;  // of the quantity, or of the values of a Distribution; empty for neither
};

// The schema of scenarios, read from scenario.proto as it was compiled into the program. Messages
// are dynamic: the generated classes would carry the names of the program's own types
// (fleetsim::Scenario is one), and everything here is generic anyway. Messages must die before
// their schema.
class Schema {
 public:
  Schema();

  const google::protobuf::Descriptor& scenario() const { return *scenario_; }
  std::unique_ptr<google::protobuf::Message> empty_scenario();
  const Facts& facts(const google::protobuf::FieldDescriptor& field) const;
  bool required(const google::protobuf::OneofDescriptor& oneof) const;

  // The unit of `field` in a message whose holder has the unit `inherited`.
  std::string unit_of(const google::protobuf::FieldDescriptor& field,
                      const std::string& inherited) const;

  // Follows a path such as "queueing.source[0].to".
  ResolvedField resolve(std::string_view path) const;

  // What belongs into the field, for messages: `a time such as "30 min"`, "one of: FCFS, LCFS".
  std::string expected(const google::protobuf::FieldDescriptor& field,
                       const std::string& unit) const;

  // Its limits: "above 0 s, at most 100 yr"; empty where there are none.
  std::string limits(const google::protobuf::FieldDescriptor& field) const;

 private:
  void collect(const google::protobuf::Descriptor& type);

  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  const google::protobuf::Descriptor* scenario_ = nullptr;
  std::map<const google::protobuf::FieldDescriptor*, Facts> facts_;
  std::set<const google::protobuf::OneofDescriptor*> required_;
};

// The names of its fields, and of its values, for suggestions.
std::vector<std::string> field_names(const google::protobuf::Descriptor& type);
std::vector<std::string> value_names(const google::protobuf::EnumDescriptor& type);

// "1/s" for "s", "s/B" for "B/s". REQUIRES: at most one slash.
std::string inverse_unit(const std::string& unit);

// "a, b, c", and "a, b and c".
std::string joined(const std::vector<std::string>& words);
std::string joined_by_and(const std::vector<std::string>& words);

}  // namespace fleetsim
