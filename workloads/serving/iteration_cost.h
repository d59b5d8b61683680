#pragma once
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "topology/polyline.h"
#include "workloads/serving/expert_load.h"
#include "workloads/serving/fine.h"
#include "workloads/serving/pass_table.h"

namespace fleetsim::serving {

// What one pass through the model does: every sequence that decodes gives a token, and pieces of
// prompts are read.
struct Work {
  std::int64_t decodes = 0;  // sequences, a token each
  std::int64_t context = 0;  // keys that their queries meet, all together
  std::int64_t drafted = 0;  // further tokens of theirs, to be verified
  std::int64_t fresh = 0;    // tokens of prompts
  std::int64_t pairs = 0;    // keys that the queries of these meet: of a piece of n after c,
                             // n c + n (n + 1) / 2; and those of drafted ones
  std::int64_t reread = 0;   // keys of theirs that are read back from memory: c of a piece
  std::int64_t pieces = 0;   // so many prompts; none told: one
};

// Seconds that parts of a pass take, of the devices of a replica together. A pass takes
//
//   max(arithmetic, memory) + rest
//   arithmetic = (token + routed busiest) (decodes + drafted + fresh) + pair (context + pairs)
//   memory     = weights + experts read + key (context + reread)
//   rest       = (message + exchange busiest) (decodes + drafted + fresh) + sequence decodes +
//   launch of a
//                pass, which is longer where it decodes
//
// the roofline of Williams et al. (2009) over all layers, with the collectives of tensor and expert
// parallelism in what is left. An expert is read if one token at least has chosen it: of experts
// that all devices share read = 1 - (1 - chosen)^(decodes + drafted + fresh); of those that are
// spread the device with the most decides (ExpertLoad).
//
// With p stages a pass is cut into m = min(p, sequences) micro-batches, each at another stage.
// While they go round, a stage is never idle if m = p, and a sequence makes its next token when its
// micro-batch has gone through all p stages once: so a pass takes p times a stage with an m-th of
// the tokens and keys, and of what is above weights, experts and launches stay as they are. One
// sequence alone takes the sum of the stages; B in flight give B tokens in p stages of B/p. Prompts
// are not cut: with q of them in a pass they fill min(p, q) micro-batches, and the longest decides.
//
// Or else a pass takes what was measured: prefill at so many tokens, plus decode at so many
// sequences, or as a table of both has it; drafted tokens
// count as sequences there.
struct PassCost {
  double token = 0, pair = 0, routed = 0;
  double weights = 0, key = 0;
  double experts = 0, chosen = 0;  // to read all of them; the share that a token chooses
  double message = 0, exchange = 0, sequence = 0;
  double launch_decode = 0, launch_prefill = 0;
  std::int64_t stages = 1;
  std::shared_ptr<const ExpertLoad> load{};                       // of experts that are spread
  std::optional<Polyline> measured_prefill{}, measured_decode{};  // tokens, sequences -> s
  std::shared_ptr<const PassTable> table{};
};

// How long each of a row of passes takes in which only contexts grow: pass k = 0, 1, 2, ... takes
// max(a + k da, b + k db) + rest. Whole numbers, so sums are exact. What grows in b are keys and
// values that are read.
struct Pace {
  Fine a = 0, da = 0, b = 0, db = 0, rest = 0;
  Fine keys = 0;                                                  // of b, to read keys and values
  std::int64_t holds = std::numeric_limits<std::int64_t>::max();  // for so many passes, 1 at least

  Fine pass(std::int64_t k) const;
  Fine passes(std::int64_t n) const;  // the first n together, in O(1)
  Pace slower(double factor) const;   // so many times as long, to one part in a million
  // What held them up: arithmetic, memory or the rest.
  struct Bound {
    Fine arithmetic = 0, memory = 0, rest = 0;
  };
  Bound bound(std::int64_t n) const;
  Fine keys_read(std::int64_t n) const;  // seconds of memory for them, whatever held passes up
  double moment(std::int64_t n) const;   // sum of k (seconds of pass k) over the first n, in O(1)
  // The fewest passes that take more than `length`, at most n.
  std::int64_t beyond(Fine length, std::int64_t n) const;

 private:
  struct Split {  // up to pass `at` by the first line, from then on by the second
    Fine first = 0, first_step = 0, second = 0, second_step = 0;
    std::int64_t at = 0;
    bool a_first = true;
  };
  Split split(std::int64_t n) const;
};

class IterationCost {
 public:
  explicit IterationCost(PassCost cost, double slow_down = 1);  // each pass so many times as long
  IterationCost slower(double factor) const { return IterationCost(cost_, slow_down_ * factor); }
  // Of passes that each add a key to every decoding sequence, and go on with the one prompt that
  // they read.
  Pace pace(const Work& work) const;

 private:
  Pace measured(const Work& work) const;

  PassCost cost_;
  double slow_down_;  // of what is measured
  Fine token_, pair_, weights_, key_, message_, sequence_, launch_decode_, launch_prefill_;
};

}  // namespace fleetsim::serving
