#include "analytic/exact/ensembles.h"

#include <cmath>

#include "analytic/book/arguments.h"
#include "analytic/exact/binomial.h"

namespace fleetsim::analytic {

namespace {

constexpr std::int64_t largest = 1'000'000;  // members whose law is summed term by term

Arguments checked(const Voters& voters) {
  Arguments in("an ensemble");
  return in.at_least_one("members", voters.members)
      .fraction("success", voters.success)
      .need(voters.correlation >= 0 && voters.correlation < 1, "correlation", voters.correlation,
            "at least 0 and below 1")
      .need(voters.correlation <= 0 || voters.members <= largest, "members",
            static_cast<double>(voters.members), "at most a million where they are correlated");
}

// P(at least k of the members fail), and that fewer do.
Verdict fewer_than(const Voters& voters, std::int64_t k) {
  const double q = 1 - voters.success;
  if (voters.correlation <= 0 || q <= 0 || q >= 1)
    return {binomial_upper(voters.members, voters.members - k + 1, voters.success),
            binomial_lower(voters.members, voters.members - k, voters.success)};
  const auto right = beta_binomial(voters.members, voters.success, voters.correlation);
  double failure = 0;
  for (std::int64_t i = 0; i <= voters.members - k; ++i)
    failure += right[static_cast<std::size_t>(i)];
  return {upper_tail(right, voters.members - k + 1), failure};
}

Arguments checked(const Committee& committee) {
  Arguments in("a committee");
  return in.at_least_one("reporters", committee.reporters)
      .at_least_one("drawn", committee.drawn)
      .at_least_one("quorum", committee.quorum)
      .need(committee.drawn <= committee.reporters, "drawn", static_cast<double>(committee.drawn),
            "at most reporters")
      .need(committee.drawn <= largest, "drawn", static_cast<double>(committee.drawn),
            "at most a million")
      .need(committee.quorum <= committee.drawn, "quorum", static_cast<double>(committee.quorum),
            "at most drawn")
      .need(committee.hostile >= 0 && committee.hostile <= committee.reporters, "hostile",
            static_cast<double>(committee.hostile), "from 0 to reporters");
}

double capture(const Committee& c) {
  return upper_tail(hypergeometric(c.reporters, c.hostile, c.drawn), c.quorum);
}

}  // namespace

Result<Verdict> any_of(std::int64_t members, double success) {
  return any_of_correlated({members, success, 0});
}

Result<Verdict> majority_of(const Voters& voters) {
  if (const Arguments in = checked(voters); !in.fine()) return in.error();
  return fewer_than(voters, (voters.members + 1) / 2);
}

Result<Verdict> any_of_correlated(const Voters& voters) {
  if (const Arguments in = checked(voters); !in.fine()) return in.error();
  return fewer_than(voters, voters.members);
}

Result<CommonCauseFailure> with_common_cause(const CommonCause& plan) {
  Arguments in("common cause");
  in.fraction("independent_failure", plan.independent_failure)
      .need(plan.member_failure > 0 && plan.member_failure <= 1, "member_failure",
            plan.member_failure, "above 0 and at most 1")
      .fraction("beta", plan.beta)
      .need(plan.independent_failure + plan.beta > 0, "beta", plan.beta,
            "above zero where nothing else fails");
  if (!in.fine()) return in.error();
  const double floor = plan.beta * plan.member_failure;
  const double failure = (1 - plan.beta) * plan.independent_failure + floor;
  return CommonCauseFailure{failure, floor, plan.member_failure / failure};
}

Result<double> sybil_capture(const Committee& committee) {
  if (const Arguments in = checked(committee); !in.fine()) return in.error();
  return capture(committee);
}

Result<std::int64_t> sybil_tolerance(Committee committee, double target) {
  committee.hostile = 0;
  Arguments in = checked(committee);
  in.need(target > 0 && target < 1, "target", target, "above 0 and below 1");
  if (!in.fine()) return in.error();
  std::int64_t safe = 0;  // capture rises with the hostile: none are safe, all are not
  std::int64_t unsafe = committee.reporters;
  while (unsafe - safe > 1) {
    committee.hostile = safe + (unsafe - safe) / 2;
    (capture(committee) <= target ? safe : unsafe) = committee.hostile;
  }
  return safe;
}

Result<double> gossip_rounds(std::int64_t nodes) {
  Arguments in("push gossip");
  in.at_least_one("nodes", nodes);
  if (!in.fine()) return in.error();
  return std::log2(static_cast<double>(nodes)) + std::log(static_cast<double>(nodes));
}

}  // namespace fleetsim::analytic
