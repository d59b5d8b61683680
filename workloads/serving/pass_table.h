#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/result.h"
#include "workloads/serving/fine.h"

namespace fleetsim::serving {

// What passes of a real engine took, over the tokens of each prompt and the sequences of a batch:
// bilinear between the points that were measured, exact at them.
//
// Beyond the last point it goes on as between the last two, if that rises; before the first as
// between the first two, but neither up nor below a line to 0. Where the points are no full grid,
// a time of prompts that is missing is that of as many tokens in other batches; a time of decoding
// is d(x, b') + d(x', b) - d(x', b') of three that were measured.
class PassTable {
 public:
  struct Point {
    double prompt = 0, batch = 0;    // whole numbers, 1 at least
    double prefill = 0, decode = 0;  // s
  };
  // Several points at one place count as their median.
  static Result<PassTable> make(std::vector<Point> points);

  // A pass that reads so many tokens of so many prompts.
  Fine prefill(std::int64_t fresh, std::int64_t pieces) const;
  // Passes that each add a key to every one of the sequences, which have `context` together: the
  // k-th takes first + k step, while their mean stays between two points.
  struct Decode {
    Fine first = 0, step = 0;
    std::int64_t holds = 0;
  };
  Decode decode(std::int64_t context, std::int64_t sequences) const;

  double last_prompt() const { return prompts_.back(); }
  double last_batch() const { return batches_.back(); }

 private:
  std::vector<double> column(const std::vector<double>& cells, double batch) const;

  std::vector<double> prompts_, batches_;  // rising
  std::vector<double> prefill_, decode_;   // by prompt, then batch
};

}  // namespace fleetsim::serving
