#pragma once
#include <google/protobuf/message.h>

#include "sim/result.h"
#include "traces/provenance.h"
#include "traces/schema.h"

namespace fleetsim {

// Checks all that the schema says about single fields (units, limits, names, what is required), for
// any message of it. The first broken rule is the error.
Status check_fields(const google::protobuf::Message& scenario, const Schema& schema,
                    const Provenance& provenance);

// Writes every default into the messages that are there.
void fill_defaults(google::protobuf::Message& message);

}  // namespace fleetsim
