#include "analytic/book/single.h"
#include "analytic/exact/device_limits.h"
#include "analytic/exact/execution.h"
#include "analytic/exact/row.h"
#include "analytic/exact/straggler.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

Solver roofline_row() {
  using P = RooflinePoint;
  using O = RooflineTime;
  return exact<roofline_time>(
      "exact_roofline", "one operation on a roofline", "max(F/(peak eta), bytes/BW) + overhead",
      "compute and memory overlap wholly",
      {input<&P::flops>("flops", "flop", "F", required),
       input<&P::bytes>("bytes", "B", "moved", required),
       input<&P::peak>("peak", "TFLOP/s", "of compute", required),
       input<&P::bandwidth>("bandwidth", "GB/s", "BW, of memory", required),
       input<&P::efficiency>("efficiency", "1", "eta"),
       input<&P::overhead>("overhead", "ms", "of the dispatch")},
      {output<&O::time>("time", "ms", "of the operation"),
       output<&O::compute>("compute", "ms", "alone"), output<&O::memory>("memory", "ms", "alone"),
       output<&O::ridge>("ridge", "flop/B", "peak eta/BW"),
       output<&O::intensity>("intensity", "flop/B", "F/bytes; 0 when nothing is moved"),
       output<&O::memory_bound>("memory_bound", "", "memory takes longer")});
}

struct Amdahl {
  double parallel_share = 0, factor = 1;
};
struct AmdahlOut {
  double speedup = 1, limit = 1;
};
Result<AmdahlOut> amdahl_answer(const Amdahl& in) {
  const auto speedup = amdahl_speedup(in.parallel_share, in.factor);
  if (!speedup) return speedup.error();
  const auto limit = amdahl_speedup(in.parallel_share, 1e300);
  return AmdahlOut{*speedup, *limit};
}

Solver amdahl_row() {
  return exact<amdahl_answer>(
      "exact_amdahl", "speed-up with a serial part", "1/((1-p) + p/s)", "the work stays the same",
      {input<&Amdahl::parallel_share>("parallel_share", "1", "p", required),
       input<&Amdahl::factor>("factor", "1", "s, of that part", required)},
      {output<&AmdahlOut::speedup>("speedup", "1", "of the whole"),
       output<&AmdahlOut::limit>("limit", "1", "however fast that part is")});
}

Solver speculation_row() {
  using P = Speculation;
  using O = SpeculationGain;
  return exact<speculative_decoding>(
      "exact_speculation", "speculative decoding (Leviathan, Kalman and Matias 2023)",
      "tokens = (1 - a^{k+1})/(1 - a); speed-up = tokens/(k c + 1)",
      "acceptances are independent; a verification costs one step of the target",
      {input<&P::acceptance>("acceptance", "1", "a", required),
       input<&P::draft>("draft", "1", "k, tokens drafted", required),
       input<&P::draft_time>("draft_time", "1", "c, of a draft step over one of the target"),
       input<&P::draft_flops>("draft_flops", "1", "likewise of flops")},
      {output<&O::tokens>("tokens", "1", "a verification"),
       output<&O::speedup>("speedup", "1", "over plain decoding"),
       output<&O::work>("work", "1", "flops a token over plain decoding")});
}

Solver cold_row() {
  using P = ScaleToZero;
  using O = ColdStarts;
  return exact<cold_starts>(
      "exact_cold_start", "scale to zero", "cold = e^{-lambda idle}",
      "Poisson requests; service is short beside the gaps",
      {input<&P::arrival_rate>("arrival_rate", "1/s", "lambda", required),
       input<&P::idle>("idle", "s", "before the server goes", required),
       input<&P::start>("start", "s", "of a cold start", required)},
      {output<&O::cold>("cold", "1", "share of requests that wait for a start"),
       output<&O::mean_delay>("mean_delay", "s", "over all requests"),
       output<&O::up>("up", "1", "share of time the server is there")});
}

