#pragma once
#include <memory>

#include "sim/stream.h"
#include "workloads/queueing/config.h"

namespace fleetsim::queueing {

class System;

// Where customers of one kind come from. A source starts itself and then lives by its events.
class Source {
 public:
  virtual ~Source() = default;
  virtual void start() = 0;
  virtual void returned() {}  // one of its customers has left the system
};

std::unique_ptr<Source> make_source(System& system, const SourceConfig& config, std::uint32_t index,
                                    Stream chance);

}  // namespace fleetsim::queueing
