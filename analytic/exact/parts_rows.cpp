#include "analytic/book/nested.h"
#include "analytic/book/single.h"
#include "analytic/exact/carbon.h"
#include "analytic/exact/crowds.h"
#include "analytic/exact/execution.h"
#include "analytic/exact/failures.h"
#include "analytic/exact/first_passage.h"
#include "analytic/exact/redundancy.h"
#include "analytic/exact/row.h"
#include "analytic/exact/shocks.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

// Rows of exact forms that are parts of larger ones, for use on their own.

// What a form that tells one number says, as its row tells it.
Result<Single> alone(const Result<double>& value) {
  if (!value) return value.error();
  return Single{*value};
}

Result<Single> requests_answer(const PagedCache& in) {
  return alone(paged_requests(in));
}

Solver requests_row() {
  using P = PagedCache;
  return exact<requests_answer>(
      "exact_paged_requests", "requests that fit a paged cache",
      "floor(free/(ceil(tokens/block) block bytes))", "requests of one fixed length",
      {input<&P::free_bytes>("free_bytes", "GB", "beside weights", required),
       input<&P::bytes_per_token>("bytes_per_token", "B", "of the cache", required),
       input<&P::tokens>("tokens", "1", "of a request", required),
       input<&P::block>("block", "1", "tokens a page")},
      single("requests", "1", "at once"));
}

struct Stages {
  std::int64_t stages = 1, microbatches = 1, chunks = 1;
};
Result<Single> bubble_answer(const Stages& in) {
  return alone(bubble_share(in.stages, in.microbatches, in.chunks));
}

Solver bubble_row() {
  return exact<bubble_answer>("exact_bubble", "idle share of a 1F1B pipeline",
                              "(p-1)/(v m + p - 1)", "equal stages",
                              {input<&Stages::stages>("stages", "1", "p", required),
                               input<&Stages::microbatches>("microbatches", "1", "m", required),
                               input<&Stages::chunks>("chunks", "1", "v, a stage")},
                              single("bubble", "1", "of the whole step"));
}

struct Stream {
  std::int64_t workers = 1;
  double worker_rate = 0, consumer_rate = 0;
};
Result<Single> stream_answer(const Stream& in) {
  return alone(fixed_stream_rate(in.workers, in.worker_rate, in.consumer_rate));
}

Solver stream_row() {
  return exact<stream_answer>(
      "exact_fixed_stream", "workers that feed a consumer", "min(w r, c)", "fixed times",
      {input<&Stream::workers>("workers", "1", "w", required),
       input<&Stream::worker_rate>("worker_rate", "1/s", "r, of one", required),
       input<&Stream::consumer_rate>("consumer_rate", "1/s", "c", required)},
      single("rate", "1/s", "of the slower side"));
}

Solver constant_carbon_row() {
  using L = ConstantLoad;
  return exact<constant_load_carbon>(
      "exact_constant_carbon", "carbon of a constant load", "W t PUE CI", "a constant grid",
      {input<&L::power>("power", "kW", "W, of the IT", required),
       input<&L::time>("time", "h", "t", required), input<&L::pue>("pue", "1", "of the site"),
       input<&L::intensity>("intensity", "g/kWh", "CI", required)},
      {output<&Carbon::energy>("energy", "kWh", "at the meter"),
       output<&Carbon::carbon>("carbon", "kg", "of that")});
}

struct Series {
  std::vector<double> power_from{}, power{}, intensity_from{}, intensity{};
  double end = 0, pue = 1;
};
Result<Carbon> series_answer(const Series& in) {
  if (in.power_from.size() != in.power.size() || in.intensity_from.size() != in.intensity.size())
    return Error{"exact_stepwise_carbon: as many times as values in each series"};
  return stepwise_carbon({in.power_from, in.power}, {in.intensity_from, in.intensity}, in.end,
                         in.pue);
}

Solver stepwise_carbon_row() {
  return exact<series_answer>(
      "exact_stepwise_carbon", "carbon of stepwise power on a stepwise grid",
      "sum of W_i CI_j PUE over the pieces on which both are constant", "the last step to the end",
      {input<&Series::power_from>("power_from", "h", "times of the steps, from 0", required),
       input<&Series::power>("power", "kW", "from each on", required),
       input<&Series::intensity_from>("intensity_from", "h", "times, from 0", required),
       input<&Series::intensity>("intensity", "g/kWh", "from each on", required),
       input<&Series::end>("end", "h", "of the last step", required),
       input<&Series::pue>("pue", "1", "of the site")},
      {output<&Carbon::energy>("energy", "kWh", "at the meter"),
       output<&Carbon::carbon>("carbon", "kg", "of that")});
}

struct Embodied {
  double embodied = 0, use = 0, life = 0;
};
Result<Single> embodied_answer(const Embodied& in) {
  return alone(amortised_embodied(in.embodied, in.use, in.life));
}

Solver embodied_row() {
  return exact<embodied_answer>("exact_amortised_embodied", "carbon of making a thing, by its use",
                                "embodied use/life", "linear in time",
                                {input<&Embodied::embodied>("embodied", "kg", "in all", required),
                                 input<&Embodied::use>("use", "day", "that it is for", required),
                                 input<&Embodied::life>("life", "year", "of the thing", required)},
                                single("carbon", "kg", "of the use"));
}

struct PartsIn {
  std::vector<double> counts{}, mtbfs{};
};
Result<SeriesNode> parts_answer(const PartsIn& in) {
  if (in.counts.size() != in.mtbfs.size())
    return Error{"exact_series_node: as many counts as mtbfs"};
  std::vector<Part> parts;
  for (std::size_t i = 0; i < in.counts.size(); ++i) parts.push_back({in.counts[i], in.mtbfs[i]});
  return series_node(parts);
}

