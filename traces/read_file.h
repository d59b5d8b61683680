#pragma once
#include <cstddef>
#include <string>

#include "sim/result.h"

namespace fleetsim {

// All bytes of a file. More than `limit` of them, a folder or a missing file are the input's fault
// (a missing one suggests the nearest name in its folder); what can't be read is the environment's.
Result<std::string> read_file(const std::string& path, std::size_t limit);

// The same complaints, for who reads it another way.
Status readable(const std::string& path);

}  // namespace fleetsim
