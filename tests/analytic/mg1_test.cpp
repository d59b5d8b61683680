#include "analytic/queueing/mg1.h"

#include "analytic/queueing/erlang.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

std::vector<Law> laws_of_mean_one() {
  return {good(Law::constant(1)),
          good(Law::exponential(1)),
          good(Law::uniform(0.5, 1.5)),
          good(Law::gamma_mean_cv(1, 0.5)),
          good(Law::lognormal_mean_cv(1, 2)),
          good(Law::hyperexponential_mean_cv(1, 3)),
          good(Law::empirical({0.5, 1.5}, {1, 1}))};
}

TEST(MG1, PollaczekKhinchineByCoefficientOfVariation) {
  for (const Law& law : laws_of_mean_one()) {
    const double rho = 0.7;
    const StationMeans q = good(mg1_fcfs(rho, law));
    const double want = rho / (1 - rho) * (1 + law.cv() * law.cv()) / 2;
    expect_relative(q.wait, want, 1e-12, law.name());
    expect_relative(q.present, rho * (want + 1), 1e-12, law.name());
    expect_relative(q.utilization, rho, 1e-12, law.name());
  }
}

TEST(MG1, ExponentialServiceIsMM1) {
  const StationMeans q = good(mg1_fcfs(0.9, good(Law::exponential(1))));
  expect_relative(q.wait, good(mmc({0.9, 1, 1})).means.wait, 1e-13);
}

TEST(MG1, SharingAndPreemptiveLcfsIgnoreTheLaw) {
  for (const Law& law : laws_of_mean_one()) {
    expect_relative(good(mg1_insensitive(0.75, law)).sojourn, 4, 1e-12, law.name());
    expect_relative(good(mg1_ps_sojourn_given(0.75, law, 0.3)), 1.2, 1e-12, law.name());
  }
}

TEST(MG1, NamesTheBrokenAssumption) {
  const Law law = good(Law::exponential(1));
  expect_error(mg1_fcfs(1.2, law), "M/G/1 has no steady state: utilisation 1.2 >= 1");
  expect_error(mg1_insensitive(1, law), "utilisation 1 >= 1");
  expect_error(mg1_ps_sojourn_given(1, law, 1), "utilisation 1 >= 1");
  expect_error(mg1_ps_sojourn_given(0.5, law, -1), "service time of the customer > 0");
  expect_error(mg1_fcfs(0, law), "arrival rate > 0");
  expect_error(mg1_fcfs(1, good(Law::constant(0))), "mean service time > 0");
}

}  // namespace
}  // namespace fleetsim::analytic
