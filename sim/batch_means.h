#pragma once
#include <span>
#include <vector>

namespace fleetsim {

// One long run instead of many: a series of dependent observations is cut into batches, so long
// that their means are all but independent, and a t interval is drawn from those means
// (Schmeiser, Oper. Res. 30, 1982: 10 to 30 batches serve best).

// The means of `batches` consecutive batches of equal length. What doesn't fill a batch is dropped
// at the front, where a trace of the warm-up is likeliest.
// REQUIRES: batches > 0 and at least as many observations.
std::vector<double> batch_means(std::span<const double> series, std::size_t batches);

// Whether neighbours are alike: the test of von Neumann (1941) in Fishman's form (Manag. Sci. 24,
// 1978). C = 1 - sum (x_(i+1) - x_i)^2 / (2 sum (x_i - mean)^2) estimates the correlation of
// neighbours and, for independent normal values, is close to normal(0, (n-2)/(n^2-1)).
struct Neighbours {
  double correlation = 0;  // C; 0 when all values are equal
  double p_value = 1;      // of values at least as alike, were they independent
};
Neighbours neighbours(std::span<const double> values);  // REQUIRES: at least 3

}  // namespace fleetsim
