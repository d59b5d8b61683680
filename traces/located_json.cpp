#include "traces/located_json.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <vector>

#include "sim/printable.h"
#include "traces/read_file.h"

namespace fleetsim {
namespace {

using analytic::Fields;
using analytic::Value;
using analytic::Values;

constexpr std::size_t deepest = 64;
constexpr std::size_t largest_file = std::size_t{64} << 20;

// On which line the reader is.
struct Line {
  std::size_t here = 1;
  std::size_t last_token = 1;  // where the last thing that is no space ended

  void pass(char c) {
    if (c == '\n') ++here;
    if (c != '\n' && c != ' ' && c != '\t' && c != '\r') last_token = here;
  }
};

// Characters of a text that count lines as they are read. The parser never reads further than one
// character behind a token, so that the line is that of the token it reports.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, Line* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    line_->pass(*at_++);
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ == b.at_;
  }

 private:
  const char* at_;
  Line* line_;
};

// Builds the values as the parser reports what it reads.
class Builder {
 public:
  Builder(LocatedJson& file, const Line& line) : file_(file), line_(line) {}

  const std::string& problem() const { return problem_; }

  bool null() { return put({}); }
  bool boolean(bool value) { return put(value); }
  bool number_integer(std::int64_t value) { return put(value); }
  bool number_unsigned(std::uint64_t value) { return put(static_cast<double>(value)); }
  bool number_float(double value, const std::string&) { return put(value); }
  bool string(std::string& value) { return put(std::move(value)); }
  bool binary(std::vector<std::uint8_t>&) { return false; }
  bool start_object(std::size_t) { return open(Fields{}); }
  bool start_array(std::size_t) { return open(Values{}); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    const Fields& fields = std::get<Fields>(open_.back().value.is);
    const bool twice = std::any_of(fields.begin(), fields.end(),
                                   [&](const auto& field) { return field.first == name; });
    if (twice) return refuse("the key " + in_quotes(name) + " stands twice");
    open_.back().key = std::move(name);
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) {
    const std::string what = error.what();
    const auto at = what.find(": ", what.find("column"));
    const auto tag = what.find("] ");
    const std::string reason = what.substr(at != what.npos    ? at + 2
                                           : tag != what.npos ? tag + 2
                                                              : 0);
    return refuse("no JSON: " + printable(reason, 200));
  }

 private:
  struct Open {
    Value value;
    std::string pointer, key;
  };

  bool refuse(std::string problem) {
    problem_ = file_.name + ':' + std::to_string(line_.last_token) + ": " + std::move(problem);
    return false;
  }

  std::string next_pointer() const {
    if (open_.empty()) return "";
    const Open& top = open_.back();
    const Values* list = top.value.as_list();
    return top.pointer + '/' + (list != nullptr ? std::to_string(list->size()) : top.key);
  }

  void store(Value value) {
    if (open_.empty()) {
      file_.value = std::move(value);
    } else if (auto* list = std::get_if<Values>(&open_.back().value.is)) {
      list->push_back(std::move(value));
    } else {
      std::get<Fields>(open_.back().value.is)
          .emplace_back(std::move(open_.back().key), std::move(value));
    }
  }

  bool put(Value value) {
    file_.lines[next_pointer()] = line_.last_token;
    store(std::move(value));
    return true;
  }

  bool open(Value value) {
    if (open_.size() == deepest) return refuse("nested deeper than 64 levels");
    const std::string pointer = next_pointer();
    file_.lines[pointer] = line_.last_token;
    open_.push_back({std::move(value), pointer, {}});
    return true;
  }

  bool close() {
    Value value = std::move(open_.back().value);
    open_.pop_back();
    store(std::move(value));
    return true;
  }

  LocatedJson& file_;
  const Line& line_;
  std::vector<Open> open_;
  std::string problem_;
};

}  // namespace

std::string LocatedJson::place(std::string pointer) const {
  auto found = lines.find(pointer);
  while (found == lines.end() && !pointer.empty()) {
    pointer.erase(pointer.rfind('/'));
    found = lines.find(pointer);
  }
  return found == lines.end() ? name : name + ':' + std::to_string(found->second);
}

Result<LocatedJson> parse_located_json(std::string_view text, std::string name) {
  LocatedJson file;
  file.name = std::move(name);
  Line line;
  Builder builder(file, line);
  const CountingIterator begin(text.data(), &line), end(text.data() + text.size(), &line);
  if (!nlohmann::json::sax_parse(begin, end, &builder)) return Error{builder.problem()};
  return file;
}

Result<LocatedJson> read_located_json(const std::string& path) {
  const Result<std::string> text = read_file(path, largest_file);
  if (!text) return text.error();
  return parse_located_json(*text, printable(path, 500));
}

}  // namespace fleetsim
