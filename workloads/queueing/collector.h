#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/time_average.h"
#include "workloads/model.h"
#include "workloads/queueing/config.h"
#include "workloads/queueing/customer.h"

namespace fleetsim::queueing {

// Waits and sojourns of the customers who passed through some part of the system. What is not
// service is waiting: a sojourn less the work that was done.
class Passages {
 public:
  void add(Duration sojourn, Duration work);
  void clear();
  void report(const std::string& prefix, std::vector<Measured>& out) const;
  void distributions(const std::string& prefix, std::vector<Distribution>& out) const;

  std::uint64_t count() const { return count_; }

 private:
  __extension__ typedef __int128 Sum;  // exact, so the order of adding means nothing
  Sum wait_ns_ = 0, sojourn_ns_ = 0;
  std::uint64_t count_ = 0;
  QuantileSketch waits_, sojourns_;  // in nanoseconds
};

// Counts every customer in and out of the system, and audits itself: however the customers went,
// the area under the number present equals the time that they spent there (Little's law as an
// identity of integers), and those who came equal those who left, or are still there.
class Collector {
 public:
  explicit Collector(const QueueingConfig& config);

  void entered(Instant now, std::uint32_t source);
  void served(Instant now, const Customer& customer);
  void gave_up(Instant now, const Customer& customer);
  void lost(Instant now, const Customer& customer);
  void served_by(std::uint32_t station, Duration sojourn, Duration work);
  void asked_for(std::uint32_t station, Duration work);  // on arrival there
  void offered() { ++offered_; }                         // to some station, for the first time
  void refused() { ++refused_; }                         // there, for want of room
  void retried() { ++retried_; }

  void restart(Instant now);  // a new window begins; customers inside stay
  void audit(Instant now, const Customers& customers) const;
  void report(Instant now, std::vector<Measured>& out) const;
  std::vector<ControlValue> controls(Instant now) const;
  std::vector<Distribution> distributions() const;
  const TimeAverage& present() const { return present_; }

 private:
  void left(Instant now, const Customer& customer);
  void report_counts(Instant now, std::vector<Measured>& out) const;

  __extension__ typedef __int128 Sum;
  const QueueingConfig& config_;
  TimeAverage present_;
  Passages system_;
  std::vector<Passages> by_source_, by_station_;  // empty where there is only one
  std::vector<std::uint64_t> came_from_;          // by source
  struct Asked {
    Sum ns = 0;
    std::uint64_t times = 0;
  };
  std::vector<Asked> asked_;  // by station
  Instant window_start_;
  std::int64_t present_at_start_ = 0;
  Sum time_inside_ns_ = 0;  // within the window, of those who have left
  Sum sojourn_ns_ = 0;      // of those who have left
  std::uint64_t came_ = 0, left_ = 0, gave_up_ = 0, offered_ = 0, refused_ = 0, retried_ = 0;
};

}  // namespace fleetsim::queueing
