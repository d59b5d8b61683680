#include "workloads/serving/adapters.h"

#include <cmath>
#include <vector>

namespace fleetsim::serving {

std::uint32_t adapter_of(const Adapters& adapters, std::uint64_t luck) {
  const double u = Chance{.seed = luck}.stream("serving.adapter").uniform();
  return static_cast<std::uint32_t>(adapters.popularity.quantile(u));
}

Result<Law> zipf(std::uint32_t count, double exponent) {
  std::vector<double> number, weight;
  for (std::uint32_t i = 0; i < count; ++i) {
    number.push_back(i);
    weight.push_back(std::pow(i + 1.0, -exponent));
  }
  return Law::empirical(std::move(number), std::move(weight));
}

bool AdapterSlots::has_room(std::uint32_t adapter) const {
  return there_.has(adapter) || there_.idle() > 0 || there_.blocks() < config_->slots;
}

bool AdapterSlots::use(std::uint32_t adapter) {
  const std::uint64_t name = adapter;
  const bool missing = !there_.has(name);
  if (!missing) {
    there_.hold({&name, 1}, 1);
  } else {
    if (there_.blocks() == config_->slots) there_.give_up_one();
    there_.bring({&name, 1}, 0);
  }
  return missing;
}

void AdapterSlots::let_go(std::uint32_t adapter) {
  const std::uint64_t name = adapter;
  there_.let_go({&name, 1}, 1);
}

}  // namespace fleetsim::serving
