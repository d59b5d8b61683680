#pragma once
#include <google/protobuf/message.h>

#include <string>

#include "sim/result.h"
#include "traces/provenance.h"
#include "traces/schema.h"

namespace fleetsim {

// Carries out one --set, "PATH=VALUE", on a scenario, and notes it in `provenance`. A path is spelt
// as the schema spells it, "queueing.source[0].to"; a message is given in braces as in a scenario
// file, and a whole list in brackets. Messages on the way are made when they are not there.
Status apply_setting(const std::string& option, const Schema& schema,
                     google::protobuf::Message& scenario, Provenance& provenance);

}  // namespace fleetsim
