#include "tools/trace_command.h"

#include "tools/report.h"
#include "tools/trace_calibrate.h"
#include "tools/trace_change.h"
#include "tools/trace_info.h"
#include "tools/trace_synth.h"

namespace fleetsim {
namespace {

Result<std::string> answer(const TraceOptions& options) {
  switch (options.action) {
    case TraceOptions::Action::info:
      return trace_info(options);
    case TraceOptions::Action::synth:
      return trace_synth(options);
    case TraceOptions::Action::fit:
      return trace_fit(options);
    case TraceOptions::Action::calibrate:
      return trace_calibrate(options);
    case TraceOptions::Action::convert:
    case TraceOptions::Action::slice:
    case TraceOptions::Action::scale:
      break;
  }
  return trace_change(options);
}

}  // namespace

int trace_command(const TraceOptions& options) {
  const Result<std::string> text = answer(options);
  if (!text) return fail(text.error());
  return write_out(*text, Exit::done);
}

}  // namespace fleetsim
