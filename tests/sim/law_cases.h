#pragma once
#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include "sim/law.h"

namespace fleetsim {

// What each parametrisation should give, from the parameters alone.
struct LawCase {
  std::string name;
  Law law;
  double mean = 0;
  double cv = 0;
};

inline void PrintTo(const LawCase& c, std::ostream* out) {
  *out << c.name;
}

inline std::vector<LawCase> continuous_laws() {
  std::vector<LawCase> cases;
  const auto add = [&](const char* name, Result<Law> law, double mean, double cv) {
    check(bool(law), "the law of a test exists");
    cases.push_back({name, *law, mean, cv});
  };
  const double sqrt_pi = std::sqrt(M_PI);
  add("exponential", Law::exponential(2.5), 2.5, 1);
  add("uniform", Law::uniform(1, 4), 2.5, std::sqrt(0.75) / 2.5);
  add("uniform_mean_cv", Law::uniform_mean_cv(3, 0.5), 3, 0.5);
  add("gamma", Law::gamma(4, 0.5), 2, 0.5);
  add("gamma_spread", Law::gamma_mean_cv(1e-3, 2), 1e-3, 2);
  add("gamma_narrow", Law::gamma_mean_cv(10, 0.1), 10, 0.1);
  add("weibull", Law::weibull(2, 3), 1.5 * sqrt_pi, std::sqrt(4 / M_PI - 1));
  add("weibull_shape_mean", Law::weibull_shape_mean(0.5, 4), 4, std::sqrt(5));
  add("weibull_mean_cv", Law::weibull_mean_cv(7, 0.3), 7, 0.3);
  add("weibull_spread", Law::weibull_mean_cv(7, 1.5), 7, 1.5);
  add("lognormal", Law::lognormal(0.3, 0.5), std::exp(0.425), std::sqrt(std::exp(0.25) - 1));
  add("lognormal_mean_cv", Law::lognormal_mean_cv(5, 1.2), 5, 1.2);
  // By hand for shape 2 on [1, 10]: E[X] = (2/0.99)(1 - 1/10), E[X^2] = (2/0.99) log 10.
  const double pareto_mean = 1.8 / 0.99, pareto_second = 2 * std::log(10) / 0.99;
  add("pareto", Law::pareto(2, 1, 10), pareto_mean,
      std::sqrt(pareto_second / (pareto_mean * pareto_mean) - 1));
  add("pareto_mean_cv", Law::pareto_mean_cv(1.1, 3, 2), 3, 2);
  add("pareto_light", Law::pareto_mean_cv(5, 3, 0.2), 3, 0.2);
  // E[X] = 0.3 + 2.8, E[X^2] = 2 (0.3 + 11.2).
  add("hyperexponential", Law::hyperexponential({0.3, 0.7}, {1, 4}), 3.1,
      std::sqrt(23 / (3.1 * 3.1) - 1));
  add("hyperexponential_mean_cv", Law::hyperexponential_mean_cv(2, 2.5), 2, 2.5);
  add("hyperexponential_one", Law::hyperexponential_mean_cv(2, 1), 2, 1);
  return cases;
}

inline std::vector<LawCase> discrete_laws() {
  std::vector<LawCase> cases;
  cases.push_back({"constant", *Law::constant(3), 3, 0});
  cases.push_back({"zero", *Law::constant(0), 0, 0});
  // 0, 2 and 5 by 1 : 2 : 1, out of order and with 2 twice.
  cases.push_back({"empirical", *Law::empirical({5, 2, 0, 2}, {1, 1, 1, 1}), 2.25,
                   std::sqrt((4 * 2 + 25) / 4.0 - 2.25 * 2.25) / 2.25});
  return cases;
}

inline std::vector<LawCase> all_laws() {
  std::vector<LawCase> cases = continuous_laws();
  for (LawCase& c : discrete_laws()) cases.push_back(std::move(c));
  return cases;
}

}  // namespace fleetsim
