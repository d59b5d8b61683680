#pragma once
#include <functional>
#include <string>
#include <vector>

#include "analytic/solver.h"

namespace fleetsim::analytic {

// Solvers in a row (analytic.md, section 8): what one tells is an argument of those after it, where
// an input there has the name of an output here.
//
//   Result<Pipeline> both = Pipeline::of({"SingleNodeModel", "EconomicsModel"});
//   Result<std::vector<Stage>> stages = both->run({{"model", "Llama3_8B"}, ...}, zoo);
//
// The mfu that SingleNodeModel tells is then the mfu at which EconomicsModel prices energy.
class Pipeline {
 public:
  struct Stage {
    const Solver* solver = nullptr;
    Answer answer;
  };
  using Callback = std::function<void(const Stage& stage)>;

  // An error names the solver that is unknown; an empty row is one too.
  static Result<Pipeline> of(const std::vector<std::string>& names);

  std::size_t size() const { return solvers_.size(); }

  // Hears each stage when it has been solved, in order.
  void on_stage_end(Callback callback) { callbacks_.push_back(std::move(callback)); }

  // What each stage stands against, takes from the stages before it, and needs from the caller.
  std::string explain() const;

  // Solves all stages. Arguments of the caller lose to what an earlier stage tells, as in the book;
  // one that no stage takes is an error. The stages are in order, a solver twice is there twice.
  Result<std::vector<Stage>> run(const Fields& arguments, const Lookup& lookup) const;

 private:
  std::vector<const Solver*> solvers_;
  std::vector<Callback> callbacks_;
};

}  // namespace fleetsim::analytic
