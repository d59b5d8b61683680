#include "analytic/exact/execution.h"

#include <algorithm>
#include <cmath>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {

namespace {

// Above 0 and at most 1.
void a_term(Arguments& in, std::string_view name, double value) {
  in.need(value > 0 && value <= 1, name, value, "above 0 and at most 1");
}

}  // namespace

Result<RooflineTime> roofline_time(const RooflinePoint& op) {
  Arguments in("roofline");
  in.nonnegative("flops", op.flops)
      .nonnegative("bytes", op.bytes)
      .positive("peak", op.peak)
      .positive("bandwidth", op.bandwidth)
      .nonnegative("overhead", op.overhead);
  a_term(in, "efficiency", op.efficiency);
  if (!in.fine()) return in.error();
  const double rate = op.peak * op.efficiency;
  RooflineTime out;
  out.compute = op.flops / rate;
  out.memory = op.bytes / op.bandwidth;
  out.memory_bound = out.memory > out.compute;
  out.time = std::max(out.compute, out.memory) + op.overhead;
  out.ridge = rate / op.bandwidth;
  out.intensity = op.bytes > 0 ? op.flops / op.bytes : 0;
  return out;
}

Result<double> amdahl_speedup(double share, double factor) {
  Arguments in("Amdahl's law");
  in.fraction("share", share).positive("factor", factor);
  if (!in.fine()) return in.error();
  return 1 / ((1 - share) + share / factor);
}

Result<double> amdahl_share(double speedup, double factor) {
  Arguments in("Amdahl's law");
  in.need(factor > 1 && std::isfinite(factor), "factor", factor, "above 1 and finite")
      .need(speedup >= 1 && speedup <= factor, "speedup", speedup, "from 1 to factor");
  if (!in.fine()) return in.error();
  return (1 - 1 / speedup) / (1 - 1 / factor);
}

Result<double> paged_requests(const PagedCache& cache) {
  Arguments in("a paged cache");
  in.nonnegative("free_bytes", cache.free_bytes)
      .positive("bytes_per_token", cache.bytes_per_token)
      .at_least_one("tokens", cache.tokens)
      .at_least_one("block", cache.block);
  if (!in.fine()) return in.error();
  const std::int64_t blocks = (cache.tokens - 1) / cache.block + 1;
  const double one =
      static_cast<double>(blocks) * static_cast<double>(cache.block) * cache.bytes_per_token;
  return std::floor(cache.free_bytes / one);
}

Result<SpeculationGain> speculative_decoding(const Speculation& plan) {
  Arguments in("speculative decoding");
  in.fraction("acceptance", plan.acceptance)
      .need(plan.draft >= 0, "draft", static_cast<double>(plan.draft), "zero or more")
      .nonnegative("draft_time", plan.draft_time)
      .nonnegative("draft_flops", plan.draft_flops);
  if (!in.fine()) return in.error();
  const auto k = static_cast<double>(plan.draft);
  const double a = plan.acceptance;
  // The geometric sum by expm1, so that it holds its digits as a goes to 1.
  double tokens = k + 1;
  if (a <= 0) tokens = 1;
  if (a > 0 && a < 1) tokens = -std::expm1((k + 1) * std::log(a)) / (1 - a);
  return SpeculationGain{tokens, tokens / (k * plan.draft_time + 1),
                         (k * plan.draft_flops + k + 1) / tokens};
}

Result<ColdStarts> cold_starts(const ScaleToZero& plan) {
  Arguments in("scale to zero");
  in.positive("arrival_rate", plan.arrival_rate)
      .nonnegative("idle", plan.idle)
      .nonnegative("start", plan.start);
  if (!in.fine()) return in.error();
  const double cold = std::exp(-plan.arrival_rate * plan.idle);
  return ColdStarts{cold, cold * plan.start, -std::expm1(-plan.arrival_rate * plan.idle)};
}

Result<double> bubble_share(std::int64_t stages, std::int64_t microbatches, std::int64_t chunks) {
  Arguments in("a pipeline's bubble");
  in.at_least_one("stages", stages)
      .at_least_one("microbatches", microbatches)
      .at_least_one("chunks", chunks);
  if (!in.fine()) return in.error();
  const auto waits = static_cast<double>(stages - 1);
  return waits / (static_cast<double>(chunks) * static_cast<double>(microbatches) + waits);
}

Result<double> fixed_stream_rate(std::int64_t workers, double worker_rate, double consumer_rate) {
  Arguments in("an input pipeline");
  in.at_least_one("workers", workers)
      .positive("worker_rate", worker_rate)
      .positive("consumer_rate", consumer_rate);
  if (!in.fine()) return in.error();
  return std::min(static_cast<double>(workers) * worker_rate, consumer_rate);
}

Result<double> iron_law_time(const IronLaw& fleet) {
  Arguments in("the iron law");
  in.nonnegative("flops", fleet.flops)
      .at_least_one("devices", fleet.devices)
      .positive("peak", fleet.peak);
  a_term(in, "mfu", fleet.mfu);
  a_term(in, "scaling", fleet.scaling);
  a_term(in, "goodput", fleet.goodput);
  if (!in.fine()) return in.error();
  return fleet.flops / (fleet.devices * fleet.peak * fleet.mfu * fleet.scaling * fleet.goodput);
}

}  // namespace fleetsim::analytic
