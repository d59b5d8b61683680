#pragma once
#include <map>
#include <string>
#include <vector>

#include "workloads/serving/config.h"

namespace fleetsim::serving {

// Where requests stand until the router has a replica for them. Each model has a line of its own,
// served in the order of coming. A fair gateway has one for each tenant of a model and serves that
// which has had the fewest tokens for its weight. A tenant is charged for prompt and answer when
// its request is sent on, and not if no pass takes that up; one that comes after a pause begins
// level with the tenant served last, so nobody saves up. (The virtual token counter of Sheng et
// al., OSDI 2024, with lengths known.)
class Gateway {
 public:
  struct Place {
    std::uint32_t line = 0, call = 0;
    std::uint64_t number = 0;  // in the order of coming
  };
  explicit Gateway(const ServingConfig& config);

  Place stand(const Request& request, std::uint32_t call);
  void leave(const Place& place);  // without being served
  // Who goes next, of models that are not held.
  std::optional<Place> next() const;
  void hold(const Place& place);  // its model, until release()
  void release();
  void serve(const Place& next, const Request& request);
  void give_back(const Place& served, const Request& request);  // no pass has taken it up
  std::size_t waiting() const { return waiting_; }

 private:
  struct Line {
    std::uint32_t model = 0;
    std::string tenant{};
    double weight = 1;
    double served = 0;                               // tokens for its weight
    std::map<std::uint64_t, std::uint32_t> calls{};  // by number
  };
  static double charge(const Line& line, const Request& request);
  bool before(const Line& one, const Line& other) const;

  std::vector<Line> lines_;
  std::vector<std::uint32_t> line_of_;  // by client
  std::vector<double> level_;           // by model: of the line served last, before it was
  std::vector<bool> held_;              // by model
  std::size_t waiting_ = 0;
  std::uint64_t came_ = 0;
};

}  // namespace fleetsim::serving
