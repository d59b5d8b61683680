#pragma once
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fleetsim {

// One message of a scenario, read by the names of its fields, and the path that leads to it. What
// is absent reads as its default. REQUIRES everywhere: the field exists and has the type asked for.
class Node {
 public:
  Node(const google::protobuf::Message& message, std::string path)
      : message_(&message),
        path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  std::string path(std::string_view name) const;  // of a field
  std::string path(std::string_view name, std::size_t index) const;

  bool has(const char* name) const;          // a list: has elements
  bool departs(const char* name) const;      // a number: is another than its default
  std::string text(const char* name) const;  // of an enumeration: the name of the value
  double number(const char* name) const;
  std::uint64_t count(const char* name) const;
  bool flag(const char* name) const;
  double in(const char* name, const std::string& unit) const;  // a quantity that has been checked
  Node child(const char* name) const;

  std::vector<std::string> texts(const char* name) const;
  std::vector<double> numbers(const char* name) const;
  std::vector<std::uint32_t> counts(const char* name) const;
  std::vector<Node> children(const char* name) const;

  std::string chosen(const char* oneof) const;  // the name of the field that is set; or empty
  std::vector<std::string> present() const;     // the names of all fields that are set

 private:
  const google::protobuf::FieldDescriptor* field(const char* name) const;

  const google::protobuf::Message* message_;
  std::string path_;
};

// The path of a field or an element below the message at `path`.
std::string path_below(const std::string& path, std::string_view name);
std::string path_below(const std::string& path, std::string_view name, std::size_t index);

}  // namespace fleetsim
