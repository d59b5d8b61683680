#include "analytic/book/nested.h"
#include "analytic/book/single.h"
#include "analytic/exact/carbon.h"
#include "analytic/exact/crowds.h"
#include "analytic/exact/ensembles.h"
#include "analytic/exact/row.h"
#include "analytic/exact/straggler.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

struct EnsembleOut {
  double any_success = 1, any_failure = 0, majority_success = 1, majority_failure = 0;
};
Result<EnsembleOut> ensemble_answer(const Voters& in) {
  const auto any = any_of_correlated(in);
  if (!any) return any.error();
  const auto most = majority_of(in);
  if (!most) return most.error();
  return EnsembleOut{any->success, any->failure, most->success, most->failure};
}

Solver ensemble_row() {
  using O = EnsembleOut;
  return exact<ensemble_answer>(
      "exact_ensemble", "several models that decide together",
      "any: (1-p)^K; majority: binomial tail; correlated: beta-binomial",
      "identical members; a tie is no majority",
      {input<&Voters::members>("members", "1", "K", required),
       input<&Voters::success>("success", "1", "p, of a member", required),
       input<&Voters::correlation>("correlation", "1", "rho, between two members")},
      {output<&O::any_success>("any_success", "1", "one suffices"),
       output<&O::any_failure>("any_failure", "1", "all fail"),
       output<&O::majority_success>("majority_success", "1", "more than half are right"),
       output<&O::majority_failure>("majority_failure", "1", "half or fewer are")});
}

Solver common_row() {
  using P = CommonCause;
  using O = CommonCauseFailure;
  return exact<with_common_cause>(
      "exact_common_cause", "what failures for one reason do to redundancy",
      "(1 - beta) I + beta q", "the beta-factor model (Fleming 1975)",
      {input<&P::independent_failure>("independent_failure", "1", "I, of the whole", required),
       input<&P::member_failure>("member_failure", "1", "q, of a member", required),
       input<&P::beta>("beta", "1", "share that strikes all", required)},
      {output<&O::failure>("failure", "1", "of the whole"),
       output<&O::floor>("floor", "1", "beta q: no redundancy goes below"),
       output<&O::gain>("gain", "1", "q over that")});
}

struct SybilOut {
  double capture = 0, tolerance = 0;
};
struct SybilIn {
  Committee committee{};
  double target = 1e-5;
};
Result<SybilOut> sybil_answer(const SybilIn& in) {
  const auto capture = sybil_capture(in.committee);
  if (!capture) return capture.error();
  const auto most = sybil_tolerance(in.committee, in.target);
  if (!most) return most.error();
  return SybilOut{*capture, static_cast<double>(*most)};
}

Solver sybil_row() {
  using I = SybilIn;
  using C = Committee;
  return exact<sybil_answer>(
      "exact_sybil", "hostile reporters in a committee drawn at random",
      "P(X >= quorum), X hypergeometric", "drawn without return; the hostile act as one",
      {input_of<&I::committee, &C::reporters>("reporters", "1", "in all", required),
       input_of<&I::committee, &C::hostile>("hostile", "1", "of those", required),
       input_of<&I::committee, &C::drawn>("drawn", "1", "committee", required),
       input_of<&I::committee, &C::quorum>("quorum", "1", "that carries", required),
       input<&I::target>("target", "1", "capture that may be borne")},
      {output<&SybilOut::capture>("capture", "1", "P(quorum is hostile)"),
       output<&SybilOut::tolerance>("tolerance", "1", "most hostile reporters for the target")});
}

struct GossipIn {
  std::int64_t nodes = 1;
};
Result<Single> gossip_answer(const GossipIn& in) {
  const auto rounds = gossip_rounds(in.nodes);
  if (!rounds) return rounds.error();
  return Single{*rounds};
}

Solver gossip_row() {
  return exact<gossip_answer>("exact_gossip", "rounds of push gossip until all know",
                              "log2 n + ln n", "within a constant number of rounds (Pittel 1987)",
                              {input<&GossipIn::nodes>("nodes", "1", "n", required)},
                              single("rounds", "1", "about"));
}

struct Federated {
  FederatedRound round{};
  double mean = 0, cv = 1;
};
Result<RoundTime> federated_answer(const Federated& in) {
  const auto law = Law::lognormal_mean_cv(in.mean, in.cv);
  if (!law) return law.error();
  return federated_round(*law, in.round);
}

