#include "traces/requests/servegen.h"

#include <cmath>
#include <limits>
#include <queue>

#include "traces/requests/synth_requests.h"

namespace fleetsim::requests {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

class ServeGenRows : public RowSource {
 public:
  ServeGenRows(const ServeGen& from, double span, double factor, std::uint64_t seed) {
    const Chance chance{.seed = seed};
    for (const auto& [client, windows] : from.rates) {
      std::vector<std::unique_ptr<RateFactor>> factors;
      factors.push_back(rate_windows(windows, servegen_window));
      One one{ArrivalTimes(factor, windows.front().gaps, std::move(factors),
                           chance.stream("servegen.gaps", client)),
              {}};
      one.times.stop_at(span);
      std::uint32_t part = 0;
      for (const ServeGenTokens& tokens : from.tokens.at(client)) {
        LengthPairs lengths(tokens.prompt, tokens.output, 0,
                            chance.stream("servegen.lengths", client * 4096 + part++));
        one.lengths.emplace_back(tokens.start, std::move(lengths));
      }
      clients_.push_back(std::move(one));
      order_.emplace(clients_.back().times.next(), clients_.size() - 1);
    }
  }

  Result<bool> next(RequestRow& row) override {
    if (order_.empty() || order_.top().first == never) return false;
    const auto [time, i] = order_.top();
    order_.pop();
    One& client = clients_[i];
    row = {.arrival = {std::llround(time * 1e9)}};
    while (client.part + 1 < client.lengths.size() && client.lengths[client.part + 1].first <= time)
      ++client.part;
    client.lengths[client.part].second.draw(row.prompt, row.output);
    order_.emplace(client.times.next(), i);
    return true;
  }

 private:
  struct One {
    ArrivalTimes times;
    std::vector<std::pair<double, LengthPairs>> lengths;  // from a time on
    std::size_t part = 0;
  };
  using Place = std::pair<double, std::size_t>;
  std::vector<One> clients_{};
  std::priority_queue<Place, std::vector<Place>, std::greater<>> order_{};
};

}  // namespace

double ServeGen::rate() const {
  double requests = 0;
  for (const auto& [client, windows] : rates)
    for (const RateWindow& one : windows) requests += one.rate * servegen_window;
  return requests / span;
}

Rows synthesise(const ServeGen& servegen, double span, double factor, std::uint64_t seed) {
  return std::make_unique<ServeGenRows>(servegen, span, factor, seed);
}

}  // namespace fleetsim::requests
