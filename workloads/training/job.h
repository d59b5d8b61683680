#pragma once
#include "workloads/training/config.h"
#include "workloads/training/corruption.h"
#include "workloads/training/ledger.h"
#include "workloads/training/line.h"
#include "workloads/training/slow_clock.h"

namespace fleetsim::training {

// A job between interruptions: a line while it has its nodes, else it waits. It knows the time only
// as it is told, and keeps the books. Nothing random is in it.
//
// Where a node is slow, so is the line: the job's own time (slow_clock.h). The wall time that this
// takes more counts as stalled too.
//
// With r of its d replicas it does r/d of its work in the same time. The rest of that time counts
// as stalled: so the phases sum to the wall time, and the useful share is the throughput.
class Job {
 public:
  // `failure_rate`: 1/s, what a policy that adapts believes at first.
  Job(const JobConfig& config, double failure_rate, Instant now);
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // It stands still until it is resumed, from the newest checkpoint that survives such a severity.
  void strike(Instant now, Duration detection, double severity = 0);
  // It stands still since its last save, which it knew to be the last: nothing is lost, and the
  // time since then counts as queued. REQUIRES: it runs.
  void pause(Instant now);
  void resume(Instant now, Duration swap);  // it has its nodes; REQUIRES: it stands still
  // It saves at once what it has done since its last save, whatever its beat; whether it does: not
  // where it is not at work, or is done as soon. REQUIRES: no drain, levels or checks; nothing is
  // slow.
  bool save(Instant now);
  // With how many replicas it is resumed next. REQUIRES: it stands still.
  void use(std::uint32_t replicas);
  // Restarts with so many though nothing broke. REQUIRES: it runs, and all it did is saved.
  void regroup(Instant now, Duration swap, std::uint32_t replicas);
  void finish(Instant now);  // REQUIRES: now == done()
  // From now on its slowest node is so many times slower than others.
  void slow(Instant now, double factor) { clock_.slow(now, factor); }

  // Its state is corrupted, and it goes on; the alarm is so much later than the check that fails.
  void corrupt(Instant now, Duration latency);
  Instant alarm() const { return finished() ? end_of_time : corruption_.alarm(); }
  void undo(Instant now);  // REQUIRES: now == alarm(). It stands still until it is resumed

  bool finished() const { return state_ == State::finished; }
  bool stands() const { return state_ == State::standing; }
  std::uint32_t replicas() const { return replicas_; }  // with which it runs
  Instant done() const;                 // if nothing happens; never while it stands still
  Instant next_saved(Instant t) const;  // likewise

  // Books until now. Work that no write has saved counts as lost, so watch when there is none.
  Ledger ledger(Instant now) const;
  double interval_area(Instant now) const;  // s^2: the interval in force, over time
  const Corruption::Toll& toll() const { return corruption_.toll(); }

 private:
  enum class State : std::uint8_t { running, standing, finished };
  void begin(Instant now, Duration detection, Duration restart);
  void adapt(Instant now);
  Duration part_of(Duration time) const;  // that is useful with the replicas it has
  Duration time_for(Duration work) const;
  void keep(Instant now);
  Line::Spent spent(Instant now) const;  // up to where it halts
  void stand(Instant now, Instant known);
  void fall_back(double severity);

  // A checkpoint: how many writes the work had taken, and how much of it there was.
  struct Kept {
    std::int64_t number = 0;
    Duration work{};
  };
  void go_back(const Kept& to);

  const JobConfig& config_;
  Instant start_;
  double first_rate_;
  std::uint64_t failures_ = 0;
  State state_ = State::standing;
  std::uint32_t replicas_;
  Line line_;      // while running, in own time
  Duration beat_;  // the interval in force, which a save out of turn does not keep
  SlowClock clock_;
  std::vector<Kept> kept_;  // the newest, by level
  std::size_t source_ = 0;  // level of the restart; those above hold nothing before it is over
  Instant since_, known_;   // while standing: when it stopped, and when it knows what broke
  Ledger booked_;           // up to the line, or until it stopped
  double interval_area_ = 0;
  Corruption corruption_;
};

}  // namespace fleetsim::training
