#include "analytic/book/communication.h"

#include "analytic/book/arguments.h"
#include "analytic/book/formula.h"
#include "analytic/book/nested.h"
#include "analytic/exact/collectives.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

Arguments domain_of(const Collective& in, std::string_view solver) {
  Arguments arguments(solver);
  arguments.nonnegative("message_bytes", in.message_bytes)
      .at_least_one("n_gpus", in.n_gpus)
      .positive("bandwidth_bytes_s", in.bandwidth_bytes_s)
      .nonnegative("latency_s", in.latency_s);
  return arguments;
}

Result<CollectiveTime> timed(const Collective& in, std::string_view solver,
                             double (*time)(const Collective&)) {
  const Arguments arguments = domain_of(in, solver);
  if (!arguments.fine()) return arguments.error();
  return CollectiveTime{time(in)};
}

Arguments domain_of(const RingSize& in, std::string_view solver) {
  Arguments arguments(solver);
  arguments.at_least_one("n_gpus", in.n_gpus).nonnegative("latency_s", in.latency_s);
  return arguments;
}

Result<RingFactor> counted(const RingSize& in, std::string_view solver,
                           double (*factor)(std::int64_t)) {
  const Arguments arguments = domain_of(in, solver);
  if (!arguments.fine()) return arguments.error();
  return RingFactor{factor(in.n_gpus)};
}

}  // namespace

Result<CollectiveTime> calc_ring_allreduce_time(const Collective& in) {
  return timed(in, "calc_ring_allreduce_time", ring_allreduce_time);
}
Result<CollectiveTime> calc_all_to_all_time(const Collective& in) {
  return timed(in, "calc_all_to_all_time", all_to_all_time);
}
Result<CollectiveTime> calc_tree_allreduce_time(const Collective& in) {
  return timed(in, "calc_tree_allreduce_time", tree_allreduce_time);
}

Result<CollectiveTime> calc_double_binary_tree_allreduce_time(const DoubleTree& in) {
  Arguments arguments = domain_of(in.collective, "calc_double_binary_tree_allreduce_time");
  arguments.nonnegative("latency_factor", in.latency_factor)
      .nonnegative("bandwidth_factor", in.bandwidth_factor);
  if (!arguments.fine()) return arguments.error();
  return CollectiveTime{double_binary_tree_allreduce_time(in)};
}

Result<CollectiveTime> calc_hierarchical_allreduce_time(const Hierarchy& in) {
  Arguments arguments("calc_hierarchical_allreduce_time");
  arguments.nonnegative("message_bytes", in.message_bytes)
      .at_least_one("n_nodes", in.n_nodes)
      .at_least_one("gpus_per_node", in.gpus_per_node)
      .positive("intra_node_bw", in.intra_node_bw)
      .positive("inter_node_bw", in.inter_node_bw)
      .nonnegative("intra_node_lat", in.intra_node_lat)
      .nonnegative("inter_node_lat", in.inter_node_lat);
  if (!arguments.fine()) return arguments.error();
  return CollectiveTime{hierarchical_allreduce_time(in)};
}

Result<RingFactor> calc_ring_collective_data_factor(const RingSize& in) {
  return counted(in, "calc_ring_collective_data_factor", ring_collective_data_factor);
}
Result<RingFactor> calc_ring_allreduce_data_factor(const RingSize& in) {
  return counted(in, "calc_ring_allreduce_data_factor", ring_allreduce_data_factor);
}
Result<RingFactor> calc_ring_allreduce_latency_steps(const RingSize& in) {
  return counted(in, "calc_ring_allreduce_latency_steps", ring_allreduce_latency_steps);
}
Result<CollectiveTime> calc_ring_allreduce_latency_time(const RingSize& in) {
  const Arguments arguments = domain_of(in, "calc_ring_allreduce_latency_time");
  if (!arguments.fine()) return arguments.error();
  return CollectiveTime{ring_allreduce_latency_steps(in.n_gpus) * in.latency_s};
}

Result<Crossover> calc_ring_tree_crossover_size(const RingOrTree& in) {
  Arguments arguments("calc_ring_tree_crossover_size");
  arguments.at_least_one("n_gpus", in.n_gpus)
      .nonnegative("latency_s", in.latency_s)
      .positive("bandwidth_bytes_s", in.bandwidth_bytes_s);
  if (!arguments.fine()) return arguments.error();
  if (in.n_gpus == 1) return Crossover{};
  const auto n = static_cast<double>(in.n_gpus);
  Crossover out{.size = n * in.latency_s * in.bandwidth_bytes_s / std::log2(n)};
  if (in.n_gpus < 4) return out;
  const Result<double> exact = ring_tree_crossover(in.n_gpus, in.latency_s, in.bandwidth_bytes_s);
  if (exact) out.size_exact = *exact;
  return out;
}

