#pragma once
#include <string_view>

#include "analytic/solver.h"

namespace fleetsim::analytic {

// Names as people write them.

// Whether two names of solvers, arguments or labels are the same to a person: "Seq-Len" is
// "seq_len". Letters of either case, '-' for '_'.
constexpr bool same_name(std::string_view a, std::string_view b) {
  const auto plain = [](char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    return c == '-' ? '_' : c;
  };
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (plain(a[i]) != plain(b[i])) return false;
  return true;
}

// The input of that name or alias, or the one that differs by the "_size" which the book puts
// behind some: tp is tp_size. Null: there is none.
const InputSpec* find_input(const Solver& solver, std::string_view name);

}  // namespace fleetsim::analytic
