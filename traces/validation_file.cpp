#include "traces/validation_file.h"

#include "sim/unit_text.h"
#include "traces/plain_text.h"
#include "traces/validation.pb.h"

namespace fleetsim {
namespace {

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
  if (const Status read = parse_plain_text(text, name, parsed); !read) return read.error();
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
