#include "workloads/training/telling.h"

namespace fleetsim::training {

void tell(Twin& twin, const std::string& metric, double value, const char* formula,
          const std::string& broken) {
  Prediction out{.metric = metric, .value = {}, .formula = {}, .note = {}};
  if (broken.empty()) {
    out.value = value;
    out.formula = formula;
  } else {
    out.note = "no closed form: " + broken;
    twin.rivals.push_back({metric, value, formula, "it does not hold, for " + broken});
  }
  twin.predictions.push_back(std::move(out));
}

void tell_quietly(Twin& twin, const std::string& metric, double value, const char* formula,
                  const std::string& broken) {
  tell(twin, metric, value, formula, broken);
  if (!broken.empty()) twin.rivals.pop_back();
}

}  // namespace fleetsim::training
