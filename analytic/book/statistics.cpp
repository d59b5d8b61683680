#include "analytic/book/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytic/book/arguments.h"
#include "analytic/book/formula.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {

Result<StabilityIndex> calc_population_stability_index(const BinnedShares& in) {
  Arguments arguments("calc_population_stability_index");
  arguments.positive("epsilon", in.epsilon);
  for (const double e : in.expected) arguments.nonnegative("expected", e);
  for (const double a : in.actual) arguments.nonnegative("actual", a);
  if (!arguments.fine()) return arguments.error();
  if (in.expected.size() != in.actual.size() || in.expected.empty())
    return Error{fmt::format(
        "calc_population_stability_index: expected has {} bins and actual {}; both need the same "
        "number, at least one",
        in.expected.size(), in.actual.size())};
  double sum = 0;
  for (std::size_t i = 0; i < in.expected.size(); ++i) {
    const double e = std::max(in.expected[i], in.epsilon);
    const double a = std::max(in.actual[i], in.epsilon);
    sum += (a - e) * std::log(a / e);
  }
  return StabilityIndex{sum};
}

Result<SampleSize> calc_two_proportion_sample_size(const TwoProportions& in) {
  const double p = in.baseline_rate, lifted = p + in.detectable_lift;
  Arguments arguments("calc_two_proportion_sample_size");
  arguments.need(p > 0 && p < 1, "baseline_rate", p, "above 0 and below 1")
      .need(in.detectable_lift > 0 && lifted <= 1, "detectable_lift", in.detectable_lift,
            "above 0, and at most 1 - baseline_rate")
      .positive("z_alpha", in.z_alpha)
      .nonnegative("z_beta", in.z_beta);
  if (!arguments.fine()) return arguments.error();
  const double z = (in.z_alpha + in.z_beta) / in.detectable_lift;
  return SampleSize{2 * z * z * p * (1 - p), z * z * (p * (1 - p) + lifted * (1 - lifted))};
}

Result<CostFactor> calc_constraint_propagation_factor(const StagePropagation& in) {
  const std::int64_t stages = in.stage_to - in.stage_from;
  const double factor = std::floor(std::pow(in.base, static_cast<double>(stages)));
  Arguments arguments("calc_constraint_propagation_factor");
  arguments.positive("base", in.base)
      .need(stages >= 0, "stage_to", static_cast<double>(in.stage_to), "stage_from or later")
      .need(std::isfinite(factor), "stage_to", static_cast<double>(in.stage_to),
            "nearer: the factor is beyond a double");
  if (!arguments.fine()) return arguments.error();
  return CostFactor{factor};
}

std::vector<Solver> statistics_rows() {
  return {
      formula<calc_population_stability_index>(
          "calc_population_stability_index", "how far a distribution has moved",
          "PSI = sum (a - e) ln(a/e)",
          {input<&BinnedShares::expected>("expected", "1", "shares of the bins then", required),
           input<&BinnedShares::actual>("actual", "1", "shares of the bins now", required),
           input<&BinnedShares::epsilon>("epsilon", "1", "least share of a bin")},
          {output<&StabilityIndex::psi>("psi", "1", "zero where nothing moved")}),
      formula<calc_two_proportion_sample_size>(
          "calc_two_proportion_sample_size", "samples of each arm of an experiment",
          "n = 2 (z_a + z_b)^2 p (1-p) / delta^2",
          {input<&TwoProportions::baseline_rate>("baseline_rate", "1", "p, without the change",
                                                 required),
           input<&TwoProportions::detectable_lift>("detectable_lift", "1",
                                                   "delta, the least that should show", required),
           input<&TwoProportions::z_alpha>("z_alpha", "1", "1.96: 5% significance, two-sided"),
           input<&TwoProportions::z_beta>("z_beta", "1", "0.84: 80% power")},
          {output<&SampleSize::sample_size>("sample_size", "1", "with p's variance in both arms"),
           output<&SampleSize::sample_size_exact>("sample_size_exact", "1",
                                                  "with the variance of each arm")}),
      formula<calc_constraint_propagation_factor>(
          "calc_constraint_propagation_factor", "what a constraint costs that is found late",
          "floor(base^(to - from))",
          {input<&StagePropagation::stage_from>("stage_from", "1", "where it arises", required),
           input<&StagePropagation::stage_to>("stage_to", "1", "where it is found", required),
           input<&StagePropagation::base>("base", "1", "factor a stage")},
          {output<&CostFactor::factor>("factor", "1", "times the cost at once")}),
  };
}

}  // namespace fleetsim::analytic
