#pragma once
#include <google/protobuf/message.h>

#include <optional>
#include <string>

#include "traces/schema.h"
#include "traces/text_walk.h"

namespace fleetsim {

// The first thing that is wrong with a text, in our words: what was found, what was expected, and
// the nearest valid name.
struct Complaint {
  TextPlace place;
  std::string what;
};

// Reads text format into `message`, which lies at `path` of a scenario (empty: it is the scenario).
std::optional<Complaint> parse_text(const std::string& text, const Schema& schema,
                                    const std::string& path, google::protobuf::Message& message);

}  // namespace fleetsim
