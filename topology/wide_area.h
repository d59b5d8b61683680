#pragma once

namespace fleetsim {

// Delay between cities of which only the distance is known.

// How many times as long as light in glass along the great circle an answer takes in practice, for
// cables follow coasts and railways and routers stand between. The median over the 2,313 pairs of
// AWS, Azure and GCP regions farther apart than 100 km, of the least round trip that Skyplane
// measured in April 2022 (profiles/latency.csv); quartiles 1.58 and 2.30. A round trip is the same
// from either end, so of both directions the slower counts: 105 of the 4,692 rows are faster than
// light, every one of them probed from GCP, and only 2 of the 2,346 pairs are so both ways.
inline constexpr double default_stretch = 1.865;

}  // namespace fleetsim
