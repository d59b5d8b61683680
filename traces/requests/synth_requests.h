#pragma once
#include <memory>
#include <string>

#include "traces/requests/change_requests.h"
#include "traces/requests/rate_factor.h"
#include "traces/requests/synth_recipe.h"

namespace fleetsim::requests {

// When a client sends its requests: a renewal process in a time that passes as fast as the rate is
// high. Until the next arrival it takes a gap of mean 1, used up by the integral of the rate.
class ArrivalTimes {
 public:
  ArrivalTimes(double rate, Law unit_gap, std::vector<std::unique_ptr<RateFactor>> factors,
               Stream stream);
  double next();  // s, from the beginning; infinity when there are no more before `end`
  void stop_at(double end) { end_ = end; }

 private:
  double rate() const;
  double until() const;

  double rate_;
  Law law_;
  std::vector<std::unique_ptr<RateFactor>> factors_;
  Stream stream_;
  double now_ = 0, end_ = 0;
};

// The lengths of prompts and answers: two tables of quantiles joined by a normal copula.
class LengthPairs {
 public:
  LengthPairs(QuantileTable prompt, QuantileTable output, double correlation, Stream stream);
  void draw(std::uint32_t& prompt, std::uint32_t& output);

 private:
  QuantileTable prompt_, output_;
  double correlation_;
  Stream stream_;
};

// A recipe's requests, drawn one by one.
Result<Rows> synthesise(const Recipe& recipe, std::uint64_t seed);

// A stand-in for a published trace, whole (see twin_names).
Result<serving::RequestTrace> load_twin(const std::string& name, std::uint64_t seed = 1);

}  // namespace fleetsim::requests
