#include "traces/plain_text.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

namespace fleetsim {
namespace {

// Keeps the first complaint.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  explicit FirstError(const std::string& name) : name_(name) {}
  void AddError(int line, int column, const std::string& message) override {
    if (message_.empty())
      message_ = name_ + ":" + std::to_string(line + 1) + ":" + std::to_string(column + 1) + ": " +
                 message;
  }
  const std::string& message() const { return message_; }

 private:
  std::string name_, message_;
};

}  // namespace

Status parse_plain_text(const std::string& text, const std::string& name,
                        google::protobuf::Message& message) {
  FirstError first(name);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&first);
  if (!parser.ParseFromString(text, &message)) return Error{first.message()};
  return Done{};
}

}  // namespace fleetsim
