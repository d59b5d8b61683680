#include "analytic/precision.h"

#include <algorithm>
#include <cctype>

namespace fleetsim::analytic {

std::optional<Precision> precision_named(std::string_view name) {
  const auto alike = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  };
  for (std::size_t i = 0; i < precisions; ++i)
    if (std::equal(name.begin(), name.end(), precision_names[i].begin(), precision_names[i].end(),
                   alike))
      return static_cast<Precision>(i);
  return std::nullopt;
}

}  // namespace fleetsim::analytic
