#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "sim/check.h"

namespace fleetsim {

struct Error {
  // Who can mend it: the author of the input, or whoever keeps the disk.
  enum class Kind : std::uint8_t { input, environment };

  std::string message;  // one line that a user can act on
  Kind kind = Kind::input;
};

// A value, or the reason why there is none. The subset of std::expected that we use, by its names.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return check(bool(*this), "value read"), std::get<0>(state_); }
  const T& operator*() const& { return check(bool(*this), "value read"), std::get<0>(state_); }
  T operator*() && { return check(bool(*this), "value read"), std::move(std::get<0>(state_)); }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }
  const Error& error() const { return check(!*this, "error read"), std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

// The outcome of something that is done for its effect.
struct Done {};
using Status = Result<Done>;

}  // namespace fleetsim
