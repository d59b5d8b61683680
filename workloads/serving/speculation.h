#pragma once
#include <cstdint>
#include <optional>

namespace fleetsim::serving {

// Speculative decoding (Leviathan et al., ICML 2023): a small model drafts k tokens one after the
// other, and one pass of the large one verifies them. The first that it would not have made, and
// all behind it, are thrown away; in its place comes the large model's own. Each drafted token is
// accepted with the probability a, so a pass makes (1 - a^(k+1)) / (1 - a) tokens of a sequence.
struct Speculation {
  std::uint32_t draft = 4;                // tokens drafted before a pass: k
  double acceptance = 0.8;                // a, on average over requests
  std::optional<double> concentration{};  // of the Beta law of a; none: all requests have the same
  double draft_time = 0.05;               // of a drafted token, in passes that only decode
  double draft_flops = 0.0143;  // arithmetic of a drafted token, in those of the large one
};

// What is drawn for a request depends on nothing but its own luck and how far it is, so batches and
// replicas do not change it.
double acceptance_of(const Speculation& speculation, std::uint64_t luck);
// Of the drafted tokens after `made`, those accepted.
std::uint32_t accepted_of(const Speculation& speculation, double acceptance, std::uint64_t luck,
                          std::uint32_t made);

// The mean of passes until a sequence that decodes has `tokens` more: what a pass makes beyond them
// is thrown away.
double passes_until(const Speculation& speculation, double acceptance, std::uint32_t tokens);

}  // namespace fleetsim::serving
