#pragma once
#include <memory>
#include <vector>

#include "sim/law.h"
#include "traces/requests/synth_recipe.h"

namespace fleetsim::requests {

// Something that changes the rate at which a client sends requests: constant for a while, then
// another. Times are in seconds from the beginning of the trace.
class RateFactor {
 public:
  virtual ~RateFactor() = default;
  double value() const { return value_; }
  double until() const { return until_; }  // s
  virtual void advance() = 0;              // to what comes at until()
  // The law of gaps of mean 1 from now on, where this decides it too.
  virtual const Law* gaps() const { return nullptr; }

 protected:
  double value_ = 1, until_ = 0;
};

// Those of a client; entity tells apart the streams of chance of different clients.
std::vector<std::unique_ptr<RateFactor>> rate_factors(const Recipe::Client& client,
                                                      const Chance& chance, std::uint32_t entity);

// Windows of one length with a rate and a law of gaps each, as ServeGen describes clients; those
// that are left out are silent.
struct RateWindow {
  double start = 0, rate = 0;  // s, 1/s
  Law gaps;
};
std::unique_ptr<RateFactor> rate_windows(std::vector<RateWindow> windows, double length);

}  // namespace fleetsim::requests
