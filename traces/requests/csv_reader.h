#pragma once
#include <memory>

#include "traces/requests/csv_format.h"
#include "traces/requests/format_reader.h"
#include "traces/requests/line_blocks.h"

namespace fleetsim::requests {

// Requests of a CSV file with headings, in the columns that `format` names; without one, the
// headings tell which of the known formats it is, and `format` becomes that. `blocks` stands at its
// first block.
Result<std::unique_ptr<FormatReader>> read_csv_requests(LineBlocks blocks,
                                                        std::optional<CsvFormat>& format);

}  // namespace fleetsim::requests
