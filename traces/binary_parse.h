#pragma once
#include <google/protobuf/message.h>

#include <string>

#include "sim/result.h"
#include "traces/provenance.h"

namespace fleetsim {

// Reads the wire format into `message`. What the schema does not know is an error, as it is in
// text: a field that is silently dropped is a question that is not answered.
Status parse_binary(const std::string& bytes, const Provenance& provenance,
                    google::protobuf::Message& message);

}  // namespace fleetsim
