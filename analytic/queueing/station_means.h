#pragma once

namespace fleetsim::analytic {

// What a station shows on average in its steady state.
struct StationMeans {
  double utilization = 0;  // the part of its servers that work
  double wait = 0;         // s; the sojourn less the customer's own service
  double sojourn = 0;      // s, from arrival to departure
  double waiting = 0;      // customers, each by the part of its sojourn that is not service
  double present = 0;      // customers, waiting or in service
};

// The five means follow from one wait by Little's law L = lambda W (Little 1961).
inline StationMeans station_means(double arrival_rate, double servers, double mean_wait,
                                  double mean_service) {
  return {.utilization = arrival_rate * mean_service / servers,
          .wait = mean_wait,
          .sojourn = mean_wait + mean_service,
          .waiting = arrival_rate * mean_wait,
          .present = arrival_rate * (mean_wait + mean_service)};
}

}  // namespace fleetsim::analytic
