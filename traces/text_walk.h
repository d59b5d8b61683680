#pragma once
#include <google/protobuf/descriptor.h>

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace fleetsim {

// A point of a text as protobuf counts: lines and columns from 0, a tab up to the next multiple
// of 8.
struct TextPlace {
  int line = 0, column = 0;
  friend auto operator<=>(TextPlace, TextPlace) = default;
};

// One value in a text-format message: a scalar, or a whole message (then value is its brace).
struct TextValue {
  std::string path;                                          // "queueing.source[0].to"
  const google::protobuf::Descriptor* parent = nullptr;      // none: inside of an unknown field
  const google::protobuf::FieldDescriptor* field = nullptr;  // none: unknown
  TextPlace name, value;
};

// Calls `visit` for each value in the order of the text, until it returns false. TextFormat has
// read the text before: this only finds places again, once something is known to be wrong with one,
// and so that no run pays for places that nobody asks for. Broken text is walked as far as it makes
// sense.
void walk_text(const std::string& text, const google::protobuf::Descriptor& root,
               const std::function<bool(const TextValue&)>& visit);

// The token that begins at `place` or is the next one after it, a minus with what it negates; empty
// at the end of the text.
std::string token_at(const std::string& text, TextPlace place);

// Line and column for people: from 1, a tab or a letter of several bytes counting as one.
struct ShownPlace {
  std::size_t line = 1, column = 1;
};
ShownPlace shown_place(std::string_view text, TextPlace place);

}  // namespace fleetsim
