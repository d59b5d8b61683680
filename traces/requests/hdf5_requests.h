#pragma once
#include <memory>

#include "traces/requests/format_reader.h"
#include "workloads/serving/request_trace.h"

namespace fleetsim::requests {

// A trace as HDF5 columns for other programs: /arrival_ns, /prompt_tokens, /output_tokens, and
// where they are known /session, and /first_hash (of each request, and an end) into /hashes.

inline constexpr std::string_view hdf5_name = "fleetsim HDF5";

bool begins_hdf5(std::string_view bytes);

Status write_hdf5_requests(const std::string& path, const serving::RequestTrace& trace);
Result<std::unique_ptr<FormatReader>> read_hdf5_requests(const std::string& path);

}  // namespace fleetsim::requests
