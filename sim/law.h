#pragma once
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/result.h"
#include "sim/stream.h"

namespace fleetsim {

// The laws of chance that scenarios may name. Each is plain data; build them with the functions
// below, which refuse parameters that no random variable can have.
struct ConstantLaw {
  double value = 0;
};
struct ExponentialLaw {
  double mean = 1;
};
struct UniformLaw {
  double low = 0, high = 1;
};
struct GammaLaw {
  double shape = 1, scale = 1;
};
struct WeibullLaw {
  double shape = 1, scale = 1;
};
struct LognormalLaw {  // exp(Normal(mu, sigma))
  double mu = 0, sigma = 1;
};
struct ParetoLaw {  // bounded: density ~ x^(-shape-1) on [low, high]
  double shape = 1, low = 1, high = 2;
};
struct HyperexponentialLaw {  // Exponential(mean_i) with probability p_i
  std::vector<double> probability, mean;
};
struct EmpiricalLaw {  // one of the values, by weight
  struct Table {
    std::vector<double> value, cumulative;  // sorted by value; cumulative ends in 1
  };
  std::shared_ptr<const Table> table;  // shared: a law is copied into many places
};

// A non-negative random variable. Its moments are finite, and so is each draw.
//
// In a stream's free mode a draw takes the fastest way (Boost.Random: ziggurats for exponential and
// normal); in the other modes it is the quantile of one uniform, so draws rise with the uniform and
// mirrored streams give negatively correlated pairs. Forms are those of Johnson, Kotz and
// Balakrishnan (Continuous Univariate Distributions, 1994).
class Law {
 public:
  using Kind = std::variant<ConstantLaw, ExponentialLaw, UniformLaw, GammaLaw, WeibullLaw,
                            LognormalLaw, ParetoLaw, HyperexponentialLaw, EmpiricalLaw>;

  // Where people think so: by mean and coefficient of variation (cv = sd / mean). An Error says
  // which values a parameter may have.
  static Result<Law> constant(double value);
  static Result<Law> exponential(double mean);
  static Result<Law> uniform(double low, double high);
  static Result<Law> uniform_mean_cv(double mean, double cv);
  static Result<Law> gamma(double shape, double scale);
  static Result<Law> gamma_mean_cv(double mean, double cv);
  static Result<Law> weibull(double shape, double scale);
  static Result<Law> weibull_shape_mean(double shape, double mean);
  static Result<Law> weibull_mean_cv(double mean, double cv);
  static Result<Law> lognormal(double mu, double sigma);
  static Result<Law> lognormal_mean_cv(double mean, double cv);
  static Result<Law> pareto(double shape, double low, double high);
  static Result<Law> pareto_mean_cv(double shape, double mean, double cv);
  static Result<Law> hyperexponential(std::vector<double> probability, std::vector<double> mean);
  static Result<Law> hyperexponential_mean_cv(double mean, double cv);  // balanced means, cv >= 1
  static Result<Law> empirical(std::vector<double> value, std::vector<double> weight);

  double draw(Stream& stream) const;
  double mean() const;
  double variance() const;
  double cv() const;                             // sd / mean; 0 when the mean is 0
  double second_moment() const;                  // E[X^2]
  double cdf(double x) const;                    // P(X <= x)
  double quantile(double p) const;               // smallest x with cdf(x) >= p; REQUIRES: 0 < p < 1
  double partial_mean(double x) const;           // E[X; X <= x]
  double partial_second_moment(double x) const;  // E[X^2; X <= x]
  // E[exp(-s X)], s >= 0; for lognormal, weibull and pareto by quadrature to 1e-10.
  double laplace(double s) const;
  std::string name() const;  // "exponential", ...
  const Kind& kind() const { return kind_; }

 private:
  template <class Alternative>
  explicit Law(Alternative law) : kind_(std::move(law)) {}
  Kind kind_;
};

}  // namespace fleetsim
