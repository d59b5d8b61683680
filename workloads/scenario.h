#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sim/units.h"
#include "workloads/device/config.h"
#include "workloads/loads/config.h"
#include "workloads/model.h"
#include "workloads/network/config.h"
#include "workloads/queueing/config.h"
#include "workloads/rare/exhaustion.h"
#include "workloads/serving/config.h"
#include "workloads/training/config.h"

namespace fleetsim {

// How to run a scenario and what to make of the replications.
struct RunConfig {
  Duration horizon{};
  std::optional<Duration> warm_up;  // empty: found by MSER-5 on pilot replications
  std::uint32_t replications = 20;
  std::uint32_t batches = 20;  // of a single replication, which has nobody to be compared with
  std::uint64_t seed = 1;
  bool antithetic = false;               // replications come in pairs of mirrored draws
  bool control_variates = false;         // regress on inputs whose means are known
  std::uint32_t keep_requests = 10'000;  // rows of /requests in the result file
};

// One experiment, checked: past the loader nobody checks again.
struct Scenario {
  std::string name;
  std::optional<queueing::QueueingConfig> queueing;  // either this
  std::optional<network::NetworkConfig> network;     // or this
  std::optional<training::TrainingConfig> training;  // or this
  std::optional<device::DevicesConfig> devices;      // or this
  std::optional<loads::LoadsConfig> loads;           // or this
  std::optional<serving::ServingConfig> serving;     // or this, also beside training
  std::optional<rare::ExhaustionConfig> rare;        // beside training
  RunConfig run;
};

std::unique_ptr<Model> model_of(const Scenario& scenario);

}  // namespace fleetsim
