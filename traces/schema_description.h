#pragma once
#include <string>
#include <vector>

namespace fleetsim {

// A field of the scenario schema, for help pages and for programs that build forms.
struct FieldDescription {
  std::string path;           // "queueing.station[].service.exponential.mean"
  std::string type;           // "text", "quantity", "number", "count", "flag", "choice", "message"
  std::string unit;           // of a quantity, and of the values of a distribution
  std::string default_value;  // empty: none
  std::string range;          // "above 0 s, at most 100 yr", or the values of a choice
  std::string help;
  bool required = false;
};

// All fields, in the order of the schema, parents before what they hold.
std::vector<FieldDescription> describe_schema();

}  // namespace fleetsim
