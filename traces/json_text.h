#pragma once
#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>
#include <vector>

#include "traces/text_parse.h"

namespace fleetsim {

// A proto-JSON scenario in text format, one token a line, so that the line of any later complaint
// leads back to the token of the file that it is about.
struct JsonText {
  std::string text;
  std::vector<ShownPlace> origin;      // of each line
  std::optional<Complaint> complaint;  // the first thing that is no JSON; `place` counts as `text`
};

// Field names may be as in the schema or in lowerCamelCase; null leaves a field out; numbers may be
// in quotes. Whatever the schema has to say is said when the text is parsed.
JsonText text_of_json(const std::string& json, const google::protobuf::Descriptor& root);

}  // namespace fleetsim
