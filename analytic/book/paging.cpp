#include "analytic/book/paging.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytic/book/arguments.h"
#include "analytic/book/formula.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {

double length_scale(double mean, double max) {
  const double rho = mean / max;
  if (rho >= 1) return std::numeric_limits<double>::infinity();
  double low = 0, high = 1 / rho;
  for (int i = 0; i < 100; ++i) {
    const double t = (low + high) / 2;
    if (t == low || t == high) break;
    (-std::expm1(-t) / t > rho ? low : high) = t;
  }
  return max / ((low + high) / 2);
}

PagedTokens paged_tokens(double mean, double max, double page) {
  const double scale = length_scale(mean, max);
  double blocks = std::ceil(max / page);
  if (std::isfinite(scale)) blocks = std::expm1(-blocks * page / scale) / std::expm1(-page / scale);
  PagedTokens tokens{.allocated = page * blocks};
  tokens.fragmentation = std::max(0.0, 1 - mean / tokens.allocated);
  return tokens;
}

namespace {

Arguments lengths(std::string_view name, double mean, double max) {
  Arguments arguments(name);
  arguments.positive("max_tokens", max)
      .need(mean > 0 && mean <= max, "mean_tokens", mean, "above 0 and at most max_tokens");
  return arguments;
}

}  // namespace

Result<LengthScaleOut> capped_exponential_scale(const LengthScaleIn& in) {
  const Arguments arguments = lengths("capped_exponential_scale", in.mean_tokens, in.max_tokens);
  if (!arguments.fine()) return arguments.error();
  return LengthScaleOut{length_scale(in.mean_tokens, in.max_tokens)};
}

Result<PagedTokens> expected_paged_kv_tokens(const ExpectedPagedIn& in) {
  Arguments arguments = lengths("expected_paged_kv_tokens", in.mean_tokens, in.max_tokens);
  arguments.at_least_one("page_size", in.page_size);
  if (!arguments.fine()) return arguments.error();
  return paged_tokens(in.mean_tokens, in.max_tokens, static_cast<double>(in.page_size));
}

Result<PagedKvOut> calc_paged_kv_cache_size(const PagedKvIn& in) {
  Arguments arguments("calc_paged_kv_cache_size");
  arguments.at_least_one("n_layers", in.n_layers)
      .at_least_one("n_heads", in.n_heads)
      .at_least_one("head_dim", in.head_dim)
      .at_least_one("batch_size", in.batch_size)
      .at_least_one("page_size_tokens", in.page_size_tokens)
      .nonnegative("seq_len", static_cast<double>(in.seq_len))
      .positive("bytes_per_elem", in.bytes_per_elem);
  if (!arguments.fine()) return arguments.error();
  const auto page = static_cast<double>(in.page_size_tokens);
  const auto tokens = static_cast<double>(in.seq_len);
  const double held = std::ceil(tokens / page) * page;
  PagedKvOut out;
  out.bytes = 2 * static_cast<double>(in.n_layers) * static_cast<double>(in.n_heads) *
              static_cast<double>(in.head_dim) * held * static_cast<double>(in.batch_size) *
              in.bytes_per_elem;
  out.fragmentation = held > 0 ? (held - tokens) / held : 0;
  return out;
}

Result<BranchCapacityOut> speculative_branch_capacity(const BranchCapacityIn& in) {
  Arguments arguments("speculative_branch_capacity");
  arguments.nonnegative("memory_bytes", in.memory_bytes)
      .nonnegative("prefix_tokens", in.prefix_tokens)
      .positive("branch_tokens", in.branch_tokens)
      .positive("bytes_per_token", in.bytes_per_token)
      .nonnegative("block_size", in.block_size);
  if (!arguments.fine()) return arguments.error();
  const double prefix = in.prefix_tokens * in.bytes_per_token;
  if (!in.copy_on_write)
    return BranchCapacityOut{
        std::floor(in.memory_bytes / (prefix + in.branch_tokens * in.bytes_per_token))};
  const double own = (in.branch_tokens + in.block_size) * in.bytes_per_token;
  return BranchCapacityOut{std::floor(std::max(0.0, in.memory_bytes - prefix) / own)};
}

namespace {

Solver scale_row() {
  using In = LengthScaleIn;
  return formula<capped_exponential_scale>(
      "capped_exponential_scale", "scale of an exponential length cut off at a maximum",
      "mean = mu (1 - exp(-max/mu))",
      {input<&In::mean_tokens>("mean_tokens", "1", "mean after the cut", required),
       input<&In::max_tokens>("max_tokens", "1", "where it is cut", required)},
      {output<&LengthScaleOut::scale>("scale", "1", "mu; infinite for mean = max")});
}

Solver expected_row() {
  using In = ExpectedPagedIn;
  return formula<expected_paged_kv_tokens>(
      "expected_paged_kv_tokens", "tokens that pages hold for a request of random length",
      "allocated = p (1 - e^{-K s}) / (1 - e^-s), K = ceil(max/p), s = p/mu",
      {input<&In::mean_tokens>("mean_tokens", "1", "of a request", required),
       input<&In::max_tokens>("max_tokens", "1", "the longest request", required),
       input<&In::page_size>("page_size", "1", "tokens a page")},
      {output<&PagedTokens::allocated>("allocated", "1", "tokens, on average"),
       output<&PagedTokens::fragmentation>("fragmentation", "1", "of them unused")});
}

Solver paged_row() {
  using In = PagedKvIn;
  return formula<calc_paged_kv_cache_size>(
      "calc_paged_kv_cache_size", "keys and values in pages, all of one length",
      "bytes = 2 L h d ceil(S/p) p B e",
      {input<&In::n_layers>("n_layers", "1", "L", required),
       input<&In::n_heads>("n_heads", "1", "h, of keys and values", required),
       input<&In::head_dim>("head_dim", "1", "d", required),
       input<&In::seq_len>("seq_len", "1", "S", required),
       input<&In::batch_size>("batch_size", "1", "B", required),
       input<&In::page_size_tokens>("page_size_tokens", "1", "p"),
       input<&In::bytes_per_elem>("bytes_per_elem", "B", "e")},
      {output<&PagedKvOut::bytes>("bytes", "B", "held"),
       output<&PagedKvOut::fragmentation>("fragmentation", "1", "of it unused")});
}

Solver branch_row() {
  using In = BranchCapacityIn;
  return formula<speculative_branch_capacity>(
      "speculative_branch_capacity", "branches of one prefix that fit the memory",
      "floor((mem - prefix b) / ((branch + block) b)); unshared floor(mem / ((prefix + branch) b))",
      {input<&In::memory_bytes>("memory_bytes", "B", "for keys and values", required),
       input<&In::prefix_tokens>("prefix_tokens", "1", "shared", required),
       input<&In::branch_tokens>("branch_tokens", "1", "of each branch", required),
       input<&In::bytes_per_token>("bytes_per_token", "B", "b", required),
       input<&In::copy_on_write>("copy_on_write", "", "whether the prefix is held once"),
       input<&In::block_size>("block_size", "1", "tokens a branch wastes")},
      {output<&BranchCapacityOut::branches>("branches", "1", "that fit")});
}

}  // namespace

std::vector<Solver> paging_rows() {
  return {scale_row(), expected_row(), paged_row(), branch_row()};
}

}  // namespace fleetsim::analytic
