#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fleetsim::analytic {

// How a number is stored. The order is that of the tables below.
enum class Precision : std::uint8_t { fp32, tf32, bf16, fp16, fp8, int8, fp4, int4 };

inline constexpr std::size_t precisions = 8;
inline constexpr std::array<std::string_view, precisions> precision_names = {
    "fp32", "tf32", "bf16", "fp16", "fp8", "int8", "fp4", "int4"};
inline constexpr std::array<double, precisions> precision_bytes = {4, 4, 2, 2, 1, 1, 0.5, 0.5};

constexpr double bytes_of(Precision p) {
  return precision_bytes[static_cast<std::size_t>(p)];
}
constexpr std::string_view name_of(Precision p) {
  return precision_names[static_cast<std::size_t>(p)];
}
// Letters of either case; nothing when there is none of that name.
std::optional<Precision> precision_named(std::string_view name);

}  // namespace fleetsim::analytic
