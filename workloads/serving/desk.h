#pragma once
#include "workloads/serving/request.h"

namespace fleetsim::serving {

// Who hears of what became of a request.
class Desk {
 public:
  virtual ~Desk() = default;
  virtual Request& request(RequestId id) = 0;
  virtual void joined(RequestId) {}  // it takes part in passes from now on
  virtual void first_token(RequestId id, Instant when) = 0;
  virtual void finished(RequestId id, Instant when) = 0;
  virtual void preempted(RequestId id) = 0;
  // Its prompt is read, and others decode; until they are let go, `keys` names those that it left.
  virtual void handed_over(RequestId, std::uint64_t) {}
};

}  // namespace fleetsim::serving