Solver federated_row() {
  using F = Federated;
  using R = FederatedRound;
  return exact<federated_answer>("exact_federated",
                                 "a federated round with over-selection and drop-outs",
                                 "int (P(done) - P(Bin(n, (1-d) F(t)) >= m)) dt / P(done)",
                                 "independent devices, lognormal times",
                                 {input_of<&F::round, &R::asked>("asked", "1", "n", required),
                                  input_of<&F::round, &R::needed>("needed", "1", "m", required),
                                  input_of<&F::round, &R::drop_out>("drop_out", "1", "d"),
                                  input<&F::mean>("mean", "s", "of an answer", required),
                                  input<&F::cv>("cv", "1", "standard deviation over mean")},
                                 {output<&RoundTime::done>("done", "1", "P(m answer)"),
                                  output<&RoundTime::time>("time", "s", "mean, given that")});
}

Solver charging_row() {
  using P = ChargingFleet;
  using O = ChargingLoad;
  return exact<charging_load>("exact_charging", "devices that charge at random or in turn",
                              "Bin(n, t/T) at once; staggered n P t/T",
                              "moments uniform over a window that repeats",
                              {input<&P::devices>("devices", "1", "n", required),
                               input<&P::power>("power", "W", "P", required),
                               input<&P::charge>("charge", "h", "t", required),
                               input<&P::window>("window", "h", "T", required),
                               input<&P::level>("level", "1", "of the quantile")},
                              {output<&O::mean>("mean", "MW", "at any moment"),
                               output<&O::at_level>("at_level", "MW", "not exceeded at that level"),
                               output<&O::staggered>("staggered", "MW", "in turn"),
                               output<&O::together>("together", "MW", "all at once")});
}

struct AlohaIn {
  double offered = 1;
};
Result<AlohaShares> aloha_answer(const AlohaIn& in) {
  return aloha_throughput(in.offered);
}

Solver aloha_row() {
  return exact<aloha_answer>(
      "exact_aloha", "frames through a shared channel", "slotted G e^{-G}; pure G e^{-2G}",
      "Poisson attempts; two that overlap are lost",
      {input<&AlohaIn::offered>("offered", "1", "G, attempts a frame time", required)},
      {output<&AlohaShares::slotted>("slotted", "1", "through, a frame time"),
       output<&AlohaShares::pure>("pure", "1", "through, a frame time")});
}

Solver weight_row() {
  using W = TrainedWeight;
  using P = CheckpointPlan;
  using O = WeightCarbon;
  return exact<carbon_per_weight>(
      "exact_weight_carbon", "carbon per trained weight against the checkpoint interval",
      "W (P_c work + P_w writing + P_r restarting) PUE CI / parameters",
      "as exact_checkpoint; constant power in each state",
      {input_of<&W::plan, &P::interval>("interval", "s", "tau", required),
       input_of<&W::plan, &P::write>("write", "s", "delta", required),
       input_of<&W::plan, &P::restart>("restart", "s", "R", required),
       input_of<&W::plan, &P::mtbf>("mtbf", "s", "M, of the whole job", required),
       input<&W::work>("work", "h", "W, useful", required),
       input<&W::work_power>("work_power", "kW", "P_c", required),
       input<&W::write_power>("write_power", "kW", "P_w", required),
       input<&W::restart_power>("restart_power", "kW", "P_r", required),
       input<&W::pue>("pue", "1", "of the site"),
       input<&W::intensity>("intensity", "g/kWh", "CI, of the grid", required),
       input<&W::parameters>("parameters", "1", "of the model", required)},
      {output<&O::energy>("energy", "J", "per parameter"),
       output<&O::carbon>("carbon", "mg", "per parameter"),
       output<&O::relative>("relative", "1", "over no failures and no checkpoints"),
       output<&O::best_interval>("best_interval", "s", "of least energy")});
}

struct ShiftIn {
  std::vector<double> intensity{};
  std::int64_t needed = 1;
};
Result<ShiftOptimum> shift_answer(const ShiftIn& in) {
  return shift_optimum(in.intensity, in.needed);
}

Solver shift_row() {
  using O = ShiftOptimum;
  return exact<shift_answer>(
      "exact_shift", "the cleanest hours of a known day", "the h least of the slots",
      "constant power; the load may pause",
      {input<&ShiftIn::intensity>("intensity", "g/kWh", "of each slot", required),
       input<&ShiftIn::needed>("needed", "1", "h, slots to run", required)},
      {output<&O::slots>("slots", "1", "to run in, from 0"),
       output<&O::best>("best", "g/kWh", "mean of those"),
       output<&O::at_once>("at_once", "g/kWh", "mean of the first"),
       output<&O::mean_of_slots>("mean_of_slots", "g/kWh", "of all"),
       output<&O::saved>("saved", "1", "against at once")});
}

}  // namespace

std::vector<Solver> exact_fleet_rows() {
  std::vector<Solver> rows;
  for (const auto row : {ensemble_row, common_row, sybil_row, gossip_row, federated_row,
                         charging_row, aloha_row, weight_row, shift_row})
    rows.push_back(row());
  return rows;
}

}  // namespace fleetsim::analytic
