#pragma once
#include <google/protobuf/message.h>

#include <string>

#include "sim/result.h"

namespace fleetsim {

// Reads text format into a message whose fields say nothing about themselves, unlike those of
// scenarios: the first thing that is wrong is told as `name:line:column: what`.
Status parse_plain_text(const std::string& text, const std::string& name,
                        google::protobuf::Message& message);

}  // namespace fleetsim
