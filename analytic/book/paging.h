#pragma once
#include <cstdint>

#include "sim/result.h"

namespace fleetsim::analytic {

// Keys and values in pages (Kwon et al. 2023), for requests of equal or of random length (book
// section 4.3).

// Request lengths S = min(X, max), X exponential of scale mu, so that E[S] = mu (1 - e^{-max/mu}).
// The mu for a mean: with rho = mean/max, t = max/mu solves (1 - e^-t)/t = rho, by bisection within
// (0, 1/rho). Infinite for mean = max. REQUIRES: 0 < mean <= max.
double length_scale(double mean, double max);

// Tokens that pages of p hold for one such request on average, with K = ceil(max/p), s = p/mu:
//
//   allocated = p sum_{k<K} P(S > k p) = p (1 - e^{-K s}) / (1 - e^-s),   p K for mean = max
//   fragmentation = max(0, 1 - mean/allocated)
//
// REQUIRES: as above, page >= 1.
struct PagedTokens {
  double allocated = 0, fragmentation = 0;
};
PagedTokens paged_tokens(double mean, double max, double page);

struct LengthScaleIn {
  double mean_tokens = 0, max_tokens = 0;
};
struct LengthScaleOut {
  double scale = 0;
};
Result<LengthScaleOut> capped_exponential_scale(const LengthScaleIn& in);

struct ExpectedPagedIn {
  double mean_tokens = 0, max_tokens = 0;
  std::int64_t page_size = 16;
};
Result<PagedTokens> expected_paged_kv_tokens(const ExpectedPagedIn& in);

// All of one length: Sp = ceil(S/p) p; bytes = 2 L h d Sp B e; fragmentation = (Sp - S) / Sp.
struct PagedKvIn {
  std::int64_t n_layers = 1, n_heads = 1, head_dim = 1;
  std::int64_t seq_len = 0, batch_size = 1;
  std::int64_t page_size_tokens = 16;
  double bytes_per_elem = 2;
};
struct PagedKvOut {
  double bytes = 0, fragmentation = 0;
};
Result<PagedKvOut> calc_paged_kv_cache_size(const PagedKvIn& in);

// Branches of speculation or search that share a prefix: with copy on write each branch holds its
// own tokens and one block more, floor((mem - prefix b) / ((branch + block) b)); else
// floor(mem / ((prefix + branch) b)). b bytes a token.
struct BranchCapacityIn {
  double memory_bytes = 0, prefix_tokens = 0, branch_tokens = 0, bytes_per_token = 0;
  bool copy_on_write = true;
  double block_size = 16;
};
struct BranchCapacityOut {
  double branches = 0;
};
Result<BranchCapacityOut> speculative_branch_capacity(const BranchCapacityIn& in);

}  // namespace fleetsim::analytic
