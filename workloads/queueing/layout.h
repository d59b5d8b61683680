#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/law.h"
#include "workloads/queueing/config.h"

namespace fleetsim::queueing {

// A queueing system in the words of theory: which classes of customers, arriving how, at one
// station or at a network of them. Recognised by structure; names mean nothing.

bool is_exponential(const Law& law);  // under any of its names: a gamma law of shape 1, ...
bool is_constant(const Law& law);

// A law with these two moments, for formulas that depend on no more.
Law law_of_moments(double mean, double second_moment);

// The sources taken together. Independent Poisson streams add up to one.
enum class Arrivals : std::uint8_t { poisson, renewal, mmpp, population, schedule, several };

struct CustomerClass {  // the customers of one source
  double rate = 0;      // 1/s; at one copy
  Law service;
  std::uint32_t priority = 0;
};

// Every source leads to one station, and out from there.
struct OneStation {
  // How customers come to one of its copies.
  enum class Split : std::uint8_t { random, in_turn, shortest, best_of_some };

  const StationConfig* station = nullptr;
  Split split = Split::random;  // also where there is nothing to choose
  std::uint32_t choices = 1;
  std::vector<CustomerClass> classes;  // by source
  double rate = 0;                     // 1/s, at one copy
  double mean_service = 0, second_moment = 0;
  std::optional<Law> service;  // of everybody, where there is one law for all

  double copies() const { return station->copies; }
  double servers() const { return station->servers; }
  Law any_service() const {
    return service ? *service : law_of_moments(mean_service, second_moment);
  }
  bool exponential() const { return service && is_exponential(*service); }
  bool one_priority() const;
  bool in_order() const;     // first come, first served
  bool class_blind() const;  // no source is better off than another
};

// Customers go from station to station by chance, and by nothing else.
struct Network {
  std::vector<std::vector<double>> enters;  // [source][station]
  std::vector<std::vector<double>> next;    // [station][station]; the rest of a row leaves
  std::vector<std::vector<double>> visits;  // [source][station]: mean number per customer
  std::vector<double> rate;                 // [station], 1/s; 0 of a closed population
};

struct Layout {
  const QueueingConfig* config = nullptr;
  Arrivals arrivals = Arrivals::several;
  double rate = 0;  // 1/s, of all sources; 0 where the layout alone doesn't say
  std::optional<OneStation> one;
  std::optional<Network> network;  // also of one station

  bool open() const { return rate > 0; }
};
Layout layout_of(const QueueingConfig& config);

// Why there is no steady state; nothing where there is one, or where only a formula can tell.
std::optional<std::string> never_settles(const Layout& layout);

}  // namespace fleetsim::queueing
