#pragma once
#include <string_view>

#include "analytic/bind.h"

namespace fleetsim::analytic {

// Rows for members of members: input_of<&CompressionCandidateIn::limits,
// &CompressionLimits::size_limit>(...).

template <auto Outer, auto Inner>
InputSpec input_of(std::string_view name, std::string_view unit, std::string_view help,
                   bool is_required = false) {
  using Of = typename MemberPointer<decltype(Outer)>::owner;
  using M = Member<typename MemberPointer<decltype(Inner)>::type>;
  return {name,
          unit,
          help,
          is_required,
          [](void* in, const InputSpec& spec, const Value& value, const Lookup& lookup) {
            return M::read(static_cast<Of*>(in)->*Outer.*Inner, spec.name, spec.unit, value,
                           lookup);
          },
          [](const void* in, const InputSpec& spec) {
            return M::show(static_cast<const Of*>(in)->*Outer.*Inner, spec.unit);
          }};
}

template <auto Outer, auto Inner>
OutputSpec output_of(std::string_view name, std::string_view unit, std::string_view help) {
  using Of = typename MemberPointer<decltype(Outer)>::owner;
  using M = Member<typename MemberPointer<decltype(Inner)>::type>;
  return {name, unit, help, [](const void* out, const OutputSpec& spec) {
            return M::show(static_cast<const Of*>(out)->*Outer.*Inner, spec.unit);
          }};
}

}  // namespace fleetsim::analytic