namespace {

std::vector<InputSpec> collective_inputs() {
  return {input<&Collective::message_bytes>("message_bytes", "B", "held by each rank", required),
          input<&Collective::n_gpus>("n_gpus", "1", "ranks that take part", required),
          input<&Collective::bandwidth_bytes_s>("bandwidth_bytes_s", "B/s", "of a link, one way",
                                                required),
          input<&Collective::latency_s>("latency_s", "s", "of a message", required)};
}

std::vector<OutputSpec> time_output() {
  return {output<&CollectiveTime::time>("time", "s", "until every rank has its result")};
}

InputSpec ring_size() {
  return input<&RingSize::n_gpus>("n_gpus", "1", "ranks of the ring", required);
}

std::vector<OutputSpec> factor_output(std::string_view help) {
  return {output<&RingFactor::factor>("factor", "1", help)};
}

Solver double_tree_row() {
  return formula<calc_double_binary_tree_allreduce_time>(
      "calc_double_binary_tree_allreduce_time", "all-reduce along two complementary binary trees",
      "T = f_l 2 log2(N) alpha + f_b 2 (N-1)/N M/beta",
      {input_of<&DoubleTree::collective, &Collective::message_bytes>("message_bytes", "B",
                                                                     "held by each rank", required),
       input_of<&DoubleTree::collective, &Collective::n_gpus>("n_gpus", "1", "ranks that take part",
                                                              required),
       input_of<&DoubleTree::collective, &Collective::bandwidth_bytes_s>("bandwidth_bytes_s", "B/s",
                                                                         "of a link", required),
       input_of<&DoubleTree::collective, &Collective::latency_s>("latency_s", "s", "of a message",
                                                                 required),
       input<&DoubleTree::latency_factor>("latency_factor", "1", "lost against the bound"),
       input<&DoubleTree::bandwidth_factor>("bandwidth_factor", "1", "lost against the bound")},
      time_output());
}

Solver hierarchical_row() {
  return formula<calc_hierarchical_allreduce_time>(
      "calc_hierarchical_allreduce_time", "all-reduce within nodes, then between them",
      "T = 2 [(g-1)/g M/beta_i + (g-1) alpha_i] + ring(M/g, n, beta_e, alpha_e)",
      {input<&Hierarchy::message_bytes>("message_bytes", "B", "held by each rank", required),
       input<&Hierarchy::n_nodes>("n_nodes", "1", "nodes", required),
       input<&Hierarchy::gpus_per_node>("gpus_per_node", "1", "ranks a node", required),
       input<&Hierarchy::intra_node_bw>("intra_node_bw", "B/s", "link within a node", required),
       input<&Hierarchy::inter_node_bw>("inter_node_bw", "B/s", "link between nodes", required),
       input<&Hierarchy::intra_node_lat>("intra_node_lat", "s", "of a message within"),
       input<&Hierarchy::inter_node_lat>("inter_node_lat", "s", "of a message between")},
      time_output());
}

Solver crossover_row() {
  return formula<calc_ring_tree_crossover_size>(
      "calc_ring_tree_crossover_size", "message size below which a tree beats a ring",
      "M = N alpha beta / log2(N); exact: M* = alpha beta (N-1-k)/(k - (N-1)/N), k = ceil(log2 N)",
      {input<&RingOrTree::n_gpus>("n_gpus", "1", "ranks that take part", required),
       input<&RingOrTree::latency_s>("latency_s", "s", "of a message", required),
       input<&RingOrTree::bandwidth_bytes_s>("bandwidth_bytes_s", "B/s", "of a link", required)},
      {output<&Crossover::size>("size", "B", "the book's estimate for large N"),
       output<&Crossover::size_exact>("size_exact", "B",
                                      "where both all-reduces take the same time; none up to 3 "
                                      "ranks, for there the ring is never slower")});
}

}  // namespace

std::vector<Solver> communication_rows() {
  return {
      formula<calc_ring_allreduce_time>("calc_ring_allreduce_time", "all-reduce round a ring",
                                        "T = 2 (N-1)/N M/beta + 2 (N-1) alpha", collective_inputs(),
                                        time_output()),
      formula<calc_ring_allreduce_data_factor>(
          "calc_ring_allreduce_data_factor", "share of the message that a rank sends", "2 (N-1)/N",
          {ring_size()}, factor_output("of the message, by each rank")),
      formula<calc_ring_collective_data_factor>(
          "calc_ring_collective_data_factor", "the same for one pass round the ring", "(N-1)/N",
          {ring_size()}, factor_output("of the message, by each rank")),
      formula<calc_ring_allreduce_latency_steps>("calc_ring_allreduce_latency_steps",
                                                 "messages in a row of an all-reduce", "2 (N-1)",
                                                 {ring_size()}, factor_output("messages in a row")),
      formula<calc_ring_allreduce_latency_time>(
          "calc_ring_allreduce_latency_time", "what latency alone costs a ring", "2 (N-1) alpha",
          {ring_size(), input<&RingSize::latency_s>("latency_s", "s", "of a message", required)},
          time_output()),
      formula<calc_tree_allreduce_time>("calc_tree_allreduce_time", "all-reduce along one tree",
                                        "T = 2 k (M/beta + alpha), k = ceil(log2 N); 0 for N = 1",
                                        collective_inputs(), time_output()),
      double_tree_row(),
      crossover_row(),
      formula<calc_all_to_all_time>("calc_all_to_all_time", "exchange of each rank with each",
                                    "T = (N-1)/N M/beta + (N-1) alpha", collective_inputs(),
                                    time_output()),
      hierarchical_row(),
  };
}

}  // namespace fleetsim::analytic
