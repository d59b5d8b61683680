#pragma once
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "analytic/solver.h"

namespace fleetsim::analytic {

// From members of plain aggregates to rows of a solver's table:
//
//   input<&ServingIn::seq_len>("seq_len", "1", "tokens of the prompt", required)
//   output<&ServingOut::ttft>("ttft", "ms", "time to first token")
//   run_as<ServingIn, ServingOut, serving>

// How one type of member is read from an argument and shown as one. Specialised (bind.cpp) for
// double, std::int64_t, bool, std::string, Precision, Device, Model, Node, Fabric, Fleet, Grid,
// Datacenter, Value, and for std::optional and std::vector of those.
template <class T>
struct Member {
  static Status read(T& member, std::string_view name, std::string_view unit, const Value& value,
                     const Lookup& lookup);
  static Value show(const T& member, std::string_view unit);
};

template <class T>
struct Member<std::optional<T>> {
  static Status read(std::optional<T>& member, std::string_view name, std::string_view unit,
                     const Value& value, const Lookup& lookup) {
    if (value.empty()) {
      member.reset();
      return Done{};
    }
    T inner{};
    if (const Status status = Member<T>::read(inner, name, unit, value, lookup); !status)
      return status;
    member = std::move(inner);
    return Done{};
  }
  static Value show(const std::optional<T>& member, std::string_view unit) {
    return member ? Member<T>::show(*member, unit) : Value{};
  }
};

template <class T>
struct Member<std::vector<T>> {
  static Status read(std::vector<T>& member, std::string_view name, std::string_view unit,
                     const Value& value, const Lookup& lookup) {
    const Values* list = value.as_list();
    const Values single{value};
    member.clear();
    for (const Value& item : list != nullptr ? *list : single) {
      T inner{};
      if (const Status status = Member<T>::read(inner, name, unit, item, lookup); !status)
        return status;
      member.push_back(std::move(inner));
    }
    return Done{};
  }
  static Value show(const std::vector<T>& member, std::string_view unit) {
    Values out;
    for (const T& item : member) out.push_back(Member<T>::show(item, unit));
    return out;
  }
};

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

template <class T>
struct MemberPointer;
template <class Owner, class T>
struct MemberPointer<T Owner::*> {
  using owner = Owner;
  using type = T;
};

inline constexpr bool required = true;

template <auto Pointer>
InputSpec input(std::string_view name, std::string_view unit, std::string_view help,
                bool is_required = false) {
  using Of = MemberPointer<decltype(Pointer)>;
  using M = Member<typename Of::type>;
  return {name,
          unit,
          help,
          is_required,
          [](void* in, const InputSpec& spec, const Value& value, const Lookup& lookup) {
            return M::read(static_cast<typename Of::owner*>(in)->*Pointer, spec.name, spec.unit,
                           value, lookup);
          },
          [](const void* in, const InputSpec& spec) {
            return M::show(static_cast<const typename Of::owner*>(in)->*Pointer, spec.unit);
          },
          is_list<typename Of::type>};
}

template <auto Pointer>
OutputSpec output(std::string_view name, std::string_view unit, std::string_view help) {
  using Of = MemberPointer<decltype(Pointer)>;
  return {name, unit, help, [](const void* out, const OutputSpec& spec) {
            return Member<typename Of::type>::show(
                static_cast<const typename Of::owner*>(out)->*Pointer, spec.unit);
          }};
}

// Reads arguments by the rows, refusing unknown and missing ones with the nearest name; shows the
// inputs as resolved, and the outputs. (bind.cpp)
Status read_arguments(const Solver& solver, const Fields& arguments, const Lookup& lookup,
                      void* inputs);
Answer show_answer(const Solver& solver, const void* inputs, const void* outputs);

// An output aggregate may have `bool feasible` and `std::vector<std::string> notes`; the answer
// then carries them.
template <class In, class Out, Result<Out> (*Solve)(const In&)>
Result<Answer> run_as(const Solver& self, const Fields& arguments, const Lookup& lookup) {
  In in{};
  if (const Status status = read_arguments(self, arguments, lookup, &in); !status)
    return status.error();
  const Result<Out> out = Solve(in);
  if (!out) return out.error();
  Answer answer = show_answer(self, &in, &*out);
  if constexpr (requires { out->feasible; }) answer.feasible = out->feasible;
  if constexpr (requires { out->notes; }) answer.notes = out->notes;
  return answer;
}

}  // namespace fleetsim::analytic
