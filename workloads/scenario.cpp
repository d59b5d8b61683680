#include "workloads/scenario.h"

#include "workloads/device/device_model.h"
#include "workloads/loads/loads_model.h"
#include "workloads/network/network_model.h"
#include "workloads/queueing/queueing_model.h"
#include "workloads/rare/rare_model.h"
#include "workloads/serving/serving_model.h"
#include "workloads/shared_model.h"
#include "workloads/training/training_model.h"

namespace fleetsim {

std::unique_ptr<Model> model_of(const Scenario& scenario) {
  if (scenario.devices) return std::make_unique<device::DeviceModel>(*scenario.devices);
  if (scenario.loads) return std::make_unique<loads::LoadsModel>(*scenario.loads);
  if (scenario.serving && scenario.training)
    return std::make_unique<SharedModel>(*scenario.training, *scenario.serving);
  if (scenario.serving) return std::make_unique<serving::ServingModel>(*scenario.serving);
  if (scenario.network) return std::make_unique<network::NetworkModel>(*scenario.network);
  if (scenario.rare) return std::make_unique<rare::RareModel>(*scenario.training, *scenario.rare);
  if (scenario.training) return std::make_unique<training::TrainingModel>(*scenario.training);
  check(scenario.queueing.has_value(), "a scenario has something to simulate");
  return std::make_unique<queueing::QueueingModel>(*scenario.queueing);
}

}  // namespace fleetsim
