#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "analytic/bind.h"

namespace fleetsim::analytic {

// Rows for what no member of an output aggregate is by itself.

// A label: outputs carry labels as views of literals, so that naming what binds costs nothing.
template <auto Pointer>
OutputSpec label(std::string_view name, std::string_view help) {
  using Of = MemberPointer<decltype(Pointer)>;
  return {name, "", help, [](const void* out, const OutputSpec&) {
            return Value(std::string(static_cast<const typename Of::owner*>(out)->*Pointer));
          }};
}

// A label that is not always there: empty when there is nothing to tell.
template <auto Pointer>
OutputSpec optional_label(std::string_view name, std::string_view help) {
  using Of = MemberPointer<decltype(Pointer)>;
  return {name, "", help, [](const void* out, const OutputSpec&) {
            const std::string_view text = static_cast<const typename Of::owner*>(out)->*Pointer;
            return text.empty() ? Value() : Value(std::string(text));
          }};
}

// Several outputs as one object, which the book gives as a dictionary.
template <class Out, Fields (*Gather)(const Out&)>
OutputSpec object(std::string_view name, std::string_view unit, std::string_view help) {
  return {name, unit, help, [](const void* out, const OutputSpec&) {
            return Value(Gather(*static_cast<const Out*>(out)));
          }};
}

// As run_as, with remarks for the reader that are worked out only when there is one: the pure
// function builds no text.
template <class In, class Out, Result<Out> (*Solve)(const In&),
          std::vector<std::string> (*Remarks)(const In&, const Out&)>
Result<Answer> run_with_remarks(const Solver& self, const Fields& arguments, const Lookup& lookup) {
  In in{};
  if (const Status status = read_arguments(self, arguments, lookup, &in); !status)
    return status.error();
  const Result<Out> out = Solve(in);
  if (!out) return out.error();
  Answer answer = show_answer(self, &in, &*out);
  if constexpr (requires { out->feasible; }) answer.feasible = out->feasible;
  answer.notes = Remarks(in, *out);
  return answer;
}

}  // namespace fleetsim::analytic
