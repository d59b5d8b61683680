#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/time_average.h"
#include "workloads/model.h"
#include "workloads/serving/client_tally.h"
#include "workloads/serving/config.h"
#include "workloads/serving/request.h"

namespace fleetsim::serving {

// How a request may end.
enum class End : std::uint8_t { completed, refused, timed_out, lost };
inline constexpr std::size_t end_kinds = 4;

// What clients see, of requests that end in a window, and an audit of it: those who came have ended
// in one of the ways or are still under way, and the area under the number under way is the time
// that requests spent there (Little's law as an identity of integers).
class Collector {
 public:
  explicit Collector(const ServingConfig& config)
      : config_(config),
        clients_(config.clients.size() > 1 ? config.clients.size() : 0) {}

  void came(Instant now);
  // Its last token was seen now; `tail`: the time since the first.
  void completed(const Request& request, Instant seen, Duration tail);
  void ended(const Request& request, Instant now, End how);
  void too_long() { ++too_long_; }  // of the refused
  void retried() { ++retried_; }
  void resent() { ++resent_; }
  void preempted() { ++preempted_; }

  void restart(Instant now);
  void audit(Instant now, std::int64_t under_way, TimeAverage::Area time_under_way) const;
  void report(Instant now, std::vector<Measured>& out) const;
  void distributions(std::vector<Distribution>& out) const;
  std::uint64_t tokens() const { return tokens_; }  // of what was completed
  std::uint64_t came() const { return came_; }
  std::uint64_t completed() const { return ended_[0]; }
  const TimeAverage& present() const { return present_; }

 private:
  struct Spell {  // of time, over requests
    QuantileSketch ns;
    TimeAverage::Area sum = 0;
    void add(Duration length);
  };
  bool kept(const Request& request, Instant seen, Duration tail) const;

  const ServingConfig& config_;
  TimeAverage present_;
  std::vector<ClientTally> clients_;  // where there are several
  Spell ttft_, tpot_, e2e_, wait_;
  std::uint64_t came_ = 0, ended_[end_kinds] = {}, good_ = 0, retried_ = 0, preempted_ = 0;
  std::uint64_t resent_ = 0;
  std::uint64_t tokens_ = 0, too_long_ = 0;
  std::int64_t at_start_ = 0;
  TimeAverage::Area inside_ = 0;  // ns of those that have ended, in the window
  Instant start_{};
};

}  // namespace fleetsim::serving
