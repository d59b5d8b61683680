#include "analytic/queueing/priority.h"

#include "analytic/queueing/mg1.h"
#include "tests/analytic/support.h"

namespace fleetsim::analytic {
namespace {

TEST(Priority, CobhamByHand) {
  // Exponential services of mean 1, rates 0.3 and 0.5: R = 0.8, waits 0.8/0.7 and 0.8/(0.7*0.2).
  const Law one = good(Law::exponential(1));
  const PriorityClass classes[] = {{0.3, one}, {0.5, one}};
  const PrioritySteady q = good(priority_nonpreemptive(classes));
  expect_relative(q.of_class[0].wait, 8.0 / 7, 1e-13);
  expect_relative(q.of_class[1].wait, 40.0 / 7, 1e-13);
  // One law for all: the mean over customers is that of M/M/1 (no work is lost or made).
  expect_relative(q.all.wait, 4, 1e-13);
}

TEST(Priority, PreemptiveByHand) {
  const Law one = good(Law::exponential(1));
  const PriorityClass classes[] = {{0.3, one}, {0.5, one}};
  const PrioritySteady q = good(priority_preemptive(classes));
  expect_relative(q.of_class[0].sojourn, 1 / 0.7, 1e-13);  // M/M/1 of its own
  expect_relative(q.of_class[1].sojourn, 1 / 0.7 + 0.8 / (0.7 * 0.2), 1e-13);
  expect_relative(q.all.sojourn, 5, 1e-13);  // M/M/1: the number present ignores the order
}

TEST(Priority, AgreesWithTheChain) {
  // Two preemptive classes of different exponential services; truncated at 60 and 60 customers is
  // too much for a dense solve, so low loads and 22 of each.
  const double rate[] = {0.12, 0.1}, mu[] = {1.0, 0.6};
  const std::size_t top = 22;
  Chain chain(top * top);
  const auto state = [&](std::size_t high, std::size_t low) { return high * top + low; };
  for (std::size_t h = 0; h < top; ++h)
    for (std::size_t l = 0; l < top; ++l) {
      if (h + 1 < top) chain.add(state(h, l), state(h + 1, l), rate[0]);
      if (l + 1 < top) chain.add(state(h, l), state(h, l + 1), rate[1]);
      if (h > 0) chain.add(state(h, l), state(h - 1, l), mu[0]);
      if (h == 0 && l > 0) chain.add(state(h, l), state(h, l - 1), mu[1]);
    }
  const auto p = chain.stationary();
  double low_present = 0;
  for (std::size_t h = 0; h < top; ++h)
    for (std::size_t l = 0; l < top; ++l) low_present += static_cast<double>(l) * p[state(h, l)];
  const PriorityClass classes[] = {{rate[0], good(Law::exponential(1 / mu[0]))},
                                   {rate[1], good(Law::exponential(1 / mu[1]))}};
  expect_relative(good(priority_preemptive(classes)).of_class[1].present, low_present, 1e-9);
}

TEST(Priority, ConservationLawAndOrder) {
  // Kleinrock 1965: sum rho_k wait_k is the same for each order without pre-emption.
  Sweep sweep(6);
  for (int i = 0; i < 200; ++i) {
    std::vector<PriorityClass> classes;
    double work = 0, load = 0;
    for (int k = 0; k < 4; ++k) {
      const double share = sweep.even(0.01, 0.24);
      const double mean = sweep.log(0.1, 10);
      const Law law = good(Law::gamma_mean_cv(mean, sweep.even(0.1, 3)));
      classes.push_back({share / law.mean(), law});
      work += classes.back().arrival_rate * law.second_moment() / 2;
      load += share;
    }
    const PrioritySteady q = good(priority_nonpreemptive(classes));
    const PrioritySteady r = good(priority_preemptive(classes));
    double sum = 0;
    for (std::size_t k = 0; k < classes.size(); ++k) {
      sum += q.of_class[k].utilization * q.of_class[k].wait;
      if (k > 0) {
        EXPECT_GT(q.of_class[k].wait, q.of_class[k - 1].wait);
      }
    }
    expect_relative(sum, load * work / (1 - load), 1e-11);
    EXPECT_LT(r.of_class.front().wait, q.of_class.front().wait);
    const StationMeans alone = good(mg1_fcfs(classes[0].arrival_rate, classes[0].service));
    expect_relative(r.of_class.front().wait, alone.wait, 1e-12);
  }
}

TEST(Priority, OneClassIsPollaczekKhinchine) {
  const PriorityClass one[] = {{0.6, good(Law::uniform(0, 2))}};
  const StationMeans want = good(mg1_fcfs(0.6, one[0].service));
  expect_relative(good(priority_nonpreemptive(one)).all.wait, want.wait, 1e-13);
  expect_relative(good(priority_preemptive(one)).all.wait, want.wait, 1e-13);
}

TEST(Priority, NamesTheBrokenAssumption) {
  const PriorityClass two[] = {{0.6, good(Law::constant(1))}, {0.6, good(Law::constant(1))}};
  expect_error(priority_preemptive(two), "utilisation 1.2 >= 1");
  expect_error(priority_nonpreemptive(two), "M/G/1 with priorities has no steady state");
  expect_error(priority_nonpreemptive({}), "at least one class");
}

}  // namespace
}  // namespace fleetsim::analytic
