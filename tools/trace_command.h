#pragma once
#include <string>
#include <vector>

#include "tools/commands.h"

namespace fleetsim {

// `fleetsim trace`: request traces read, told about, changed and invented.
struct TraceOptions {
  enum class Action : std::uint8_t { info, convert, slice, scale, synth, fit, calibrate };
  Action action = Action::info;

  std::vector<std::string> files{};
  // How files are read.
  bool lenient = false;
  std::string columns{}, time_unit{};
  std::string spread = "auto";  // or none, or the tick of the clock
  std::uint64_t seed = 1;
  // What is done with them.
  std::string output{};
  std::string from{}, to{};    // slice
  double speed = 1, keep = 1;  // scale
  std::uint32_t copies = 1;    // scale
  std::string rate{}, span{};  // synth
  std::string scenario{};      // calibrate
  std::vector<std::string> sets{};
  Format format = Format::text;
};
int trace_command(const TraceOptions& options);

}  // namespace fleetsim
