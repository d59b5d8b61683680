#pragma once
#include <string>

#include "traces/requests/request_row.h"

namespace fleetsim::requests {

// What has been written.
struct Written {
  std::uint64_t requests = 0;
  Duration span{};  // from the first to the last
  bool lost_hashes = false;
};

// Writes all rows, in the form that the name asks for: .pb the compact one, .h5 HDF5, .csv CSV
// (which has no place for hashes). Only HDF5 needs all rows in memory.
Result<Written> write_requests(const std::string& path, RowSource& rows);

// Whether the name asks for one of these; the error says which there are.
Status can_write_requests(const std::string& path);

}  // namespace fleetsim::requests
