#pragma once
#include <cstdint>
#include <vector>

#include "sim/quantile_sketch.h"
#include "workloads/serving/iteration_cost.h"

namespace fleetsim::serving {

// Times between the tokens of a sequence, of all sequences of a replica, counted by rows of passes.
// Where passes only read prompts, sequences that decode pause, so those that made their last token
// at the same time are kept together.
class TokenGaps {
 public:
  void made(Fine at, std::int64_t sequences);  // their last token until now
  void left(Fine since);                       // one that made its last token then

  // Passes `from` to `upto` of a row, which the sequences all decode in.
  void count(Fine row_begin, const Pace& pace, std::int64_t from, std::int64_t upto,
             std::int64_t sequences);
  void together(std::int64_t tokens) {  // with the one before
    if (tokens > 0) sketch_.add(0, static_cast<std::uint64_t>(tokens));
  }
  void forget_pauses() { pauses_.clear(); }

  QuantileSketch& sketch() { return sketch_; }  // ns
  Fine sum() const { return sum_; }             // since ever

 private:
  struct Pause {
    Fine since;
    std::int64_t sequences;
  };
  std::vector<Pause> pauses_;
  QuantileSketch sketch_;
  Fine sum_ = 0;
};

}  // namespace fleetsim::serving
