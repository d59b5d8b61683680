#pragma once
#include <cstdint>
#include <vector>

namespace fleetsim::training {

// The nodes of a job that does all its work twice (Casanova et al. 2014): of 2n nodes, number i and
// number i + n do the same, and only the loss of both is felt. A node that failed is dead until the
// pairs are mended, all at once; it may be hit again, which changes nothing. Takes room for those
// that are dead alone, about sqrt(pi n) when it ends.
class Pairs {
 public:
  explicit Pairs(std::uint32_t nodes) : half_(nodes / 2) {}

  // A node fails, from 0; whether its twin is dead as well.
  bool lose(std::uint32_t node);
  void mend() { wounded_.clear(); }

 private:
  std::uint32_t half_;
  std::vector<std::uint32_t> wounded_;  // that are dead, in the order of their pairs
};

}  // namespace fleetsim::training
