#pragma once
#include <optional>
#include <vector>

#include "sim/engine.h"
#include "sim/time_average.h"
#include "workloads/model.h"
#include "workloads/training/job.h"

namespace fleetsim::training {

// What one window of a run showed of a job.
struct JobWindow {
  Ledger ledger{};
  double interval_area = 0;               // s^2
  std::vector<std::uint64_t> failures{};  // by cause, of those that may interrupt
  std::uint64_t interruptions = 0;        // those that it did not survive
  std::uint64_t corruptions = 0;
  Duration exposed{};  // time in which they were counted
  Duration slowed{};   // of it, with a slow node
  Corruption::Toll toll{};
};

// Cuts the life of a job into the windows of a plan. Failures are counted between the plan's own
// instants. The books are cut at the first whole write at or after each, for there the job begins
// anew: so the mean time from write to write, and with it the goodput, has no error from where a
// run happens to end (Wald's identity). Where it saves nothing from one of these to the next, the
// books are cut when it first stood still, for then nothing is open either; else at `latest`.
class Watch {
 public:
  // `cut` is told whenever the books are cut, but for at the very beginning.
  Watch(Engine& engine, const Job& job, std::size_t causes, const Plan& plan, Event cut);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void failed(std::uint32_t cause) { ++failures_[cause]; }
  void interrupted() { ++interruptions_; }
  void corrupted() { ++corruptions_; }
  void slowed(bool is_slow) { slowed_.set(engine_.now(), is_slow ? 1 : 0); }
  void changed();   // the job was struck, corrupted or resumed, or its pace has changed
  void finished();  // the job is done: what is left of the windows is empty

  std::size_t cuts() const { return books_.size(); }
  bool is_closed() const { return books_.size() == edges_.size(); }
  std::vector<JobWindow> windows() const;  // REQUIRES: is_closed()

  // How long after the end of a run its last books may be cut.
  static Instant latest(const Plan& plan) { return Instant{} + plan.end + plan.end; }

 private:
  struct Count {
    std::vector<std::uint64_t> failures;
    std::uint64_t interruptions, corruptions;
    Duration exposed;
    Duration slowed;
  };
  struct Book {
    Ledger ledger;
    double interval_area;
    Corruption::Toll toll;
  };
  Count counted() const;
  void due(std::uint64_t edge);
  void cut(std::uint64_t);
  void close(std::uint64_t);
  Book book() const;              // of now
  void enter(std::size_t edges);  // into the books, up to so many edges, and tells of it
  void note(std::size_t edges);
  void seek();

  Engine& engine_;
  const Job& job_;
  Event told_;
  std::vector<Instant> edges_;
  std::vector<std::uint64_t> failures_;
  TimeAverage slowed_;
  std::uint64_t interruptions_ = 0, corruptions_ = 0;
  std::vector<Count> counts_;  // by edge that has come
  std::vector<Book> books_;    // by edge that has been cut
  std::optional<Book> stood_;  // when the job first stood still since an edge that is not cut
  EventHandle next_cut_;
};

}  // namespace fleetsim::training
