#pragma once

namespace fleetsim::analytic {

// y = 1 + W0(-e^{-u-1}) for u >= 0, in (0, 1): the root of u = -ln(1-y) - y. W0 is the principal
// branch of Lambert's function (Corless et al. 1996). For small u, y ~ sqrt(2u) and W0 sits beside
// its branch point, where it knows y only to half of the digits; this function keeps them all.
double one_plus_lambert(double u);

// 1 + W0(x / e) for x >= 0: what becomes of the same where the argument has changed sign.
double one_plus_lambert_positive(double x);

}  // namespace fleetsim::analytic
