#pragma once
#include "analytic/bind.h"

namespace fleetsim::analytic {

// The outcome of a formula that tells one number; its row gives the number's name and unit.
struct Single {
  double value = 0;
};

inline std::vector<OutputSpec> single(std::string_view name, std::string_view unit,
                                      std::string_view help) {
  return {output<&Single::value>(name, unit, help)};
}

}  // namespace fleetsim::analytic
