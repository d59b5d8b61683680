#include "topology/site.h"

namespace fleetsim {

Result<Site> Site::make(Grid grid, Facility facility) {
  const auto carbon = product(grid.carbon, facility.per_it);
  if (!carbon) return Error{"carbon and PUE: " + carbon.error().message};
  const auto cost = product(grid.price, facility.per_it);
  if (!cost) return Error{"price and PUE: " + cost.error().message};
  Site site;
  site.grid_ = std::move(grid);
  site.facility_ = std::move(facility);
  site.carbon_per_it_ = *carbon;
  site.cost_per_it_ = *cost;
  return site;
}

}  // namespace fleetsim