struct Straggler {
  std::int64_t workers = 1, needed = 0;
  double mean = 0, cv = 1;
  std::string law = "lognormal";
};
struct StragglerOut {
  double slowest = 0, slowdown = 1;
};
Result<StragglerOut> straggler_answer(const Straggler& in) {
  if (in.law != "lognormal" && in.law != "exponential")
    return Error{"exact_straggler: law must be lognormal or exponential, not \"" + in.law + "\""};
  const auto law =
      in.law == "exponential" ? Law::exponential(in.mean) : Law::lognormal_mean_cv(in.mean, in.cv);
  if (!law) return law.error();
  const auto last = order_statistic(*law, in.needed > 0 ? in.needed : in.workers, in.workers);
  if (!last) return last.error();
  return StragglerOut{*last, *last / in.mean};
}

Solver straggler_row() {
  return exact<straggler_answer>(
      "exact_straggler", "a synchronous step waits for its last worker",
      "E[X_(m)] = int P(fewer than m of n by t) dt; m = n exponential: mean H_n",
      "independent, identical workers",
      {input<&Straggler::workers>("workers", "1", "n", required),
       input<&Straggler::mean>("mean", "s", "of a worker's time", required),
       input<&Straggler::cv>("cv", "1", "standard deviation over mean, of the lognormal"),
       input<&Straggler::law>("law", "", "lognormal or exponential"),
       input<&Straggler::needed>("needed", "1", "m, that end the step; 0: all")},
      {output<&StragglerOut::slowest>("step", "s", "mean"),
       output<&StragglerOut::slowdown>("slowdown", "1", "over a worker's mean")});
}

Result<Single> iron_law_answer(const IronLaw& in) {
  const auto time = iron_law_time(in);
  if (!time) return time.error();
  return Single{*time};
}

Solver iron_row() {
  using P = IronLaw;
  return exact<iron_law_answer>(
      "exact_iron_law", "time to train", "T = F/(N peak mfu scaling goodput)",
      "an identity, when each term is what it says",
      {input<&P::flops>("flops", "flop", "F", required),
       input<&P::devices>("devices", "1", "N", required),
       input<&P::peak>("peak", "TFLOP/s", "of a device", required),
       input<&P::mfu>("mfu", "1", "of one device", required),
       input<&P::scaling>("scaling", "1", "efficiency of N"),
       input<&P::goodput>("goodput", "1", "share of time in useful work")},
      single("time", "d", "to the end"));
}

Solver throttle_row() {
  using N = ThermalNode;
  return exact<time_to_throttle>(
      "exact_throttle", "time until a device is too hot",
      "-tau ln((T_inf - T*)/(T_inf - T_0)), T_inf = T_a + P R_th",
      "one thermal node, constant power; temperatures in one scale",
      {input<&N::power>("power", "W", "P", required),
       input<&N::resistance>("resistance", "K/W", "R_th", required),
       input<&N::time_constant>("time_constant", "s", "tau", required),
       input<&N::ambient>("ambient", "K", "T_a"), input<&N::start>("start", "K", "T_0"),
       input<&N::limit>("limit", "K", "T*", required)},
      {output<&Throttling::time>("time", "s", "none: never"),
       output<&Throttling::steady>("steady", "K", "in the end, without a throttle"),
       output<&Throttling::sustained_power>("sustained_power", "W", "that ends at the limit")});
}

Result<Single> battery_answer(const DutyCycle& in) {
  const auto life = battery_life(in);
  if (!life) return life.error();
  return Single{*life};
}

Solver battery_row() {
  using D = DutyCycle;
  return exact<battery_answer>("exact_battery", "life of a battery on a duty cycle",
                               "capacity/(f E + P)",
                               "a constant mean power; the cell gives all it holds",
                               {input<&D::capacity>("capacity", "Wh", "of the cell", required),
                                input<&D::event_rate>("event_rate", "1/s", "f", required),
                                input<&D::event_energy>("event_energy", "mJ", "E", required),
                                input<&D::sleep_power>("sleep_power", "mW", "P", required)},
                               single("life", "d", "of one charge"));
}

}  // namespace

std::vector<Solver> exact_execution_rows() {
  std::vector<Solver> rows;
  for (const auto row : {roofline_row, amdahl_row, speculation_row, cold_row, straggler_row,
                         iron_row, throttle_row, battery_row})
    rows.push_back(row());
  return rows;
}

}  // namespace fleetsim::analytic
