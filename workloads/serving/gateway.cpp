#include "workloads/serving/gateway.h"

#include <algorithm>

namespace fleetsim::serving {

Gateway::Gateway(const ServingConfig& config) {
  for (const ClientConfig& client : config.clients) {
    const std::string& tenant = client.tenant.empty() ? client.name : client.tenant;
    const Line wanted{
        .model = client.model, .tenant = config.fair ? tenant : "", .weight = client.weight};
    const auto found = std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) {
      return line.model == wanted.model && line.tenant == wanted.tenant;
    });
    line_of_.push_back(static_cast<std::uint32_t>(found - lines_.begin()));
    if (found == lines_.end()) lines_.push_back(wanted);
    if (client.model >= level_.size()) level_.resize(client.model + 1);
  }
  held_.resize(level_.size());
}

Gateway::Place Gateway::stand(const Request& request, std::uint32_t call) {
  const Place place{line_of_[request.client], call, ++came_};
  Line& line = lines_[place.line];
  if (line.calls.empty()) line.served = std::max(line.served, level_[line.model]);
  line.calls.emplace_hint(line.calls.end(), place.number, call);
  ++waiting_;
  return place;
}

void Gateway::leave(const Place& place) {
  lines_[place.line].calls.erase(place.number);
  --waiting_;
}

// Within a model by what was served, between models and of equals by who came first.
bool Gateway::before(const Line& one, const Line& other) const {
  if (one.model == other.model && one.served != other.served) return one.served < other.served;
  return one.calls.begin()->first < other.calls.begin()->first;
}

std::optional<Gateway::Place> Gateway::next() const {
  if (waiting_ == 0) return std::nullopt;
  const Line* found = nullptr;
  for (const Line& line : lines_)
    if (!line.calls.empty() && !held_[line.model] && (found == nullptr || before(line, *found)))
      found = &line;
  if (found == nullptr) return std::nullopt;
  const auto [number, call] = *found->calls.begin();
  return Place{static_cast<std::uint32_t>(found - lines_.data()), call, number};
}

void Gateway::hold(const Place& place) {
  held_[lines_[place.line].model] = true;
}

void Gateway::release() {
  std::fill(held_.begin(), held_.end(), false);
}

double Gateway::charge(const Line& line, const Request& request) {
  return (double{1} * request.prompt + request.output) / line.weight;
}

void Gateway::serve(const Place& next, const Request& request) {
  Line& line = lines_[next.line];
  level_[line.model] = line.served;
  line.served += charge(line, request);
  leave(next);
}

void Gateway::give_back(const Place& served, const Request& request) {
  lines_[served.line].served -= charge(lines_[served.line], request);
}

}  // namespace fleetsim::serving
