#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>

namespace fleetsim::testing_support {

// A file of the folder of public traces, which the repository holds no copy of: FLEETSIM_TRACES
// names the folder. Empty where the file is not there; a test that needs it is skipped then.
inline std::string public_trace(const std::string& name) {
  const char* given = std::getenv("FLEETSIM_TRACES");
  const auto folder = given != nullptr ? std::filesystem::path(given)
                                       : std::filesystem::path(SOURCE_DIR) / "../shared/traces";
  const auto path = folder / name;
  return std::filesystem::exists(path) ? path.string() : std::string();
}

inline const char* const no_public_traces =
    "the public trace is not here; FLEETSIM_TRACES names the folder of traces";

}  // namespace fleetsim::testing_support
