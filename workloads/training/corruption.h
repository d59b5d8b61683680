#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "workloads/training/config.h"
#include "workloads/training/line.h"

namespace fleetsim::training {

// Silent corruption of the state of a job: what is true of it, and what is known.
//
// Each `every`-th write, and the last of a job, comes after a check, which stops the work and finds
// all that has happened to the state by its end. A write saves the state as it was when the write
// began: so what is written after a check that passed is known to be clean. What corrupts the state
// does so in work, checks and writes; while a job stands or restarts, its devices hold none, and
// after the last check none that anybody needs.
//
// After a check that failed the job goes on, for nobody has acted yet, until an alarm: then it goes
// back to the newest checkpoint that is known to be clean if that is among those that are kept, or
// else to its very beginning. Nobody tells others apart: a failure that interrupts the job takes it
// back to the newest of all, and corruption that is in there comes back with it.
//
// A checked write is a deeper level of the pattern of writes (cadence.h) that takes longer. So all
// of this costs O(1) for each failure or alarm, however many checkpoints lie between.
class Corruption {
 public:
  explicit Corruption(const CheckpointConfig& plan);
  std::span<const CheckpointLevel> pattern() const { return pattern_; }  // of checked writes

  // The line runs and its state is corrupted; the alarm is so much later than the check that fails.
  void strike(const Line& line, Instant now, Duration latency);

  void wrote(std::int64_t newest);                     // whole writes so far
  void interrupted(Instant now, std::int64_t newest);  // goes back to that one
  void resumed(const Line& line);                      // from what it went back to
  std::int64_t fall_back(Instant now);                 // at the alarm: to that one
  void undid(Duration work) { toll_.redone = toll_.redone + work; }

  Instant alarm() const;  // end_of_time: none is to come
  bool spoilt() const { return corrupt_; }

  // When a check has failed that is the last there is: the job does nothing until the alarm.
  Instant halt(const Line& line) const;
  bool clean_at(
      Instant saved) const;  // whether a checked write that ends then follows a passed one

  // Alarms so far, with the time from corruption to each, and the work that each undid.
  struct Toll {
    std::int64_t alarms = 0;
    Duration wasted{}, redone{};
    friend Toll operator-(const Toll& a, const Toll& b) {
      return {a.alarms - b.alarms, a.wasted - b.wasted, a.redone - b.redone};
    }
  };
  const Toll& toll() const { return toll_; }

 private:
  Instant next_check(const Line& line, Instant t) const;  // the end of it; end_of_time: none

  const Verification plan_;
  const Duration write_;
  std::vector<CheckpointLevel> pattern_;
  bool corrupt_ = false;    // the state, and writes after `clean_`; a check is ahead that finds it
  Instant corrupt_at_{};    // since when on this line
  std::int64_t clean_ = 0;  // writes that began before
  std::int64_t verified_ = 0, oldest_ = 1;  // newest known to be clean, oldest that is kept
  Instant found_ = end_of_time;             // the end of the check that fails
  Instant first_{};                         // the corruption that it finds
  Duration latency_{};
  Toll toll_;
};

// How many checkpoints must be kept for one that is known to be clean to be among them at an alarm.
std::int64_t least_retained(const CheckpointConfig& plan, Duration latency);

}  // namespace fleetsim::training
