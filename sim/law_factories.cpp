#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/roots.hpp>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <numeric>
#include <optional>

#include "sim/law.h"

namespace fleetsim {
namespace {

// Wide enough for any quantity in SI units, yet all second moments fit a double. With them all
// draws do: x^2 P(X > x) <= E[X^2], and no draw is rarer than 2^-64.
constexpr double tiny = 1e-100, huge = 1e100;
constexpr double weibull_shape_min = 0.05, weibull_shape_max = 1000;
constexpr double pareto_ratio_max = 1e15;

std::string text(double x) {
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, x, std::chars_format::general, 4).ptr;
  return {buffer, end};
}

struct Parameter {
  const char* name;
  double value, low, high;
};

// Written so that NaN is refused as well.
std::optional<Error> refused(const std::string& law, std::initializer_list<Parameter> parameters) {
  for (const Parameter& p : parameters)
    if (!(p.value >= p.low && p.value <= p.high))
      return Error{law + ": " + p.name + " must lie in [" + text(p.low) + ", " + text(p.high) +
                   "] (got " + text(p.value) + ")"};
  return std::nullopt;
}

// The root of a monotone function between two points of different sign.
template <class Function>
double root(Function f, double low, double high) {
  std::uintmax_t steps = 200;
  const auto bracket = boost::math::tools::toms748_solve(
      f, low, high, boost::math::tools::eps_tolerance<double>(50), steps);
  return (bracket.first + bracket.second) / 2;
}

}  // namespace

Result<Law> Law::constant(double value) {
  if (auto error = refused("constant", {{"value", value, 0, huge}})) return *error;
  return Law(ConstantLaw{value});
}

Result<Law> Law::exponential(double mean) {
  if (auto error = refused("exponential", {{"mean", mean, tiny, huge}})) return *error;
  return Law(ExponentialLaw{mean});
}

Result<Law> Law::uniform(double low, double high) {
  if (auto error = refused("uniform", {{"low", low, 0, huge}, {"high", high, low, huge}}))
    return *error;
  return Law(UniformLaw{low, high});
}

Result<Law> Law::uniform_mean_cv(double mean, double cv) {
  const double cv_max = 1 / std::sqrt(3.0);  // low is 0 there
  if (auto error = refused("uniform", {{"mean", mean, tiny, huge}, {"cv", cv, 0, cv_max}}))
    return *error;
  const double reach = std::min(1.0, cv / cv_max);
  return uniform(mean * (1 - reach), mean * (1 + reach));
}

Result<Law> Law::gamma(double shape, double scale) {
  if (auto error = refused("gamma", {{"shape", shape, 1e-4, 1e6}, {"scale", scale, tiny, huge}}))
    return *error;
  return Law(GammaLaw{shape, scale});
}

Result<Law> Law::gamma_mean_cv(double mean, double cv) {
  if (auto error = refused("gamma", {{"mean", mean, tiny, huge}, {"cv", cv, 1e-3, 100}}))
    return *error;
  return Law(GammaLaw{1 / (cv * cv), mean * cv * cv});
}

Result<Law> Law::weibull(double shape, double scale) {
  if (auto error = refused("weibull", {{"shape", shape, weibull_shape_min, weibull_shape_max},
                                       {"scale", scale, tiny, huge}}))
    return *error;
  return Law(WeibullLaw{shape, scale});
}

Result<Law> Law::weibull_shape_mean(double shape, double mean) {
  if (auto error = refused("weibull", {{"shape", shape, weibull_shape_min, weibull_shape_max},
                                       {"mean", mean, tiny, huge}}))
    return *error;
  return Law(WeibullLaw{shape, mean / boost::math::tgamma(1 + 1 / shape)});
}

Result<Law> Law::weibull_mean_cv(double mean, double cv) {
  const auto cv_of = [](double shape) { return Law(WeibullLaw{shape, 1}).cv(); };
  if (auto error =
          refused("weibull", {{"mean", mean, tiny, huge},
                              {"cv", cv, cv_of(weibull_shape_max), cv_of(weibull_shape_min)}}))
    return *error;
  const double log_shape =
      root([&](double y) { return std::log(cv_of(std::exp(y)) / cv); },
           std::log(weibull_shape_min) - 1e-9, std::log(weibull_shape_max) + 1e-9);
  return weibull_shape_mean(std::clamp(std::exp(log_shape), weibull_shape_min, weibull_shape_max),
                            mean);
}

Result<Law> Law::lognormal(double mu, double sigma) {
  if (auto error = refused("lognormal", {{"mu", mu, -230, 230}, {"sigma", sigma, 1e-4, 10}}))
    return *error;
  return Law(LognormalLaw{mu, sigma});
}

