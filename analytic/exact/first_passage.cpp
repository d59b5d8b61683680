#include "analytic/exact/first_passage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "analytic/book/arguments.h"

namespace fleetsim::analytic {
namespace {

constexpr double most_steps = 3e8;
constexpr double negligible = 1e-17;

// A chain that moves by one, a jump at a time; it stays in the last state.
class Jumps {
 public:
  Jumps(std::span<const double> birth, std::span<const double> death, double rate)
      : up_(birth.begin(), birth.end()),
        down_(birth.size(), 0),
        now_(birth.size(), 0),
        next_(birth.size(), 0) {
    for (double& p : up_) p /= rate;
    for (std::size_t k = 1; k < down_.size(); ++k) down_[k] = death[k - 1] / rate;
    now_[0] = 1;
  }

  double arrived() const { return arrived_; }

  void jump() {
    const std::size_t n = now_.size();
    arrived_ += now_[n - 1] * up_[n - 1];
    for (std::size_t k = 0; k < n; ++k) {
      next_[k] = now_[k] * (1 - up_[k] - down_[k]);
      if (k > 0) next_[k] += now_[k - 1] * up_[k - 1];
      if (k + 1 < n) next_[k] += now_[k + 1] * down_[k + 1];
    }
    now_.swap(next_);
  }

 private:
  std::vector<double> up_, down_, now_, next_;
  double arrived_ = 0;
};

// Poisson weights of mode, mode - 1, ... against that of the mode, as far as they are not 0.
std::vector<double> weights_from_mode(double mean) {
  std::vector<double> weight = {1};
  for (double m = std::floor(mean); m > 0 && weight.back() > 0; --m)
    weight.push_back(weight.back() * m / mean);
  return weight;
}

Status checked(std::span<const double> birth, std::span<const double> death, double t) {
  if (birth.empty() || birth.size() != death.size() + 1)
    return Error{fmt::format("a first passage needs one birth more than deaths, not {} and {}",
                             birth.size(), death.size())};
  const auto fine = [](double rate) { return rate >= 0 && std::isfinite(rate); };
  if (!std::all_of(birth.begin(), birth.end(), fine) ||
      !std::all_of(death.begin(), death.end(), fine) || !fine(t))
    return Error{"a first passage needs rates and a time of zero or more"};
  return Done{};
}

}  // namespace

Result<double> first_passage(std::span<const double> birth, std::span<const double> death,
                             double t) {
  if (const Status fine = checked(birth, death, t); !fine) return fine.error();
  double rate = birth[0];
  for (std::size_t k = 0; k < death.size(); ++k) rate = std::max(rate, birth[k + 1] + death[k]);
  const double mean = rate * t;
  if (mean == 0) return 0.0;
  const double steps = mean * static_cast<double>(birth.size());
  if (!(steps <= most_steps))
    return Error{fmt::format("a first passage takes {:.2g} steps; at most {:.2g} are allowed",
                             steps, most_steps)};
  Jumps chain(birth, death, rate);
  const std::vector<double> before = weights_from_mode(mean);
  const auto mode = static_cast<std::size_t>(mean);
  double passed = 0, total = 0, weight = 0;
  for (std::size_t m = 0;; ++m) {
    if (m > mode)
      weight *= mean / static_cast<double>(m);
    else if (mode - m < before.size())
      weight = before[mode - m];
    total += weight;
    passed += weight * chain.arrived();
    // What is left is less than a geometric series of these, of which each arrives at most.
    const double left = mean / static_cast<double>(m + 1);
    if (left < 1 && m >= birth.size() && weight * left / (1 - left) <= negligible * passed) break;
    if (weight == 0 && m > mode) break;
    chain.jump();
  }
  return std::min(1.0, passed / total);
}

Result<double> exhaustion(const SparesPlan& plan, double t) {
  Arguments in("the exhaustion of spares");
  in.at_least_one("active", plan.active)
      .nonnegative("spares", static_cast<double>(plan.spares))
      .at_least_one("crews", plan.crews)
      .positive("mttf", plan.mttf)
      .positive("mttr", plan.mttr)
      .fraction("warm", plan.warm)
      .nonnegative("time", t)
      .need(plan.spares <= 1'000'000, "spares", static_cast<double>(plan.spares),
            "at most a million");
  if (!in.fine()) return in.error();
  std::vector<double> fail, mend;
  for (std::int64_t down = 0; down <= plan.spares; ++down) {
    const double waiting = static_cast<double>(plan.spares - down);
    fail.push_back((static_cast<double>(plan.active) + plan.warm * waiting) / plan.mttf);
    if (down > 0) mend.push_back(static_cast<double>(std::min(down, plan.crews)) / plan.mttr);
  }
  return first_passage(fail, mend, t);
}

}  // namespace fleetsim::analytic
