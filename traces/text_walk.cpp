#include "traces/text_walk.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <map>
#include <vector>

namespace fleetsim {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::io::Tokenizer;

class Silence : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int, google::protobuf::io::ColumnNumber, const std::string&) override {}
};

// The tokens of a text, cut as TextFormat cuts them.
class Tokens {
 public:
  explicit Tokens(const std::string& text)
      : input_(text.data(), static_cast<int>(text.size())),
        tokenizer_(&input_, &silence_) {
    tokenizer_.set_comment_style(Tokenizer::SH_COMMENT_STYLE);
    tokenizer_.set_require_space_after_number(false);
    tokenizer_.set_allow_f_after_float(true);
    tokenizer_.set_allow_multiline_strings(true);
    next();
  }

  void next() {
    more_ = tokenizer_.Next();
    token_ = tokenizer_.current();
  }
  bool more() const { return more_; }
  bool is(std::string_view text) const { return more_ && token_.text == text; }
  bool is(Tokenizer::TokenType type) const { return more_ && token_.type == type; }
  bool opens() const { return is("{") || is("<"); }
  bool closes() const { return is("}") || is(">"); }
  const std::string& text() const { return token_.text; }
  TextPlace place() const { return {token_.line, token_.column}; }

 private:
  google::protobuf::io::ArrayInputStream input_;
  Silence silence_;
  Tokenizer tokenizer_;
  Tokenizer::Token token_;
  bool more_ = false;
};

// A message whose braces are open.
struct Open {
  std::string path;
  const Descriptor* type = nullptr;
  std::map<std::string, std::size_t> seen;  // how many elements of each list so far
  bool in_list = false;                     // between [ and ] of the field below
  std::string name;
  TextPlace name_place;
};

class Walk {
 public:
  Walk(const std::string& text, const Descriptor& root,
       const std::function<bool(const TextValue&)>& visit)
      : tokens_(text),
        visit_(visit) {
    open_.push_back({});
    open_.back().type = &root;
  }

  void run() {
    while (tokens_.more() && !stopped_) {
      Open& top = open_.back();
      if (top.in_list)
        element(top);
      else if (tokens_.is(Tokenizer::TYPE_IDENTIFIER))
        field(top);
      else
        close();
    }
  }

 private:
  void close() {
    if (tokens_.closes() && open_.size() > 1) open_.pop_back();
    tokens_.next();
  }

  void field(Open& top) {
    top.name = tokens_.text();
    top.name_place = tokens_.place();
    tokens_.next();
    if (tokens_.is(":")) tokens_.next();
    if (tokens_.is("[")) {
      top.in_list = true;
      tokens_.next();
    } else {
      value(top);
    }
  }

  void element(Open& top) {
    if (tokens_.is("]")) {
      top.in_list = false;
      tokens_.next();
    } else if (tokens_.is(",")) {
      tokens_.next();
    } else if (tokens_.closes()) {
      close();
    } else {
      value(top);
    }
  }

  void value(Open& top) {
    TextValue found;
    found.parent = top.type;
    found.field = top.type ? top.type->FindFieldByName(top.name) : nullptr;
    found.name = top.name_place, found.value = tokens_.place();
    found.path = found.field && found.field->is_repeated()
                     ? top.path + top.name + '[' + std::to_string(top.seen[top.name]++) + ']'
                     : top.path + top.name;
    stopped_ = !visit_(found);
    if (tokens_.opens()) {
      tokens_.next();
      open_.push_back({});
      open_.back().type = found.field ? found.field->message_type() : nullptr;
      open_.back().path = found.path + '.';
    } else if (!tokens_.closes()) {
      scalar();
    }
  }

  void scalar() {
    if (tokens_.is("-")) tokens_.next();
    const bool string = tokens_.is(Tokenizer::TYPE_STRING);
    tokens_.next();
    while (string && tokens_.is(Tokenizer::TYPE_STRING))  // "a" "b" is one text
      tokens_.next();
  }

  Tokens tokens_;
  const std::function<bool(const TextValue&)>& visit_;
  std::vector<Open> open_;
  bool stopped_ = false;
};

}  // namespace

void walk_text(const std::string& text, const Descriptor& root,
               const std::function<bool(const TextValue&)>& visit) {
  Walk(text, root, visit).run();
}

std::string token_at(const std::string& text, TextPlace place) {
  Tokens tokens(text);
  while (tokens.more() && tokens.place() < place) tokens.next();
  std::string token = tokens.more() ? tokens.text() : "";
  if (token != "-") return token;
  tokens.next();
  return token + (tokens.more() ? tokens.text() : "");
}

ShownPlace shown_place(std::string_view text, TextPlace place) {
  std::size_t at = 0;
  for (int line = 0; line < place.line && at != text.npos; ++line)
    at = text.find('\n', at) == text.npos ? text.npos : text.find('\n', at) + 1;
  ShownPlace shown{static_cast<std::size_t>(place.line) + 1, 1};
  if (at == text.npos) return shown;
  for (int column = 0; column < place.column && at < text.size() && text[at] != '\n'; ++at) {
    column += text[at] == '\t' ? 8 - column % 8 : 1;
    const bool inside_letter = (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    if (!inside_letter) ++shown.column;
  }
  return shown;
}

}  // namespace fleetsim
