#include "analytic/queueing/birth_death.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fleetsim::analytic {

Result<std::vector<double>> birth_death(std::span<const double> birth,
                                        std::span<const double> death) {
  if (birth.size() != death.size())
    return Error{fmt::format("a birth-death chain needs as many births as deaths, not {} and {}",
                             birth.size(), death.size())};
  for (std::size_t k = 0; k < birth.size(); ++k)
    if (!(birth[k] >= 0 && death[k] > 0 && std::isfinite(birth[k]) && std::isfinite(death[k])))
      return Error{fmt::format(
          "a birth-death chain needs births >= 0 and deaths > 0, not {:.6g} and {:.6g} at step {}",
          birth[k], death[k], k)};

  std::vector<double> mantissa(birth.size() + 1);
  std::vector<std::int64_t> exponent(birth.size() + 1);
  mantissa[0] = 0.5;
  exponent[0] = 1;
  std::int64_t highest = 1;
  for (std::size_t k = 0; k < birth.size(); ++k) {
    int up = 0;
    int down = 0;
    int moved = 0;  // exponents of both rates apart, so that no quotient overflows
    const double ratio = std::frexp(birth[k], &up) / std::frexp(death[k], &down);
    mantissa[k + 1] = std::frexp(mantissa[k] * ratio, &moved);
    exponent[k + 1] = exponent[k] + moved + up - down;
    if (mantissa[k + 1] > 0) highest = std::max(highest, exponent[k + 1]);
  }
  for (std::size_t k = 0; k < mantissa.size(); ++k)  // past -2000, ldexp gives 0 anyway
    mantissa[k] = std::ldexp(
        mantissa[k], static_cast<int>(std::max<std::int64_t>(exponent[k] - highest, -2000)));
  const double total = std::accumulate(mantissa.begin(), mantissa.end(), 0.0);
  for (double& p : mantissa) p /= total;
  return mantissa;
}

}  // namespace fleetsim::analytic
