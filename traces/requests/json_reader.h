#pragma once
#include <memory>

#include "traces/requests/format_reader.h"
#include "traces/requests/line_blocks.h"

namespace fleetsim::requests {

// Requests of a file with one JSON object a line. The keys of the first tell the format, which
// `name` becomes: Mooncake, Qwen-Bailian, or one of LLMServingSim's three. `blocks` stands at its
// first block.
Result<std::unique_ptr<FormatReader>> read_json_requests(LineBlocks blocks, std::string& name);

extern const std::string mooncake_name;
extern const std::string chained_name;  // LLMServingSim with calls that follow one another

}  // namespace fleetsim::requests
