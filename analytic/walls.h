#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace fleetsim::analytic {

// The 22 walls that a machine-learning system may run into (analytic.md, section 7), each with the
// solver that prices it. The last column is the factor of the iron law that the wall acts on:
//
//   Time = FLOPs / (N * Peak * MFU * scaling_efficiency * Goodput)

struct Wall {
  int number = 0;
  std::string_view name, domain, resolver, equation, iron_law;
};

// By number, 1 to 22.
std::span<const Wall> walls();
std::optional<Wall> wall(int number);

// node 1..7, data 8..10, algorithm 11..13, fleet 14..16, operations 17..20, analysis 21..22.
std::vector<Wall> walls_in_domain(std::string_view domain);

}  // namespace fleetsim::analytic