Solver series_row() {
  using O = SeriesNode;
  return exact<parts_answer>(
      "exact_series_node", "a node that needs every part", "rate = sum n_i/MTBF_i",
      "independent parts with exponential lives",
      {input<&PartsIn::counts>("counts", "1", "n_i, a list", required),
       input<&PartsIn::mtbfs>("mtbfs", "h", "of each kind, a list", required)},
      {output<&O::mtbf>("mtbf", "h", "of the node"), output<&O::rate>("rate", "1/yr", "failures"),
       output<&O::shares>("shares", "1", "of the causes, in their order")});
}

struct SparesWanted {
  SparesPlan plan{};
  double target = 0.99;
};
Result<Single> wanted_answer(const SparesWanted& in) {
  const auto spares = spares_needed(in.plan, in.target);
  if (!spares) return spares.error();
  return Single{static_cast<double>(*spares)};
}

Solver wanted_row() {
  using W = SparesWanted;
  using P = SparesPlan;
  return exact<wanted_answer>(
      "exact_spares_needed", "the fewest spares that keep a fleet whole", "least s: full >= target",
      "as exact_spares",
      {input_of<&W::plan, &P::active>("active", "1", "N, places", required),
       input_of<&W::plan, &P::crews>("crews", "1", "c, that repair"),
       input_of<&W::plan, &P::mttf>("mttf", "h", "of a working unit", required),
       input_of<&W::plan, &P::mttr>("mttr", "h", "of a repair", required),
       input_of<&W::plan, &P::warm>("warm", "1", "w, failure rate of a spare"),
       input<&W::target>("target", "1", "share of time with all places filled")},
      single("spares", "1", "s"));
}

struct ExhaustionIn {
  SparesPlan plan{};
  double time = 0;
};
Result<Single> exhaustion_answer(const ExhaustionIn& in) {
  return alone(exhaustion(in.plan, in.time));
}

Solver exhaustion_row() {
  using E = ExhaustionIn;
  using P = SparesPlan;
  return exact<exhaustion_answer>(
      "exact_exhaustion", "how likely a fleet uses up its spares within a time",
      "first passage of the chain of exact_spares from 0 to s + 1 down, by uniformisation",
      "as exact_spares; all units work at first",
      {input_of<&E::plan, &P::active>("active", "1", "N, places", required),
       input_of<&E::plan, &P::spares>("spares", "1", "s", required),
       input_of<&E::plan, &P::crews>("crews", "1", "c, that repair", required),
       input_of<&E::plan, &P::mttf>("mttf", "h", "of a working unit", required),
       input_of<&E::plan, &P::mttr>("mttr", "h", "of a repair", required),
       input_of<&E::plan, &P::warm>("warm", "1", "w, failure rate of a spare"),
       input<&E::time>("time", "d", "t", required)},
      single("probability", "1", "that a place stands empty"));
}

struct PairIn {
  ShockPlan plan{};
  double time = 0;
};
Result<PairSurvival> pair_answer(const PairIn& in) {
  return pair_survival(in.plan, in.time);
}

Solver pair_row() {
  using P = ShockPlan;
  return exact<pair_answer>(
      "exact_pair_survival", "whether two nodes outlive their rack (Marshall and Olkin 1967)",
      "same rack: e^{-(2a + b (1 - (1-q)^2)) t}; apart: e^{-2 (a + b q) t}", "Poisson failures",
      {input_of<&PairIn::plan, &P::node_rate>("node_rate", "1/d", "a, of a node alone", required),
       input_of<&PairIn::plan, &P::rack_rate>("rack_rate", "1/d", "b, of a rack", required),
       input_of<&PairIn::plan, &P::struck>("struck", "1", "q, that a node dies with its rack"),
       input<&PairIn::time>("time", "d", "t", required)},
      {output<&PairSurvival::same_rack>("same_rack", "1", "both live, of one rack"),
       output<&PairSurvival::apart>("apart", "1", "both live, of two")});
}

struct Trials {
  std::int64_t trials = 1, successes = 1;
  double probability = 0.5;
};
Result<Single> tail_answer(const Trials& in) {
  return alone(binomial_tail(in.trials, in.successes, in.probability));
}

Solver tail_row() {
  return exact<tail_answer>("exact_binomial_tail", "at least k of n, however rare",
                            "P(Bin(n, p) >= k)", "independent trials",
                            {input<&Trials::trials>("trials", "1", "n", required),
                             input<&Trials::successes>("successes", "1", "k", required),
                             input<&Trials::probability>("probability", "1", "p", required)},
                            single("tail", "1", "P(k or more)"));
}

struct Walk {
  double up_rate = 1, down_rate = 1;
  std::int64_t level = 1;
};
Result<Single> reach_answer(const Walk& in) {
  return alone(reaches_before_empty(in.up_rate, in.down_rate, in.level));
}

Solver reach_row() {
  return exact<reach_answer>(
      "exact_reaches_before_empty", "a queue that reaches n before it is empty",
      "(r - 1)/(r^n - 1), r = down/up; 1/n for r = 1", "M/M/1, from one customer",
      {input<&Walk::up_rate>("up_rate", "1/s", "of arrivals", required),
       input<&Walk::down_rate>("down_rate", "1/s", "of service", required),
       input<&Walk::level>("level", "1", "n", required)},
      single("probability", "1", "of reaching it"));
}

}  // namespace

std::vector<Solver> exact_parts_rows() {
  std::vector<Solver> rows;
  for (const auto row :
       {requests_row, bubble_row, stream_row, constant_carbon_row, stepwise_carbon_row,
        embodied_row, series_row, wanted_row, exhaustion_row, pair_row, tail_row, reach_row})
    rows.push_back(row());
  return rows;
}

}  // namespace fleetsim::analytic
