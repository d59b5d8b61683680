#include "traces/validation_file.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include "sim/unit_text.h"
#include "traces/validation.pb.h"

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

Result<ValidationCase> read_case(const suite::Case& from, const std::string& name) {
  const std::string where = name + ": case \"" + from.id() + "\": ";
  ValidationCase out{.id = from.id(),
                     .title = from.title(),
                     .scenario = from.scenario(),
                     .sets = {from.set().begin(), from.set().end()},
                     .checks = {}};
  if (out.id.empty() || out.scenario.empty()) return Error{where + "needs an id and a scenario"};
  if (from.check().empty()) return Error{where + "checks nothing"};
  for (const suite::Check& check : from.check()) {
    ValidationCheck to{.metric = check.metric(), .tolerance = 0, .bound = check.at_most_rival()};
    if (to.metric.empty()) return Error{where + "a check needs a metric"};
    if (to.bound.empty()) {
      const Result<double> tolerance = parse_in(check.tolerance(), "");
      if (!tolerance) return Error{where + "tolerance: " + tolerance.error().message};
      if (*tolerance <= 0) return Error{where + "tolerance: must be above 0 %"};
      to.tolerance = *tolerance;
    }
    out.checks.push_back(to);
  }
  return out;
}

}  // namespace

Result<std::vector<ValidationCase>> parse_validation(const std::string& text,
                                                     const std::string& name) {
  suite::Suite parsed;
  FirstError first(name);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&first);
  if (!parser.ParseFromString(text, &parsed)) return Error{first.message()};
  std::vector<ValidationCase> cases;
  for (const suite::Case& from : parsed.case_()) {
    Result<ValidationCase> to = read_case(from, name);
    if (!to) return to.error();
    for (const ValidationCase& other : cases)
      if (other.id == to->id) return Error{name + ": two cases are called \"" + to->id + "\""};
    cases.push_back(std::move(*to));
  }
  return cases;
}

}  // namespace fleetsim