Result<Law> Law::lognormal_mean_cv(double mean, double cv) {
  if (auto error = refused("lognormal", {{"mean", mean, tiny, huge}, {"cv", cv, 1e-4, 1e6}}))
    return *error;
  const double variance = std::log1p(cv * cv);
  return Law(LognormalLaw{std::log(mean) - variance / 2, std::sqrt(variance)});
}

Result<Law> Law::pareto(double shape, double low, double high) {
  if (auto error = refused(
          "pareto",
          {{"shape", shape, 1e-3, 1000}, {"low", low, tiny, huge}, {"high", high, low, huge}}))
    return *error;
  if (high == low) return Error{"pareto: high must be above low (got " + text(low) + " for both)"};
  return Law(ParetoLaw{shape, low, high});
}

Result<Law> Law::pareto_mean_cv(double shape, double mean, double cv) {
  if (auto error = refused("pareto", {{"shape", shape, 1e-3, 1000}, {"mean", mean, tiny, huge}}))
    return *error;
  const auto unit = [shape](double log_ratio) {
    return Law(ParetoLaw{shape, 1, std::exp(log_ratio)});
  };
  const double widest = std::log(pareto_ratio_max);
  const double cv_min = std::min(1e-3, unit(widest).cv() / 2), cv_max = unit(widest).cv();
  if (auto error = refused("pareto of shape " + text(shape), {{"cv", cv, cv_min, cv_max}}))
    return *error;
  const double log_ratio =
      cv == cv_max ? widest
                   : root([&](double y) { return unit(y).cv() - cv; }, 1e-6 * cv_min, widest);
  const Law law = unit(log_ratio);
  const double low = mean / law.mean();
  return pareto(shape, low, low * std::exp(log_ratio));
}

Result<Law> Law::hyperexponential(std::vector<double> probability, std::vector<double> mean) {
  if (probability.empty() || probability.size() != mean.size())
    return Error{"hyperexponential: needs as many probabilities as means, and at least one (got " +
                 std::to_string(probability.size()) + " and " + std::to_string(mean.size()) + ")"};
  HyperexponentialLaw law;
  double sum = 0;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    if (auto error = refused("hyperexponential", {{"probability", probability[i], 0, 1},
                                                  {"mean", mean[i], tiny, huge}}))
      return *error;
    sum += probability[i];
    if (probability[i] == 0) continue;
    law.probability.push_back(probability[i]);
    law.mean.push_back(mean[i]);
  }
  if (std::abs(sum - 1) > 1e-9)
    return Error{"hyperexponential: the probabilities must sum to 1 (got " + text(sum) + ")"};
  return Law(std::move(law));
}

// Two phases that carry half of the mean each: p1 m1 = p2 m2 (Whitt, Bell Syst. Tech. J. 61, 1982).
Result<Law> Law::hyperexponential_mean_cv(double mean, double cv) {
  if (auto error = refused("hyperexponential", {{"mean", mean, tiny, huge}, {"cv", cv, 1, 1e4}}))
    return *error;
  const double square = cv * cv;
  const double lean = std::sqrt((square - 1) / (square + 1));
  const double frequent = (1 + lean) / 2;
  const double rare = 1 / ((square + 1) * (1 + lean));  // (1 - lean) / 2 without cancellation
  return Law(HyperexponentialLaw{{frequent, rare}, {mean / (2 * frequent), mean / (2 * rare)}});
}

Result<Law> Law::empirical(std::vector<double> value, std::vector<double> weight) {
  if (value.empty() || value.size() != weight.size())
    return Error{"empirical: needs as many weights as values, and at least one (got " +
                 std::to_string(weight.size()) + " and " + std::to_string(value.size()) + ")"};
  for (std::size_t i = 0; i < value.size(); ++i)
    if (auto error =
            refused("empirical", {{"value", value[i], 0, huge}, {"weight", weight[i], 0, huge}}))
      return *error;
  std::vector<std::size_t> order(value.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return value[a] < value[b]; });
  EmpiricalLaw::Table table;
  double sum = 0;
  for (const std::size_t i : order) {
    if (weight[i] == 0) continue;
    sum += weight[i];
    if (table.value.empty() || table.value.back() != value[i]) {
      table.value.push_back(value[i]);
      table.cumulative.push_back(sum);
    }
    table.cumulative.back() = sum;
  }
  if (sum == 0) return Error{"empirical: at least one weight must be above 0"};
  for (double& c : table.cumulative) c /= sum;
  return Law(EmpiricalLaw{std::make_shared<const EmpiricalLaw::Table>(std::move(table))});
}

}  // namespace fleetsim
