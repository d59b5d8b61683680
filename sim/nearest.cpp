#include "sim/nearest.h"

#include <algorithm>
#include <vector>

namespace fleetsim {
namespace {

constexpr std::size_t longest_word = 100;  // beyond this it is no slip of the pen

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::optional<std::string> nearest(std::string_view wanted,
                                   std::span<const std::string> candidates) {
  if (wanted.empty() || wanted.size() > longest_word) return std::nullopt;
  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t allowed = std::max<std::size_t>(1, candidate.size() / 3);
    if (candidate.size() > wanted.size() + allowed) continue;
    if (wanted.size() > candidate.size() + allowed) continue;
    const std::size_t distance = edit_distance(wanted, candidate);
    if (distance > allowed || distance >= candidate.size()) continue;
    if (!best || distance < best_distance) best = &candidate, best_distance = distance;
  }
  if (!best) return std::nullopt;
  return *best;
}

std::string did_you_mean(std::string_view wanted, std::span<const std::string> candidates) {
  const auto found = nearest(wanted, candidates);
  return found ? "; did you mean \"" + *found + "\"?" : "";
}

}  // namespace fleetsim
