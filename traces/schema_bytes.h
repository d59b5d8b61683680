#pragma once
#include <cstddef>

namespace fleetsim {

// scenario.proto and what it imports, as protoc's descriptor set; the build writes the source file.
extern const unsigned char schema_bytes[];
extern const std::size_t schema_size;

}  // namespace fleetsim
