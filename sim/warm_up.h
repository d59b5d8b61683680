#pragma once
#include <cstddef>
#include <span>

namespace fleetsim {

// How much of the start of a series is not yet typical of the rest.
struct WarmUp {
  std::size_t length = 0;  // observations to leave out
  bool settled = false;    // false: the series is too short to tell, and `length` is only a guess
};

// MSER-5 (White, Simulation 69, 1997; White, Cobb and Spratt, WSC 2000). The series becomes means
// of 5; of these n, leave out the first d, where d minimises the squared standard error of the mean
// of what is left: MSER(d) = sum over i > d of (x_i - mean_d)^2 / (n - d)^2.
//
// A minimum in the second half says that the run ends while it still warms up; then `settled` is
// false and `length` is the best of the first half. So it is for less than 10 means. The last 5 %
// of the means (at least 5) are no candidates: so few can agree by chance.
WarmUp mser5(std::span<const double> series);

}  // namespace fleetsim
