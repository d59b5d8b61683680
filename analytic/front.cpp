#include "analytic/front.h"

#include <algorithm>

namespace fleetsim::analytic {

std::size_t Odometer::combinations() const {
  std::size_t product = 1;
  for (const std::size_t size : sizes_) product *= size;
  return product;
}

void Lowest::add(double value, std::size_t number) {
  if (!takes(value)) return;
  const auto place =
      std::upper_bound(kept_.begin(), kept_.end(), value,
                       [](double wanted, const auto& kept) { return wanted < kept.first; });
  kept_.insert(place, {value, number});
  if (kept_.size() > most_) kept_.pop_back();
}

void Front::add(double first, double second, std::size_t number) {
  if (!takes(first, second)) return;
  auto beaten = points_.lower_bound(first);
  while (beaten != points_.end() && beaten->second.second >= second) beaten = points_.erase(beaten);
  points_.insert({first, {second, number}});
}

}  // namespace fleetsim::analytic
