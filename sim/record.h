#pragma once
#include <cstdint>
#include <span>

#include "sim/units.h"

namespace fleetsim {

// One line of what happened. The same record feeds the digest of a history, a trace file and a log.
struct Record {
  // How it lasts: at an instant; from its begin to the end with the same `what` and `who`; or as a
  // level that holds until the next counter with the same `what` and `who`.
  enum class Shape : std::uint8_t { instant, begin, end, counter };

  Instant when{};
  const char* what = "";  // a literal of plain words, such as "queue.service": kept by address
  std::uint64_t who = 0;  // the entity among those that do this
  double value = 0;
  Shape shape = Shape::instant;
};

// Where records go, in batches; how a history is cut into batches means nothing. Watching never
// changes a run: a sink has no way back in.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual void write(std::span<const Record> batch) = 0;
};

}  // namespace fleetsim
