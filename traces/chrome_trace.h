#pragma once
#include <span>
#include <string>

#include "sim/record.h"
#include "traces/atomic_file.h"

namespace fleetsim {

// A history as a picture: the Trace Event Format, read by Perfetto and by chrome://tracing. A span
// goes from a begin to the end with the same `what` and `who`; each such pair has a track of its
// own, so spans may overlap as customers do. Counters are drawn as curves. No nanosecond is lost.
//
// One line a record, some hundred bytes: hand it one replication, not all. The file is whole or not
// there; errors show in finish().
class ChromeTrace final : public RecordSink {
 public:
  static Result<ChromeTrace> create(const std::string& path);

  void write(std::span<const Record> batch) override;
  Status finish();  // once, after the last record

 private:
  explicit ChromeTrace(AtomicFile file);
  AtomicFile file_;
};

}  // namespace fleetsim
