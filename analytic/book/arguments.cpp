#include "analytic/book/arguments.h"

#include <fmt/format.h>

namespace fleetsim::analytic {

Error Arguments::error() const {
  return {fmt::format("{}: {} is {:.6g}, but must be {}", solver_, name_, value_, rule_)};
}

}  // namespace fleetsim::analytic
