#pragma once
#include <string>
#include <vector>

#include "workloads/model.h"
#include "workloads/serving/request.h"

namespace fleetsim::serving {

// What the requests of one client came to, of those that ended in a window.
class ClientTally {
 public:
  void completed(const Request& request, Duration ttft, bool good);
  void ended(bool refused);  // however; completed ones too
  void clear();
  void report(const std::string& client, double elapsed, std::vector<Measured>& out) const;

 private:
  QuantileSketch ttft_;  // ns
  std::uint64_t gone_ = 0, done_ = 0, refused_ = 0, good_ = 0, tokens_ = 0;
};

}  // namespace fleetsim::serving
